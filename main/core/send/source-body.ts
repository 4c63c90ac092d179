import { type BigIntStats, close, fstat, read } from 'node:fs'
import { promisify } from 'node:util'
import { addon } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../errors/errno.ts'
import type { SourceEntry } from '../source/entries.ts'

const readFrom = promisify(read)
const closeIt = promisify(close)
const factsOf = (fd: number): Promise<BigIntStats> => promisify(fstat)(fd, { bigint: true })

/** Bytes read from a file at once. */
const READ_BYTES = 1024 * 1024

/** The bytes from `from` to before `to`, in pieces of at most so many bytes. */
export interface SourcePart {
  readonly from: number
  readonly to: number
  readonly pieceBytes: number
}

/** An open file to send in a body. */
export interface SourceBody {
  /**
   * The content, or a part of it; may be iterated once. `taken` is called with the bytes of each piece. Fails with
   * `file-changed`, `file-shrank` or `not-readable` if the file differs from what the search found.
   */
  content(taken: (bytes: number) => void, part?: SourcePart): AsyncGenerator<Uint8Array>
  /** Must be called, whether the content was read or not. */
  close(): Promise<void>
}

/** Opens a file without following a link. Throws `not-readable`, `file-vanished`, `file-changed`. */
export async function openSource(file: SourceEntry): Promise<SourceBody> {
  const { absolutePath: path, root } = file
  const fd = await addon.openSource({ path, root }).catch((error: unknown) => {
    const errno = errnoOf(error)
    throw new PenstockError(errno === 'ENOENT' ? 'file-vanished' : 'not-readable', { path, errno })
  })
  const source = new OpenSource(fd, file)
  try {
    await source.assertUnchanged()
  } catch (error) {
    await source.close()
    throw error
  }
  return source
}

class OpenSource implements SourceBody {
  readonly #fd: number
  readonly #file: SourceEntry
  /** The last call on the file: its number must not be given to another file before this has ended. */
  #call: Promise<unknown> = Promise.resolve()

  constructor(fd: number, file: SourceEntry) {
    this.#fd = fd
    this.#file = file
  }

  async *content(taken: (bytes: number) => void, part?: SourcePart): AsyncGenerator<Uint8Array> {
    const { absolutePath: path, size } = this.#file
    const { from, to, pieceBytes } = part ?? { from: 0, to: size, pieceBytes: READ_BYTES }
    let at = from
    while (at < to) {
      const piece = await this.#readAt(at, Math.min(pieceBytes, to - at))
      if (piece.length === 0) throw new PenstockError('file-shrank', { path })
      at += piece.length
      // Before the last piece is sent: the receiver keeps a complete file.
      if (at === to) await this.assertUnchanged()
      taken(piece.length)
      yield piece
    }
  }

  async assertUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.#run(factsOf(this.#fd))
    if (size === BigInt(this.#file.size) && mtimeNs === this.#file.mtimeNs) return
    throw new PenstockError('file-changed', { path: this.#file.absolutePath })
  }

  async close(): Promise<void> {
    await this.#call.catch(() => undefined)
    await closeIt(this.#fd)
  }

  async #readAt(at: number, bytes: number): Promise<Uint8Array> {
    try {
      // A separate buffer for each piece: the socket may still hold the previous one.
      const { bytesRead, buffer } = await this.#run(
        readFrom(this.#fd, Buffer.allocUnsafe(bytes), 0, bytes, at),
      )
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      const { absolutePath: path } = this.#file
      throw new PenstockError('not-readable', { path, errno: errnoOf(error) }, { cause: error })
    }
  }

  #run<Result>(call: Promise<Result>): Promise<Result> {
    this.#call = call
    return call
  }
}
