import { close, fsync, write } from 'node:fs'
import { promisify } from 'node:util'
import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, isFolderGone, problemOfError } from '../errors/errno.ts'

const writeTo = promisify(write)
const syncTo = promisify(fsync)
const closeIt = promisify(close)

/** A new file in a staging folder, accessed by its handle. Calls must not overlap. */
export class StagedFile {
  readonly #fd: number
  readonly #path: string
  #closed = false

  private constructor(fd: number, path: string) {
    this.#fd = fd
    this.#path = path
  }

  /**
   * Creates the file; `path` is its name in errors. Throws `name-taken`, `disk-full`, `no-permission`, `io`, and
   * `target-unusable` if the folder was removed.
   */
  static async create(folder: Folder, name: string, path: string): Promise<StagedFile> {
    try {
      return new StagedFile(await addon.createFile(folder, name), path)
    } catch (error) {
      const errno = errnoOf(error)
      throw isFolderGone(errno)
        ? new PenstockError('target-unusable', { errno })
        : problemOfError(error, { path })
    }
  }

  /** Appends a piece completely. Throws `disk-full`, `io`. */
  async append(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.length;) {
        const { bytesWritten } = await writeTo(this.#fd, piece, at, piece.length - at)
        at += bytesWritten
      }
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    }
  }

  /** Makes the content durable. Throws `disk-full`, `io`. */
  async sync(): Promise<void> {
    try {
      await syncTo(this.#fd)
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    }
  }

  /** May be called more than once. Throws `disk-full`, `io`: some file systems report a failed write only here. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      await closeIt(this.#fd)
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    }
  }
}
