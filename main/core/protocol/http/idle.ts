import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Bodies being read, by connection: a client may send a request before the answer to the previous one. */
const reading = new WeakMap<Socket, number>()

/** Limits the idle time of a connection from the first byte of a request's body to its last. `idleMs` in milliseconds. */
export function limitIdle(request: IncomingMessage, idleMs: number): void {
  const { socket } = request
  reading.set(socket, (reading.get(socket) ?? 0) + 1)
  socket.setTimeout(idleMs)
  let ended = false
  const end = (): void => {
    if (!ended) reading.set(socket, (reading.get(socket) ?? 1) - 1)
    ended = true
  }
  request.once('end', end).once('close', end)
}

/**
 * Lifts the limit after the body has been read: the answer may wait for a person or a disk, and TCP keepalive detects a lost
 * peer. The limit stays while another body is read on this connection.
 */
export function liftIdleAfterBody(request: IncomingMessage): void {
  const { socket } = request
  request.once('end', () => {
    if ((reading.get(socket) ?? 0) === 0) socket.setTimeout(0)
  })
}
