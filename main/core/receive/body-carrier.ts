import { type Conveyance, TLS_BODY } from '../../contract/report.ts'
import { setMaxListeners } from 'node:events'
import type { Readable } from 'node:stream'
import { addon } from '../../../native/index.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { Technique } from '../../contract/technique.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import type { Committed } from '../target/commit.ts'
import { errnoOf } from '../errors/errno.ts'
import { FilePlacer, type PlaceOptions } from '../target/place-file.ts'
import { type EntryNotDelivered, entryNotDelivered } from '../target/outcomes.ts'
import { NOTHING_PLACED } from '../target/placement.ts'
import { StagedFile } from '../target/staged-file.ts'
import { ChecksumError } from '../protocol/localsend/upload-body.ts'
import type { Arrival, ReceivingCarrier } from './receiving-carrier.ts'
import { withResolvers } from '../transfer/lifecycle.ts'

/**
 * Receives the files of a LocalSend device from request bodies, through Node. Each file is made durable and named
 * separately: the answer to its sender is its own outcome, and the end of the session does not remove it.
 */
export class ReceivingBody implements ReceivingCarrier {
  readonly check = false
  readonly streams = 1
  readonly route = null
  readonly choice: ReceivingCarrier['choice']
  readonly received: ReceivingCarrier['received']
  readonly #conveyance: Conveyance
  readonly #options: PlaceOptions
  readonly #placer: FilePlacer
  readonly #waiting: Set<number>
  /** Why the last attempt to receive a file failed. */
  readonly #missed = new Map<number, EntryNotDelivered>()
  readonly #running = new Set<Promise<void>>()
  readonly #end = withResolvers<Arrival>()
  readonly #abort = new AbortController()
  /** Bytes of incomplete files. */
  #unfinished = 0

  constructor(options: PlaceOptions, files: readonly ManifestEntry[], conveyance: Conveyance = TLS_BODY) {
    this.#conveyance = conveyance
    const reason = conveyance.cipher === 'none' ? 'body-in-node' : 'encrypted-in-node'
    this.choice = { technique: 'readwrite', reason: { code: reason }, rejected: [] }
    this.#options = options
    this.#placer = new FilePlacer(options)
    this.#waiting = new Set(files.map(({ index }) => index))
    // Each body adds a listener while it is received, and a device may send any number at once.
    setMaxListeners(0, this.#abort.signal)
    this.received = this.#end.promise
    this.received.catch(() => undefined)
  }

  /**
   * Receives one file from a body. It fails if the file is not the announced one, and may then be sent again. Resolves when
   * the file has its name and the requested durability. Otherwise rejects with the body's error, `disk-full`,
   * `no-permission`, `name-taken`, `io` and other errors of the target, or the reason for which this carrier was cancelled.
   */
  async take(file: ManifestEntry, body: Readable): Promise<void> {
    this.#abort.signal.throwIfAborted()
    if (!this.#waiting.has(file.index)) throw new PenstockError('protocol', { detail: 'body sent twice' })
    const taking = this.#take(file, body)
    this.#running.add(taking)
    try {
      await taking
      this.#waiting.delete(file.index)
      this.#missed.delete(file.index)
    } finally {
      this.#running.delete(taking)
    }
  }

  /** Called when each file was received or has failed permanently. */
  complete(): void {
    // A cancel after the last file has begun to get its name has no effect.
    if (this.#abort.signal.aborted && this.#waiting.size > 0) return
    const failure = [...this.#missed.values()].find(({ by }) => by === 'failure')
    if (failure && this.#placer.files === 0) {
      this.#end.reject(new PenstockError(failure.reason.code, failure.reason.params))
    } else this.#end.resolve({ failures: [], arrived: NOTHING_PLACED })
  }

  placed(): Committed {
    const { savedAs, files, bytes, notes } = this.#placer
    return {
      savedAs,
      notes,
      changes: [],
      notDelivered: [...this.#missed.values()],
      deliveredEntries: files,
      deliveredFiles: files,
      deliveredBytes: bytes,
    }
  }

  beginCommit(): null {
    return null
  }

  progress(): ReturnType<ReceivingCarrier['progress']> {
    const { files, bytes } = this.#placer
    return { conveyance: this.#conveyance, bytes: bytes + this.#unfinished, files, sample: null }
  }

  setTechnique(technique: Technique): void {
    throw new PenstockError('technique-unavailable', { technique, why: TLS_BODY.carrier })
  }

  finish(): Promise<void> {
    return Promise.resolve()
  }

  cancel(problem: Problem): void {
    const error = new PenstockError(problem.code, problem.params)
    this.#abort.abort(error)
    // A file that is being named still gets its name, and may be the last.
    void Promise.allSettled(this.#running).then(() => {
      if (this.#waiting.size === 0) this.complete()
      else this.#end.reject(error)
    })
  }

  async #take(file: ManifestEntry, body: Readable): Promise<void> {
    const stop = (): void => {
      const reason: unknown = this.#abort.signal.reason
      body.destroy(reason instanceof Error ? reason : undefined)
    }
    this.#abort.signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#write(file, body)
      const notDelivered = await this.#placer.place(file)
      if (!notDelivered) return
      this.#missed.set(file.index, notDelivered)
      throw new PenstockError(notDelivered.reason.code, notDelivered.reason.params)
    } catch (error) {
      await this.#remove(file)
      if (!this.#missed.has(file.index)) {
        this.#missed.set(file.index, entryNotDelivered(file, problemOf(error, file)))
      }
      throw error
    } finally {
      this.#abort.signal.removeEventListener('abort', stop)
    }
  }

  /** Writes a body to the file's path in staging. */
  async #write(file: ManifestEntry, body: Readable): Promise<void> {
    const { staging, durability } = this.#options
    this.#missed.delete(file.index)
    const target = await StagedFile.create(staging.folder, String(file.index), file.path)
    let bytes = 0
    try {
      for await (const chunk of body) {
        const piece: unknown = chunk
        if (!(piece instanceof Uint8Array)) throw new PenstockError('internal', { message: 'not bytes' })
        await target.append(piece)
        bytes += piece.length
        this.#unfinished += piece.length
      }
      this.#abort.signal.throwIfAborted()
      if (durability === 'commit' || durability === 'through') await target.sync()
      await target.close()
    } finally {
      this.#unfinished -= bytes
      await target.close().catch(() => undefined)
    }
  }

  /** Removes the remains of a failed file. If that fails, they are removed with the staging folder. */
  async #remove({ index }: ManifestEntry): Promise<void> {
    await addon.removeFile(this.#options.staging.folder, String(index)).catch(() => undefined)
  }
}

function problemOf(error: unknown, { path }: ManifestEntry): Problem {
  if (error instanceof ChecksumError) return { code: 'check-failed', params: { path } }
  return errnoOf(error) === 'ERR_STREAM_PREMATURE_CLOSE' ? { code: 'peer-gone' } : toProblem(error)
}
