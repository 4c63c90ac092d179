import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../errors/errno.ts'
import type { SourceEntry } from '../source/walk.ts'

/** Bytes read from a file at once. */
const READ_BYTES = 1024 * 1024

/** An open file to send in a request body. */
export interface SourceBody {
  /**
   * The content; may be iterated once. `read` is called with the bytes of each piece. Fails with `file-changed`,
   * `file-shrank` or `not-readable` if the file differs from what the search found.
   */
  content(read: (bytes: number) => void): AsyncGenerator<Uint8Array>
  /** Must be called, whether the content was read or not. */
  close(): Promise<void>
}

/** Opens a file without following a link. Throws `not-readable`, `file-vanished`, `file-changed`. */
export async function openSource(file: SourceEntry): Promise<SourceBody> {
  const path = file.absolutePath
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(path, flags).catch((error: unknown) => {
    const errno = errnoOf(error)
    throw new PenstockError(errno === 'ENOENT' ? 'file-vanished' : 'not-readable', { path, errno })
  })
  try {
    await assertUnchanged(handle, file)
  } catch (error) {
    await handle.close()
    throw error
  }
  return { content: (read) => contentOf(handle, file, read), close: () => handle.close() }
}

async function* contentOf(
  handle: FileHandle,
  file: SourceEntry,
  read: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { absolutePath: path, size } = file
  let at = 0
  while (at < size) {
    const piece = await readAt(handle, path, at, Math.min(READ_BYTES, size - at))
    if (piece.length === 0) throw new PenstockError('file-shrank', { path })
    at += piece.length
    // Before the last piece is sent: the receiver keeps a complete file.
    if (at === size) await assertUnchanged(handle, file)
    read(piece.length)
    yield piece
  }
}

async function assertUnchanged(handle: FileHandle, file: SourceEntry): Promise<void> {
  const { size, mtimeNs } = await handle.stat({ bigint: true })
  if (size === BigInt(file.size) && mtimeNs === file.mtimeNs) return
  throw new PenstockError('file-changed', { path: file.absolutePath })
}

async function readAt(handle: FileHandle, path: string, at: number, bytes: number): Promise<Uint8Array> {
  try {
    // A separate buffer for each piece: the socket may still hold the previous one.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, at)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw new PenstockError('not-readable', { path, errno: errnoOf(error) }, { cause: error })
  }
}
