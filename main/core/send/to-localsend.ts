import { steadyNow } from '../../contract/clock.ts'
import { TLS_BODY, PLAIN_BODY, type NotDelivered } from '../../contract/report.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import { type SourceEntry, toTheEnd } from '../source/walk.ts'
import { type AcceptedOffer, cancelUpload, prepareUpload, uploadFile } from '../protocol/localsend/calls.ts'
import { type ControlClient, openControl } from '../protocol/http/client.ts'
import { registrationBody } from '../protocol/localsend/messages.ts'
import { FileRefused, RestRefused } from '../protocol/localsend/statuses.ts'
import type { SendOptions } from '../api.ts'
import { SendingBody } from './body-carrier.ts'
import type { Cargo, Delivery } from './outgoing.ts'
import { openSource } from './source-body.ts'

/** Files that are sent at once, as LocalSend's own program does it. */
const PARALLEL_FILES = 2
/** Time that a `/cancel` may take, in milliseconds. */
const CANCEL_MS = 2000

/** Carries files to a LocalSend device in request bodies; what its protocol cannot express is not delivered. */
export async function sendToLocalSend(cargo: Cargo): Promise<Delivery> {
  const { to } = cargo.options
  if (to.protocol === 'http') assertMayGoUnencrypted(cargo.options)
  await toTheEnd(cargo.search())
  const { entries } = cargo.found
  const files = entries.filter(({ type }) => type === 'file')
  const inexpressible = entries.filter((entry, at) => isInexpressible(entry, entries[at + 1])).map(leftOut)
  if (files.length === 0) throw nothingToSend([...cargo.found.notDelivered, ...inexpressible])
  const control = openControl({
    host: to.host,
    port: to.port,
    protocol: to.protocol,
    expectedFingerprint: to.protocol === 'https' ? to.fingerprint : null,
    identity: cargo.identity,
  })
  try {
    const notDelivered = await new Upload(control, cargo).run(files, inexpressible)
    return { notDelivered, durability: null, endedAt: steadyNow() }
  } finally {
    control.close()
  }
}

/** Throws `not-encrypted` unless the user has permitted it for this transfer, and `pin-needs-encryption` where there is a PIN. */
function assertMayGoUnencrypted({ security, pin, to }: SendOptions): void {
  if (security !== 'clear') throw new PenstockError('not-encrypted', { host: to.host })
  if (pin !== null) throw new PenstockError('pin-needs-encryption', { host: to.host })
}

/** LocalSend has no links and no empty folders; a folder with entries follows from their paths. */
function isInexpressible(entry: SourceEntry, next: SourceEntry | undefined): boolean {
  if (entry.type === 'symlink') return true
  // Parents stand before their children, so that the next entry tells whether there are any.
  return entry.type === 'directory' && !next?.path.startsWith(`${entry.path}/`)
}

function leftOut({ path }: SourceEntry): NotDelivered {
  return { path, by: 'policy', reason: { code: 'not-regular', params: { path } } }
}

/** One session with a LocalSend receiver: the offer, then the accepted files, a few at a time. */
class Upload {
  readonly #control: ControlClient
  readonly #cargo: Cargo
  /** Ends the requests that still run when the session has ended. */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #progress = { bytes: 0, files: 0 }
  /** Files that the receiver has answered, in whatever way. It closes the session after the last one. */
  #answered = 0
  /** Paths of the files that the receiver has confirmed. */
  readonly #delivered = new Set<string>()

  constructor(control: ControlClient, cargo: Cargo) {
    this.#control = control
    this.#cargo = cargo
    this.#signal = AbortSignal.any([cargo.signal, this.#stop.signal])
  }

  /**
   * Entries that were not delivered, those that are left out among them. Throws what ended the session, or what kept every file
   * from being delivered.
   */
  async run(files: readonly SourceEntry[], leftOut: readonly NotDelivered[]): Promise<NotDelivered[]> {
    const session = await this.#offer(files)
    const isWanted = ({ index }: SourceEntry): boolean => Object.hasOwn(session.files, String(index))
    const wanted = files.filter(isWanted)
    const { identity } = session
    const conveyance = identity === null ? PLAIN_BODY : TLS_BODY
    const carrier = new SendingBody(conveyance, PARALLEL_FILES, this.#progress)
    this.#cargo.started({ identity, carrier, peer: { technique: null, fellBackFrom: null } })
    const { failed, broken } = await this.#sendAll(session, wanted)
    const [first] = failed
    if (first && failed.length === wanted.length) {
      throw new PenstockError(first.reason.code, first.reason.params)
    }
    const declined = files
      .filter((file) => !isWanted(file))
      .map(({ path }): NotDelivered => ({ path, by: 'policy', reason: { code: 'refused' } }))
    const missed = [...leftOut, ...declined, ...failed]
    if (broken.length === 0) return missed
    // What else ended the session counts more than a refusal of the rest.
    const reason = broken.find((error) => !(error instanceof RestRefused)) ?? broken[0]
    return this.#endedEarly(files, missed, reason)
  }

  /**
   * What was not delivered where the receiver refused all files but those that it had confirmed. Anything else that ended the
   * session ends the transfer too, and is thrown with what is known of the files.
   */
  #endedEarly(
    files: readonly SourceEntry[],
    missed: readonly NotDelivered[],
    reason: unknown,
  ): NotDelivered[] {
    if (this.#delivered.size === 0) throw reason
    const known = new Set([...this.#delivered, ...missed.map(({ path }) => path)])
    const rest = files
      .filter(({ path }) => !known.has(path))
      .map(({ path }): NotDelivered => ({ path, by: 'failure', reason: toProblem(reason) }))
    const notDelivered = [...missed, ...rest]
    if (reason instanceof RestRefused) return notDelivered
    throw new PartlyDelivered(reason, {
      delivered: [...this.#delivered],
      notDelivered: [...this.#cargo.found.notDelivered, ...notDelivered],
    })
  }

  async #offer(files: readonly SourceEntry[]): Promise<AcceptedOffer> {
    const { options, info, signal } = this.#cargo
    const offered = files.map(({ index, path, size, mtimeNs }) => ({
      id: String(index),
      fileName: path,
      size,
      fileType: 'application/octet-stream',
      metadata: { modified: new Date(Number(mtimeNs / 1_000_000n)).toISOString() },
    }))
    try {
      const offer = { info: registrationBody(info), files: offered, pin: options.pin }
      return await prepareUpload(this.#control, offer, { signal })
    } catch (error) {
      if (signal.aborted) await this.#cancel(null)
      throw error
    }
  }

  /** `failed`: files that did not arrive by themselves. `broken`: what ended the session, the first cause first. */
  async #sendAll(
    session: AcceptedOffer,
    wanted: readonly SourceEntry[],
  ): Promise<{ readonly failed: readonly NotDelivered[]; readonly broken: readonly unknown[] }> {
    const failed: NotDelivered[] = []
    const broken: unknown[] = []
    const queue = wanted.values()
    const worker = async (): Promise<void> => {
      try {
        for (const file of queue) {
          if (broken.length > 0) return
          const problem = await this.#sendOne(session, file)
          if (problem) failed.push({ path: file.path, by: 'failure', reason: problem })
        }
      } catch (error) {
        broken.push(error)
        // A receiver that takes no other file still answers the one that is under way.
        if (!(error instanceof RestRefused)) this.#stop.abort()
      }
    }
    await Promise.all(Array.from({ length: PARALLEL_FILES }, worker))
    const endedByPeer = toProblem(broken[0]).code === 'cancelled-by-peer'
    if (this.#answered < wanted.length && !endedByPeer) await this.#cancel(session.sessionId)
    return { failed, broken }
  }

  /** Null when the file was delivered, or the problem of this file. Throws what ends the session. */
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

  /** Closes the session at the receiver, or without an id the offer; the transfer ends in the same way without an answer. */
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
