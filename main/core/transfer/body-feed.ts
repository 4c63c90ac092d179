import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileFailure } from '../../../native/index.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { Technique } from '../../contract/technique.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { problemOfErrno } from '../files/errno.ts'
import { NOTHING_PLACED } from '../files/placement.ts'
import type { Staging } from '../files/staging.ts'
import type { Arrival, Feed } from './incoming.ts'
import { withResolvers } from './lifecycle.ts'

/** Node's own buffer for a body on its way into a file, in bytes. */
const WRITE_BUFFER_BYTES = 1024 * 1024

/** Fills the staging folder from the request bodies of a LocalSend device, through Node. */
export class BodyFeed implements Feed {
  readonly check = false
  readonly streams = 1
  readonly route = null
  readonly choice: Feed['choice']
  readonly security: 'https' | 'http'
  readonly received: Feed['received']
  readonly #staging: Staging
  readonly #waiting: Set<number>
  readonly #end = withResolvers<Arrival>()
  readonly #abort = new AbortController()
  #bytes = 0
  #files = 0

  constructor(security: 'https' | 'http', staging: Staging, files: readonly ManifestEntry[]) {
    this.security = security
    this.choice = {
      technique: 'readwrite',
      reason: { code: security === 'https' ? 'encrypted-in-node' : 'body-in-node' },
      rejected: [],
    }
    this.#staging = staging
    this.#waiting = new Set(files.map(({ index }) => index))
    this.received = this.#end.promise
    this.received.catch(() => undefined)
  }

  /** Writes one body to its staging file. Rejects when it is longer or shorter than was offered, or cannot be written. */
  async take(file: ManifestEntry, body: Readable): Promise<void> {
    if (!this.#waiting.has(file.index)) throw new PenstockError('protocol', { detail: 'body sent twice' })
    const before = this.#bytes
    let bytes = 0
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length
        this.#bytes += chunk.length
        if (bytes > file.size) done(new PenstockError('protocol', { detail: 'body longer than offered' }))
        else done(null, chunk)
      },
    })
    // Only this program writes into the staging folder, which it made itself with mode 0700.
    const path = join(this.#staging.path, String(file.index))
    try {
      const target = createWriteStream(path, { flags: 'w', mode: 0o600, highWaterMark: WRITE_BUFFER_BYTES })
      await pipeline(body, count, target, { signal: this.#abort.signal })
      if (bytes !== file.size) throw new PenstockError('peer-gone')
    } catch (error) {
      this.#bytes = before
      throw this.#failed(error, file.path)
    }
    this.#waiting.delete(file.index)
    this.#files++
  }

  /** Every body has been kept or has failed for good; what is still missing is a failure. */
  complete(): void {
    const failures = [...this.#waiting].map((index): FileFailure => ({ index, code: 'check-failed' }))
    this.#end.resolve({ failures, arrived: NOTHING_PLACED })
  }

  progress(): ReturnType<Feed['progress']> {
    return { bytes: this.#bytes, files: this.#files, sample: null }
  }

  setTechnique(technique: Technique): void {
    throw new PenstockError('technique-unavailable', { technique, why: this.security })
  }

  finish(): Promise<void> {
    return Promise.resolve()
  }

  cancel(problem: Problem): void {
    const error = new PenstockError(problem.code, problem.params)
    this.#abort.abort(error)
    this.#end.reject(error)
  }

  #failed(error: unknown, path: string): PenstockError {
    if (this.#abort.signal.aborted)
      return this.#abort.signal.reason instanceof PenstockError
        ? this.#abort.signal.reason
        : new PenstockError('cancelled-here')
    if (error instanceof PenstockError) return error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOSPC' || code === 'EACCES' || code === 'EIO' || code === 'EDQUOT')
      return problemOfErrno(code, { path })
    return new PenstockError('peer-gone', {}, { cause: toProblem(error) })
  }
}
