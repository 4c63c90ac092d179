import type { Socket } from 'node:net'
import { networkOf } from './network.ts'

interface Connection {
  readonly socket: Socket
  readonly network: string
  /** Number of requests in progress. */
  requests: number
}

/**
 * The connections of a server, limited in total and per network (IPv6 counts by /64). If a limit is reached, the oldest
 * connection without a request, including those without a finished handshake, is closed for the new one; for the total, it
 * is one of the network that has the most. If all have requests, the new one is closed.
 */
export class Connections {
  readonly #limits: { readonly connections: number; readonly connectionsPerNetwork: number }
  readonly #all = new Map<string, Connection>()

  constructor(limits: { readonly connections: number; readonly connectionsPerNetwork: number }) {
    this.#limits = limits
  }

  get size(): number {
    return this.#all.size
  }

  /** Adds a connection, or closes it. */
  add(socket: Socket): void {
    const { remoteAddress = '' } = socket
    const connection: Connection = { socket, network: networkOf(remoteAddress), requests: 0 }
    if (!this.#makeRoom(connection.network)) {
      socket.destroy()
      return
    }
    const key = keyOf(socket)
    this.#all.set(key, connection)
    socket.once('close', () => {
      if (this.#all.get(key) === connection) this.#all.delete(key)
    })
  }

  /** Records that a request is in progress on this socket's connection; returns a function that records its end. */
  request(socket: Socket): () => void {
    const connection = this.#all.get(keyOf(socket))
    if (connection === undefined) return () => undefined
    connection.requests += 1
    let ended = false
    return () => {
      if (!ended) connection.requests -= 1
      ended = true
    }
  }

  destroyAll(): void {
    for (const { socket } of this.#all.values()) socket.destroy()
  }

  #makeRoom(network: string): boolean {
    const { connections, connectionsPerNetwork } = this.#limits
    const of = this.#count()
    if ((of.get(network) ?? 0) >= connectionsPerNetwork) return this.#closeOldest(network)
    if (this.#all.size < connections) return true
    const [largest] = [...of].sort(([, left], [, right]) => right - left)
    return largest !== undefined && this.#closeOldest(largest[0])
  }

  #count(): Map<string, number> {
    const of = new Map<string, number>()
    for (const { network } of this.#all.values()) of.set(network, (of.get(network) ?? 0) + 1)
    return of
  }

  #closeOldest(network: string): boolean {
    for (const [key, connection] of this.#all) {
      if (connection.network !== network || connection.requests > 0) continue
      this.#all.delete(key)
      connection.socket.destroy()
      return true
    }
    return false
  }
}

/** The same key for a TLS socket and the TCP socket below it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${String(remoteAddress)} ${String(remotePort)}`
}
