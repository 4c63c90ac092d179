import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { PenstockError, type Problem } from '../../contract/errors.ts'
import { refusal, type Answer } from '../protocol/http/answers.ts'
import {
  isOfCertificate,
  type LocalSendFile,
  type Registration,
  type UploadOffer,
} from '../protocol/localsend/messages.ts'
import { networkOf } from '../protocol/http/network.ts'
import type { OfferTicket, RequestContext, RequestPeer } from '../protocol/http/handlers.ts'
import { brokenBy, failure, isCancelled, rejection } from '../protocol/localsend/upload-answers.ts'
import { STREAM_LIMITS } from '../transfer/limits.ts'
import { ChecksumError, exactly } from '../protocol/localsend/upload-body.ts'

/** An offer of a LocalSend device. `info.fingerprint` is a claim; `peer.identity` is proved. */
export interface LocalSendOffer {
  readonly sessionId: string
  readonly info: Registration
  readonly files: readonly LocalSendFile[]
  readonly peer: RequestPeer
  readonly address: string
  /** Counts the memory that the offer holds until it is answered. */
  readonly ticket: OfferTicket
  /** Aborts when the sender withdraws the offer or disconnects. */
  readonly signal: AbortSignal
}

export type OfferVerdict =
  | { readonly accept: true; readonly accepted: readonly string[] }
  | { readonly accept: false; readonly problem?: Problem }

/** Receives the uploads of LocalSend devices: the transfer code, which stages and commits. */
export interface IncomingBackend {
  /** Shows a text message. False if this receiver has no place for it: then it is a file like any other. */
  text?(message: Omit<LocalSendOffer, 'sessionId' | 'files' | 'signal'> & { readonly text: string }): boolean
  /** Asks the user. `accepted` names one or more files; the sender skips the others. */
  offer(offer: LocalSendOffer): Promise<OfferVerdict>
  /**
   * Receives one file's content; fails if it is not the announced file. Files may arrive in parallel. Resolves when the file
   * is kept regardless of the session's end; otherwise rejects, with `cancelled-here` if this side ended the session.
   */
  body(sessionId: string, fileId: string, stream: Readable, signal: AbortSignal): Promise<void>
  /** Called when every accepted file has been kept or has failed. */
  finished(sessionId: string): void
  /** The sender cancelled an accepted session. */
  cancelled(sessionId: string, by: 'peer'): void
  /** The sender disconnected (`peer-gone`) or stopped sending (`timed-out`). */
  failed(sessionId: string, problem: PenstockError): void
}

export interface UploadLimits {
  /** Accepted sessions in total, and per network. */
  readonly sessions: number
  readonly perNetwork: number
  /** Milliseconds that an accepted session may be without an upload, and after an upload broke. */
  readonly idleMs: number
  readonly brokenIdleMs: number
  /** Milliseconds for the `/cancel` that follows when a sender drops its last upload. */
  readonly cancelMs: number
}

export const UPLOAD_LIMITS: UploadLimits = {
  sessions: 32,
  perNetwork: 8,
  idleMs: 60_000,
  brokenIdleMs: STREAM_LIMITS.brokenUploadMs,
  cancelMs: 2000,
}

const CHECKSUM_TRIES = 3

interface FileState {
  readonly file: LocalSendFile
  readonly token: string
  state: 'waiting' | 'running' | 'kept' | 'failed'
  tries: number
}

interface Session {
  readonly id: string
  readonly peer: RequestPeer
  readonly files: ReadonlyMap<string, FileState>
  readonly abort: AbortController
  running: number
  idle: NodeJS.Timeout | null
  /** Why the last upload broke; null if another has begun since. */
  broken: PenstockError | null
}

interface Pending {
  readonly peer: RequestPeer
  readonly abort: AbortController
}

/** Longest text message, in bytes; a longer one is a file. */
const TEXT_BYTES = 64 * 1024

/** The message of an offer, which LocalSend sends as one text file with the whole text as its preview; null for files. */
function messageIn({ files }: UploadOffer): string | null {
  const [file, ...more] = files
  if (file === undefined || more.length > 0 || !file.fileType.startsWith('text/')) return null
  const { preview } = file
  return preview !== null && Buffer.byteLength(preview) <= TEXT_BYTES ? preview : null
}

/** Whether a device claims another certificate than it presents. */
function contradicts({ fingerprint }: Registration, { identity }: RequestPeer): boolean {
  return identity !== null && isOfCertificate(fingerprint) && fingerprint !== identity.fingerprint
}

function samePeer(left: RequestPeer, right: RequestPeer): boolean {
  return left.address === right.address && (left.identity === null || left.identity.equals(right.identity))
}

/** Whether a file may still arrive. */
function isOpen({ files }: Pick<Session, 'files'>): boolean {
  return [...files.values()].some(({ state }) => state === 'waiting' || state === 'running')
}

function sameToken(left: string, right: string): boolean {
  const given = Buffer.from(right)
  const wanted = Buffer.from(left)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** The receiver's side of the LocalSend upload: offers, tokens, bodies, cancel. It does not handle files itself. */
export class UploadSessions {
  readonly #backend: IncomingBackend
  readonly #limits: UploadLimits
  readonly #sessions = new Map<string, Session>()
  readonly #pending = new Set<Pending>()

  constructor(backend: IncomingBackend, limits: Partial<UploadLimits> = {}) {
    this.#backend = backend
    this.#limits = { ...UPLOAD_LIMITS, ...limits }
  }

  /** Handler of `prepare-upload`. */
  async prepareUpload(offer: UploadOffer, context: RequestContext, ticket: OfferTicket): Promise<Answer> {
    const { peer } = context
    if (contradicts(offer.info, peer)) return refusal(403, 'certificate and fingerprint differ')
    if (offer.files.length === 0) return refusal(400, 'no files')
    const text = messageIn(offer)
    if (
      text !== null &&
      this.#backend.text?.({ info: offer.info, peer, address: peer.address, ticket, text })
    ) {
      // Nothing is transferred: the offer held the whole message.
      return { status: 204 }
    }
    if (this.#isFull(peer)) return refusal(409, 'busy')
    const pending: Pending = { peer, abort: new AbortController() }
    this.#pending.add(pending)
    try {
      return await this.#ask(offer, context, { pending, ticket })
    } finally {
      this.#pending.delete(pending)
    }
  }

  /** Handler of `upload`: streams the body to the backend. */
  async upload(request: IncomingMessage, context: RequestContext): Promise<Answer> {
    const { query, peer } = context
    const session = this.#sessions.get(query.get('sessionId') ?? '')
    const entry = session?.files.get(query.get('fileId') ?? '')
    if (session === undefined || entry === undefined || !samePeer(session.peer, peer)) {
      return refusal(403, 'no such session or file')
    }
    if (!sameToken(entry.token, query.get('token') ?? '')) return refusal(403, 'wrong token')
    if (entry.state !== 'waiting') return refusal(409, 'this file was sent before')
    entry.state = 'running'
    entry.tries += 1
    session.running += 1
    session.broken = null
    this.#stopIdle(session)
    try {
      return await this.#take(session, entry, request, context)
    } finally {
      session.running -= 1
      if (this.#sessions.has(session.id) && session.running === 0) this.#startIdle(session)
    }
  }

  /** Handler of `cancel`: of a session, or of an unanswered offer from this address. */
  cancel(context: RequestContext): Promise<Answer> {
    const id = context.query.get('sessionId')
    const session = id === null ? undefined : this.#sessions.get(id)
    if (session !== undefined && samePeer(session.peer, context.peer)) {
      if (this.#end(session, new PenstockError('cancelled-by-peer')))
        this.#backend.cancelled(session.id, 'peer')
      return Promise.resolve({ status: 200, body: {} })
    }
    if (id !== null && id !== '') return Promise.resolve(refusal(403, 'no such session'))
    for (const pending of this.#pending) {
      if (samePeer(pending.peer, context.peer)) pending.abort.abort(new PenstockError('cancelled-by-peer'))
    }
    return Promise.resolve({ status: 200, body: {} })
  }

  /** Ends a session from this side; later uploads are refused. The backend is not notified. */
  drop(sessionId: string): void {
    const session = this.#sessions.get(sessionId)
    if (session !== undefined) this.#end(session, new PenstockError('cancelled-here'))
  }

  /** Ends every session and withdraws every open question. */
  close(): void {
    for (const pending of this.#pending) pending.abort.abort(new PenstockError('cancelled-here'))
    for (const session of this.#sessions.values()) this.#end(session, new PenstockError('cancelled-here'))
  }

  #isFull(peer: RequestPeer): boolean {
    const network = networkOf(peer.address)
    const here = [...this.#sessions.values()].filter((one) => networkOf(one.peer.address) === network).length
    return this.#sessions.size >= this.#limits.sessions || here >= this.#limits.perNetwork
  }

  async #ask(
    offer: UploadOffer,
    context: RequestContext,
    { pending, ticket }: { readonly pending: Pending; readonly ticket: OfferTicket },
  ): Promise<Answer> {
    const sessionId = randomBytes(16).toString('hex')
    const signal = AbortSignal.any([pending.abort.signal, context.signal])
    const verdict = await this.#backend.offer({
      sessionId,
      info: offer.info,
      files: offer.files,
      peer: context.peer,
      address: context.peer.address,
      ticket,
      signal,
    })
    if (!verdict.accept) {
      return rejection(verdict.problem)
    }
    if (signal.aborted) {
      // The user accepted after the sender had disconnected: the backend holds a session without uploads.
      if (pending.abort.signal.aborted) this.#backend.cancelled(sessionId, 'peer')
      else this.#backend.failed(sessionId, new PenstockError('peer-gone'))
      return refusal(403, 'cancelled')
    }
    const wanted = new Set(verdict.accepted)
    const files = new Map<string, FileState>()
    for (const file of offer.files) {
      if (!wanted.has(file.id)) continue
      files.set(file.id, {
        file,
        token: randomBytes(16).toString('hex'),
        state: 'waiting',
        tries: 0,
      })
    }
    const session: Session = {
      id: sessionId,
      peer: context.peer,
      files,
      abort: new AbortController(),
      running: 0,
      idle: null,
      broken: null,
    }
    this.#sessions.set(sessionId, session)
    this.#startIdle(session)
    const tokens = Object.fromEntries([...files].map(([id, { token }]) => [id, token]))
    return { status: 200, body: { sessionId, files: tokens } }
  }

  async #take(
    session: Session,
    entry: FileState,
    request: IncomingMessage,
    context: RequestContext,
  ): Promise<Answer> {
    const signal = AbortSignal.any([session.abort.signal, context.signal])
    const body = exactly(entry.file)
    const stop = () =>
      body.destroy(signal.reason instanceof Error ? signal.reason : new PenstockError('peer-gone'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    // A failing body must not destroy the connection, which still carries the answer.
    body.once('error', () => request.unpipe(body))
    request.once('error', () => body.destroy(brokenBy(request)))
    request.pipe(body)
    try {
      await this.#backend.body(session.id, entry.file.id, body, signal)
    } catch (error) {
      return this.#fail(session, entry, body.errored ?? error, context)
    } finally {
      signal.removeEventListener('abort', stop)
      body.destroy()
    }
    entry.state = 'kept'
    return this.#settle(session, { status: 200, body: {} })
  }

  #fail(session: Session, entry: FileState, error: unknown, context: RequestContext): Answer {
    entry.state = 'failed'
    if (session.abort.signal.aborted || isCancelled(error)) return refusal(403, 'cancelled')
    if (context.signal.aborted) {
      // The sender may continue with its other files over another connection, or cancel: it drops its uploads first.
      const reason: unknown = context.signal.reason
      session.broken = reason instanceof PenstockError ? reason : new PenstockError('peer-gone')
      return refusal(500, session.broken.code)
    }
    if (error instanceof ChecksumError) {
      if (entry.tries < CHECKSUM_TRIES) entry.state = 'waiting'
      return this.#settle(session, refusal(422, 'checksum differs'))
    }
    return this.#settle(session, failure(error))
  }

  /** Ends the session after its last file. */
  #settle(session: Session, answer: Answer): Answer {
    if (!isOpen(session) && this.#end(session, null)) this.#backend.finished(session.id)
    return answer
  }

  #end(session: Session, reason: PenstockError | null): boolean {
    if (!this.#sessions.delete(session.id)) return false
    this.#stopIdle(session)
    if (reason !== null) session.abort.abort(reason)
    return true
  }

  #startIdle(session: Session): void {
    this.#stopIdle(session)
    const { idleMs, brokenIdleMs, cancelMs } = this.#limits
    const { broken } = session
    session.idle = setTimeout(
      () => {
        const problem = broken ?? new PenstockError('timed-out', { seconds: idleMs / 1000 })
        if (!this.#end(session, problem)) return
        if (isOpen(session)) this.#backend.failed(session.id, problem)
        else this.#backend.finished(session.id)
      },
      broken === null ? idleMs : isOpen(session) ? brokenIdleMs : Math.min(brokenIdleMs, cancelMs),
    )
    session.idle.unref()
  }

  #stopIdle(session: Session): void {
    if (session.idle !== null) clearTimeout(session.idle)
    session.idle = null
  }
}
