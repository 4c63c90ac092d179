import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { PenstockError, type Problem } from '../../contract/errors.ts'
import { refusal, type Answer } from '../protocol/http/answers.ts'
import type { LocalSendFile, Registration, UploadOffer } from '../protocol/localsend/messages.ts'
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

/** Takes what LocalSend devices send: the transfer code, which stages and commits. */
export interface IncomingBackend {
  /** Asks. `accepted` names one file or more; the sender skips the others. */
  offer(offer: LocalSendOffer): Promise<OfferVerdict>
  /**
   * One file's content, ended by an error when it is not the announced one. Files may come in parallel. Resolves when the file is
   * kept for good, whatever the session comes to; rejects when it is not, with `cancelled-here` where this side has ended the session.
   */
  body(sessionId: string, fileId: string, stream: Readable, signal: AbortSignal): Promise<void>
  /** Every accepted file has been kept or has failed. */
  finished(sessionId: string): void
  /** The sender took an accepted session back. */
  cancelled(sessionId: string, by: 'peer'): void
  /** The sender went away (`peer-gone`) or fell silent (`timed-out`). */
  failed(sessionId: string, problem: PenstockError): void
}

export interface UploadLimits {
  /** Accepted sessions in all, and of one network. */
  readonly sessions: number
  readonly perNetwork: number
  /** Milliseconds that an accepted session may go without an upload, and that it may after an upload broke off. */
  readonly idleMs: number
  readonly brokenIdleMs: number
}

export const UPLOAD_LIMITS: UploadLimits = {
  sessions: 32,
  perNetwork: 8,
  idleMs: 60_000,
  brokenIdleMs: STREAM_LIMITS.brokenUploadMs,
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
  /** Why the last upload broke off; null where another has begun since. */
  broken: PenstockError | null
}

interface Pending {
  readonly peer: RequestPeer
  readonly abort: AbortController
}

function samePeer(left: RequestPeer, right: RequestPeer): boolean {
  return left.address === right.address && (left.identity === null || left.identity.equals(right.identity))
}

function sameToken(left: string, right: string): boolean {
  const given = Buffer.from(right)
  const wanted = Buffer.from(left)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** The receiver's side of the LocalSend upload: offers, tokens, bodies, cancel. Holds no file itself. */
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
    if (peer.identity !== null && peer.identity.fingerprint !== offer.info.fingerprint) {
      return refusal(403, 'certificate and fingerprint differ')
    }
    if (offer.files.length === 0) return refusal(400, 'no files')
    if (this.#isFull(peer)) return refusal(409, 'busy')
    const pending: Pending = { peer, abort: new AbortController() }
    this.#pending.add(pending)
    try {
      return await this.#ask(offer, context, { pending, ticket })
    } finally {
      this.#pending.delete(pending)
    }
  }

  /** Handler of `upload`: the body goes to the backend as it comes. */
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

  /** Handler of `cancel`: of a session, or of what this address has asked and was not answered yet. */
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

  /** Ends a session from this side; what its sender uploads afterwards is refused. The backend is not notified. */
  drop(sessionId: string): void {
    const session = this.#sessions.get(sessionId)
    if (session !== undefined) this.#end(session, new PenstockError('cancelled-here'))
  }

  /** Ends every session and takes back every open question. */
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
      // The yes came after the sender had gone: the backend holds a session that will never get a byte.
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
    // A body that fails must not take the connection with it: the answer still has to go out on it.
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
      // The sender may go on with its other files, over another connection.
      const reason: unknown = context.signal.reason
      session.broken = reason instanceof PenstockError ? reason : new PenstockError('peer-gone')
      return this.#settle(session, refusal(500, session.broken.code))
    }
    if (error instanceof ChecksumError) {
      if (entry.tries < CHECKSUM_TRIES) entry.state = 'waiting'
      return this.#settle(session, refusal(422, 'checksum differs'))
    }
    return this.#settle(session, failure(error))
  }

  /** Ends the session after its last file. */
  #settle(session: Session, answer: Answer): Answer {
    const open = [...session.files.values()].some(({ state }) => state === 'waiting' || state === 'running')
    if (!open && this.#end(session, null)) this.#backend.finished(session.id)
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
    const { idleMs, brokenIdleMs } = this.#limits
    const { broken } = session
    session.idle = setTimeout(
      () => {
        const problem = broken ?? new PenstockError('timed-out', { seconds: idleMs / 1000 })
        if (this.#end(session, problem)) this.#backend.failed(session.id, problem)
      },
      broken ? brokenIdleMs : idleMs,
    )
    session.idle.unref()
  }

  #stopIdle(session: Session): void {
    if (session.idle !== null) clearTimeout(session.idle)
    session.idle = null
  }
}
