import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Connection } from '../../../native/index.ts'
import { openLocalPair } from './local-pair.ts'

/** One stream of frames that Node carries in an HTTPS body instead of the addon in a connection of its own. */
export interface BodyPipe {
  /** The engine's end. */
  readonly connection: Connection
  /** What the engine writes, to be sent. */
  readonly outgoing: Readable
  /** Hands what arrives to the engine; resolves at its end, rejects when either side breaks. */
  feed(incoming: Readable): Promise<void>
  close(): void
}

/** Opens a local pair: the engine runs on one end exactly as on a network connection, Node reads and writes the other. */
export async function openBodyPipe(): Promise<BodyPipe> {
  const { connection, socket } = await openLocalPair()
  socket.on('error', () => socket.destroy())
  return {
    connection,
    outgoing: socket,
    // Read on demand, what TLS has ready comes in one piece: a flow would write, and wake the engine, for each record.
    feed: (incoming) => pipeline(incoming.iterator(), socket),
    close: () => socket.destroy(),
  }
}
