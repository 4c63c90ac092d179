import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Connection } from '../../../native/index.ts'
import { openLocalPair } from './local-pair.ts'

/** One stream of frames that Node carries in an HTTPS body, instead of the addon on its own connection. */
export interface BodyPipe {
  /** The engine's end. */
  readonly connection: Connection
  /** The engine's output, to be sent. */
  readonly outgoing: Readable
  /** Passes arriving bytes to the engine. Resolves at their end; rejects if either side breaks. */
  feed(incoming: Readable): Promise<void>
  close(): void
}

/** Opens a local pair: the engine runs on one end as on a network connection, and Node reads and writes the other. */
export async function openBodyPipe(): Promise<BodyPipe> {
  const { connection, socket } = await openLocalPair()
  socket.on('error', () => socket.destroy())
  return {
    connection,
    outgoing: socket,
    // Reading on demand returns all decrypted data at once. Flowing mode would write, and wake the engine, for each record.
    feed: (incoming) => pipeline(incoming.iterator(), socket),
    close: () => socket.destroy(),
  }
}
