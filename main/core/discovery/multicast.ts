import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { announcementSchema, type Announcement } from '../protocol/localsend/messages.ts'
import type { InterfaceAddress } from './interfaces.ts'

const GROUP_4 = '224.0.0.167'
const GROUP_6 = 'ff12::fd3a:e420'
/** Largest datagram that is parsed, in bytes. */
const MAX_DATAGRAM = 8 * 1024
/** Datagrams per second that are parsed; the rest is dropped unread. */
const MAX_A_SECOND = 200

export interface MulticastEvents {
  /** A well-formed datagram and its source address (with the scope if it is link-local). */
  received(announcement: Announcement, address: string): void
}

/** The sockets of LocalSend's discovery: one to receive per address family, one to send per interface. */
export class Multicast {
  readonly #events: MulticastEvents
  readonly #now: () => number
  readonly #port: number
  readonly #receivers: Socket[] = []
  #senders: { readonly socket: Socket; readonly group: string }[] = []
  #second = 0
  #receivedThisSecond = 0

  constructor(events: MulticastEvents, now: () => number, port: number) {
    this.#port = port
    this.#events = events
    this.#now = now
  }

  /** Opens the sockets on these interfaces and replaces those of an earlier call. Skips interfaces that fail. */
  async open(interfaces: readonly InterfaceAddress[]): Promise<void> {
    this.close()
    await this.#listen('udp4', interfaces)
    await this.#listen('udp6', interfaces)
    await Promise.all(interfaces.map((address) => this.#openSender(address)))
  }

  /** Whether at least one interface can receive and send. */
  get works(): boolean {
    return this.#receivers.length > 0 && this.#senders.length > 0
  }

  /** Sends one datagram on every interface. A lost datagram is not an error: discovery repeats. */
  send(message: object): void {
    const bytes = Buffer.from(JSON.stringify(message))
    for (const { socket, group } of this.#senders) {
      socket.send(bytes, this.#port, group, () => undefined)
    }
  }

  close(): void {
    for (const socket of [...this.#receivers, ...this.#senders.map(({ socket }) => socket)]) socket.close()
    this.#receivers.length = 0
    this.#senders = []
  }

  async #listen(type: 'udp4' | 'udp6', interfaces: readonly InterfaceAddress[]): Promise<void> {
    const socket = createSocket({ type, reuseAddr: true, ipv6Only: type === 'udp6' })
    socket.on('error', () => undefined)
    socket.on('message', (bytes, from) => this.#message(bytes, from))
    try {
      const listening = once(socket, 'listening', { signal: AbortSignal.timeout(2000) })
      socket.bind({ port: this.#port, address: type === 'udp4' ? '0.0.0.0' : '::' })
      await listening
    } catch {
      close(socket)
      return
    }
    const joined = interfaces.filter((address) => joins(socket, type, address))
    if (joined.length === 0) close(socket)
    else this.#receivers.push(socket)
  }

  async #openSender({ family, address, scope }: InterfaceAddress): Promise<void> {
    // One IPv6 socket per interface is enough: the one of its link-local address.
    if (family === 6 && !address.startsWith('fe80:')) return
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', reuseAddr: false })
    socket.on('error', () => undefined)
    try {
      const listening = once(socket, 'listening', { signal: AbortSignal.timeout(2000) })
      socket.bind({ port: 0, address: family === 4 ? address : `${address}%${scope}` })
      await listening
      socket.setMulticastInterface(family === 4 ? address : `::%${scope}`)
      socket.setMulticastLoopback(true)
      this.#senders.push({ socket, group: family === 4 ? GROUP_4 : `${GROUP_6}%${scope}` })
    } catch {
      close(socket)
    }
  }

  #message(bytes: Buffer, from: RemoteInfo): void {
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#receivedThisSecond = 0
    }
    this.#receivedThisSecond += 1
    if (this.#receivedThisSecond > MAX_A_SECOND || bytes.length > MAX_DATAGRAM) return
    const announcement = readAnnouncement(bytes)
    if (announcement !== null) this.#events.received(announcement, from.address)
  }
}

/** The announcement in a datagram; null for any other datagram. */
export function readAnnouncement(bytes: Uint8Array): Announcement | null {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
  const result = announcementSchema.safeParse(value)
  return result.success ? result.data : null
}

function joins(socket: Socket, type: 'udp4' | 'udp6', { family, address, scope }: InterfaceAddress): boolean {
  try {
    if (type === 'udp4' && family === 4) socket.addMembership(GROUP_4, address)
    else if (type === 'udp6' && family === 6) socket.addMembership(GROUP_6, `::%${scope}`)
    else return false
    return true
  } catch (error) {
    // An interface with two addresses of one family has joined by the first.
    return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  }
}

function close(socket: Socket): void {
  try {
    socket.close()
  } catch {
    // A socket whose bind failed may be closed already.
  }
}
