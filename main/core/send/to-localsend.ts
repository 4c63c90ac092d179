import { steadyNow } from '../../contract/clock.ts'
import { TLS_BODY, PLAIN_BODY } from '../../contract/report.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import { allEntries, type SourceEntry } from '../source/entries.ts'
import { type AcceptedOffer, cancelUpload, prepareUpload, uploadFile } from '../protocol/localsend/calls.ts'
import { type ControlClient, openControl } from '../protocol/http/client.ts'
import { registrationBody } from '../protocol/localsend/messages.ts'
import { timeText } from '../protocol/localsend/times.ts'
import { NOTHING_REPORTED } from '../protocol/penstock/technique.ts'
import { FileRefused, RestRefused } from '../protocol/localsend/statuses.ts'
import type { SendOptions } from '../api.ts'
import { SendingBody } from './body-carrier.ts'
import { type Missed, reportedOf } from './missed.ts'
import type { Cargo, Delivery } from './outgoing.ts'
import { openSource } from './source-body.ts'

/** Concurrent files, as in LocalSend's own application. */
const PARALLEL_FILES = 2
/** Time limit of a `/cancel`, in milliseconds. */
const CANCEL_MS = 2000

/** Sends files to a LocalSend device in request bodies; entries that its protocol cannot express are not delivered. */
export async function sendToLocalSend(cargo: Cargo): Promise<Delivery> {
  const { to } = cargo.options
  if (to.protocol === 'http') assertMayGoUnencrypted(cargo.options)
  const { source } = cargo
  await cargo.search(cargo.signal)
  const entries = await allEntries(source.manifest)
  const files = entries.filter(({ type }) => type === 'file')
  const inexpressible = entries.filter((entry, at) => isInexpressible(entry, entries[at + 1])).map(leftOut)
  if (files.length === 0) {
    throw nothingToSend([...source.notDelivered, ...inexpressible.map(reportedOf)])
  }
  const control = openControl({
    host: to.host,
    port: to.port,
    protocol: to.protocol,
    expectedFingerprint: to.protocol === 'https' ? to.fingerprint : null,
    identity: cargo.identity,
  })
  try {
    const missed = await new Upload(control, cargo).run(files, inexpressible)
    return { missed, notes: [], durability: null, endedAt: steadyNow() }
  } finally {
    control.close()
  }
}

/**
 * Throws `not-encrypted` unless the user has permitted it for this transfer, and `pin-needs-encryption` if there is a PIN.
 */
function assertMayGoUnencrypted({ security, pin, to }: SendOptions): void {
  if (security !== 'clear') throw new PenstockError('not-encrypted', { host: to.host })
  if (pin !== null) throw new PenstockError('pin-needs-encryption', { host: to.host })
}

/** LocalSend has no links and no empty folders; other folders follow from the paths of their entries. */
function isInexpressible(entry: SourceEntry, next: SourceEntry | undefined): boolean {
  if (entry.type === 'symlink') return true
  // Parents precede their children, so the next entry shows whether there are any.
  return entry.type === 'directory' && !next?.path.startsWith(`${entry.path}/`)
}

function leftOut(entry: SourceEntry): Missed {
  const { path, type } = entry
  return { entry, by: 'policy', reason: { code: 'files-only', params: { path, type } } }
}

/** One session with a LocalSend receiver: the offer, then the accepted files, a few at a time. */
class Upload {
  readonly #control: ControlClient
  readonly #cargo: Cargo
  /** Ends the requests that still run at the end of the session. */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #progress = { bytes: 0, files: 0 }
  /** Number of files that the receiver has answered in any way. It closes the session after the last one. */
  #answered = 0
  /** Paths of the files that the receiver has confirmed. */
  readonly #delivered = new Set<string>()

  constructor(control: ControlClient, cargo: Cargo) {
    this.#control = control
    this.#cargo = cargo
    this.#signal = AbortSignal.any([cargo.signal, this.#stop.signal])
  }

  /**
   * Returns the entries that were not delivered, including those left out. Throws the error that ended the session, or that
   * prevented the delivery of every file.
   */
  async run(files: readonly SourceEntry[], leftOut: readonly Missed[]): Promise<readonly Missed[]> {
    const session = await this.#offer(files)
    const isWanted = ({ index }: SourceEntry): boolean => Object.hasOwn(session.files, String(index))
    const wanted = files.filter(isWanted)
    const { identity } = session
    const conveyance = identity === null ? PLAIN_BODY : TLS_BODY
    const carrier = new SendingBody(conveyance, PARALLEL_FILES, this.#progress)
    this.#cargo.started({ identity, carrier, peer: NOTHING_REPORTED })
    const { failed, broken } = await this.#sendAll(session, wanted)
    const [first] = failed
    if (first && failed.length === wanted.length) {
      throw new PenstockError(first.reason.code, first.reason.params)
    }
    const declined = files
      .filter((file) => !isWanted(file))
      .map((entry): Missed => ({ entry, by: 'policy', reason: { code: 'refused' } }))
    const missed = [...leftOut, ...declined, ...failed]
    if (broken.length === 0) return missed
    // Any other cause takes precedence over a refusal of the rest.
    const reason = broken.find((error) => !(error instanceof RestRefused)) ?? broken[0]
    return this.#endedEarly(files, missed, reason)
  }

  /**
   * Returns the undelivered entries if the receiver refused all files but the confirmed ones. Any other end of the session
   * ends the transfer too, and is thrown with the known state of the files.
   */
  #endedEarly(files: readonly SourceEntry[], missed: readonly Missed[], reason: unknown): readonly Missed[] {
    if (this.#delivered.size === 0) throw reason
    const known = new Set([...this.#delivered, ...missed.map(({ entry }) => entry.path)])
    const rest = files
      .filter(({ path }) => !known.has(path))
      .map((entry): Missed => ({ entry, by: 'failure', reason: toProblem(reason) }))
    const all = [...missed, ...rest]
    if (reason instanceof RestRefused) return all
    throw new PartlyDelivered(reason, {
      delivered: [...this.#delivered],
      notDelivered: [...this.#cargo.source.notDelivered, ...all.map(reportedOf)],
    })
  }

  async #offer(files: readonly SourceEntry[]): Promise<AcceptedOffer> {
    const { options, info, signal } = this.#cargo
    const { fileTypeOf } = await import('../protocol/localsend/file-type.ts')
    const offered = files.map(({ index, path, size, mtimeNs }) => ({
      id: String(index),
      fileName: path,
      size,
      fileType: fileTypeOf(path),
      metadata: { modified: timeText(mtimeNs) },
    }))
    try {
      const offer = { info: registrationBody(info), files: offered, pin: options.pin }
      return await prepareUpload(this.#control, offer, { signal })
    } catch (error) {
      if (signal.aborted) await this.#cancel(null)
      throw error
    }
  }

  /** `failed`: files that failed individually. `broken`: the causes that ended the session, first cause first. */
  async #sendAll(
    session: AcceptedOffer,
    wanted: readonly SourceEntry[],
  ): Promise<{ readonly failed: readonly Missed[]; readonly broken: readonly unknown[] }> {
    const failed: Missed[] = []
    const broken: unknown[] = []
    const queue = wanted.values()
    const worker = async (): Promise<void> => {
      try {
        for (const file of queue) {
          if (broken.length > 0) return
          const problem = await this.#sendOne(session, file)
          if (problem) failed.push({ entry: file, by: 'failure', reason: problem })
        }
      } catch (error) {
        broken.push(error)
        // A receiver that refuses further files still answers the one in progress.
        if (!(error instanceof RestRefused)) this.#stop.abort()
      }
    }
    await Promise.all(Array.from({ length: PARALLEL_FILES }, worker))
    const endedByPeer = toProblem(broken[0]).code === 'cancelled-by-peer'
    if (this.#answered < wanted.length && !endedByPeer) await this.#cancel(session.sessionId)
    return { failed, broken }
  }

  /** Null if the file was delivered, else its problem. Throws an error that ends the session. */
  async #sendOne(session: AcceptedOffer, file: SourceEntry): Promise<Problem | null> {
    let sent = 0
    try {
      this.#signal.throwIfAborted()
      const source = await openSource(file)
      try {
        const fileId = String(file.index)
        const stream = source.content((bytes) => {
          sent += bytes
          this.#progress.bytes += bytes
        })
        const token = session.files[fileId] ?? ''
        const upload = { sessionId: session.sessionId, fileId, token, size: file.size, stream }
        await uploadFile(this.#control, upload, { signal: this.#signal })
      } finally {
        await source.close()
      }
      if (sent < file.size) throw new PenstockError('protocol', { detail: 'answered before the end' })
      this.#answered++
      this.#progress.files++
      this.#delivered.add(file.path)
      return null
    } catch (error) {
      this.#progress.bytes -= sent
      if (error instanceof FileRefused) this.#answered++
      if (error instanceof FileRefused || isOfSource(error)) return toProblem(error)
      throw error
    }
  }

  /**
   * Closes the session at the receiver, or without an id the offer. The transfer ends in the same way if there is no answer.
   */
  async #cancel(sessionId: string | null): Promise<void> {
    const signal = AbortSignal.timeout(CANCEL_MS)
    await cancelUpload(this.#control, sessionId, { signal }).catch(() => undefined)
  }
}

/** Whether an error concerns one file on this machine. */
function isOfSource(error: unknown): boolean {
  switch (toProblem(error).code) {
    case 'not-readable':
    case 'file-changed':
    case 'file-shrank':
    case 'file-vanished':
      return true
    default:
      return false
  }
}
