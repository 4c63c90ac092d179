import type { Cipher } from '../../contract/report.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival, DataPort } from '../../../native/index.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { TerminalState } from '../../contract/transfer.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { Trust } from '../device/trust.ts'
import { CommitPlanner } from '../target/commit-plan.ts'
import { roomIn } from '../target/room.ts'
import { type Answer, refusal, replier, type Reply } from '../protocol/http/answers.ts'
import type { OfferTicket, RequestContext, RequestPeer } from '../protocol/http/handlers.ts'
import type { Offer } from '../protocol/penstock/offer.ts'
import { readPreamble } from '../protocol/penstock/preamble.ts'
import { decodeTechnique, encodeTechnique } from '../protocol/penstock/technique.ts'
import { IncomingTransfer } from './incoming.ts'
import { type OfferHead, type OfferReading, type ReadOffer, readOffer } from './offers/incoming-offer.ts'
import { type IncomingHost, newOfferId } from './incoming-request.ts'
import type { HeldManifest, OfferSummary } from './offers/manifest.ts'
import { type Accepted, PenstockSession } from './penstock-session.ts'
import { PollLimit } from './poll-limit.ts'
import { receivingConveyance, streamCiphers } from '../transfer/sealing.ts'
import type { StreamLimits } from '../transfer/limits.ts'
import { refusalOf } from '../protocol/penstock/status.ts'

/** Time after the end of a transfer in which the sender may still query its outcome, in milliseconds. */
export const LAST_WORD_MS = 10_000
/** Most accepted transfers at once; more are answered `busy`. */
const MAX_TRANSFERS = 32
/** Most ended transfers that can be queried; the oldest is dropped. */
const MAX_ENDED = 64

/** What the sessions need from their receiver. */
export interface SessionHost extends IncomingHost {
  /** The data port, once it listens. */
  dataPort(): DataPort | null
  readonly trust: Trust
  readonly limits: StreamLimits
  announce(transfer: IncomingTransfer): void
}

/** State of a session while it runs and shortly after its end. */
interface Kept {
  readonly fingerprint: string
  readonly transfer: IncomingTransfer
  readonly polls: PollLimit
  /** Null while it runs. */
  end: TerminalState | null
}

/** The receiving half of the Penstock extension: offers, data connections, and bodies that carry frames. */
export class PenstockSessions {
  readonly #host: SessionHost
  readonly #sessions = new Map<string, PenstockSession>()
  readonly #kept = new Map<string, Kept>()
  /** Waiting and running transfers, by device and the device's id for them. */
  readonly #named = new Set<string>()

  constructor(host: SessionHost) {
    this.#host = host
  }

  /**
   * Answers one offer, whose PIN has been checked: reads the manifest, asks the user, and creates a session. Never rejects.
   */
  async offer(
    request: IncomingMessage,
    reply: Reply,
    context: RequestContext,
    ticket: OfferTicket,
  ): Promise<void> {
    try {
      if (this.#sessions.size >= MAX_TRANSFERS) throw new PenstockError('busy')
      const session = await this.#admit(request, context, ticket)
      reply({ status: 200, body: session.answer() })
    } catch (error) {
      this.#host.errors.report(error, null)
      reply(refusalOf(toProblem(error)))
    }
  }

  /** Accepts a connection on the data port: only the holder of a session's secret gets an answer. */
  arrive(arrival: Arrival): void {
    const preamble = readPreamble(arrival.preamble)
    const session = preamble && this.#sessions.get(preamble.sessionId)
    if (preamble && session) session.arrive(arrival, preamble)
    else arrival.connection.close()
  }

  /**
   * Cancels a transfer for its sender, by transferId: 200 if it ends, 409 if it is too late. Null if the sender has no such
   * transfer.
   */
  cancel({ peer, query }: RequestContext): Answer | null {
    const id = query.get('sessionId')
    const session = [...this.#sessions.values()].find(
      ({ fingerprint, transfer }) => transfer.transferId === id && fingerprint === peer.identity?.fingerprint,
    )
    if (!session) return null
    const stopped = session.transfer.peerLeft({ code: 'cancelled-by-peer' })
    return stopped ? { status: 200, body: {} } : refusal(409, 'the files are getting their names')
  }

  /** Receives the technique at the sender's end and answers with that of this end. */
  technique(context: RequestContext): Answer | ((text: string) => Answer) {
    const kept = this.#keptFor(context)
    if (!kept) return refusal(404, 'no such session')
    if (!kept.polls.allows(performance.now())) return refusal(429, 'too many polls')
    const { transfer } = kept
    return (text) => {
      transfer.setPeer(decodeTechnique(text))
      return { status: 200, body: encodeTechnique(transfer.techniqueNow()) }
    }
  }

  /** Receives frames in a request body. An ended session answers with the reason. Never rejects. */
  async stream(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
    const kept = this.#keptFor(context)
    const session = kept && this.#sessions.get(context.query.get('sessionId') ?? '')
    if (session) {
      await session.body(request, response)
      return
    }
    const end = kept?.end ?? null
    replier(request, response)(end ? refusalOf(problemAfter(end)) : refusal(403, 'no such session'))
  }

  /** The session that a request names, if the same device created it. */
  #keptFor({ peer, query }: RequestContext): Kept | null {
    const kept = this.#kept.get(query.get('sessionId') ?? '')
    return kept && kept.fingerprint === peer.identity?.fingerprint ? kept : null
  }

  async #admit(
    request: IncomingMessage,
    context: RequestContext,
    ticket: OfferTicket,
  ): Promise<PenstockSession> {
    let named: string | null = null
    const claim = ({ identity, offer }: OfferHead): void => {
      const name = `${identity.fingerprint} ${offer.transferId}`
      if (this.#named.has(name)) throw new PenstockError('busy')
      this.#named.add(name)
      named = name
    }
    const forget = (): void => {
      if (named !== null) this.#named.delete(named)
    }
    try {
      const tooLarge: OfferReading['tooLarge'] = (head, read, problem) => {
        this.#decline(head, { ...context, read, problem })
      }
      const read = await readOffer(request, context, { ticket, claim, tooLarge })
      const session = await this.#ask(read, context)
      this.#keep(session, forget)
      return session
    } catch (error) {
      forget()
      throw error
    }
  }

  async #ask(read: ReadOffer, { peer, signal }: RequestContext): Promise<PenstockSession> {
    const { offer, identity, manifest } = read
    const { options, limits } = this.#host
    const { totals, streams } = manifest
    const way = this.#wayOf(offer, identity)
    const transfer = this.#transfer(read, peer, way, manifest)
    const leave = (): void => void transfer.peerLeft({ code: 'cancelled-by-peer' })
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    const admission = transfer.admit()
    this.#host.announce(transfer)
    const { fingerprint } = identity
    try {
      const admitted = await admission
      return new PenstockSession({
        ...admitted,
        offer,
        totals,
        transfer,
        fingerprint,
        ...way,
        streams,
        options,
        limits,
      })
    } finally {
      // A sender may close this connection as soon as it has the answer.
      signal.removeEventListener('abort', leave)
    }
  }

  /** Shows an offer that is refused for its size, with the part that was read. */
  #decline(
    head: OfferHead,
    {
      peer,
      read,
      problem,
    }: { readonly peer: RequestPeer; readonly read: OfferSummary; readonly problem: Problem },
  ): void {
    const { totals, title, topEntries } = read
    const take = (): Promise<never> => Promise.reject(new PenstockError(problem.code, problem.params))
    const transfer = this.#transfer(head, peer, this.#wayOf(head.offer, head.identity), {
      ...{
        totals,
        title,
        topEntries,
        allocatedBytes: totals.bytes,
        preview: [],
        technique: null,
        streams: 1,
        take,
      },
    })
    this.#host.announce(transfer)
    transfer.decline(problem)
  }

  #transfer(
    { offer, identity, alias }: OfferHead,
    peer: RequestPeer,
    { cipher }: Pick<Accepted, 'cipher'>,
    manifest: HeldManifest,
  ): IncomingTransfer {
    const { options, trust } = this.#host
    const { totals, allocatedBytes, title, preview, topEntries, technique } = manifest
    const conveyance = receivingConveyance(cipher, options.technique)
    const appearance = { alias, host: peer.address, port: null }
    return new IncomingTransfer(
      {
        offer: {
          offerId: newOfferId(),
          transferId: offer.transferId,
          peer: { ...trust.of(identity, conveyance, appearance), kind: 'penstock', host: peer.address },
          ...{ totals, ...conveyance, title, preview, folder: options.dir },
          room: roomIn(options.dir, allocatedBytes),
        },
        identity,
        always: trust.alwaysAcceptOf(identity, conveyance, appearance),
        take: (folding) => manifest.take(new CommitPlanner(folding)),
        topEntries,
        peerTechnique: technique,
      },
      this.#host,
    )
  }

  /** The first cipher of an offer that this receiver has and permits, and its port. Throws `protocol` if there is none. */
  #wayOf({ ciphers }: Offer, identity: ProvedIdentity): Pick<Accepted, 'cipher' | 'dataPort'> {
    const { options, trust } = this.#host
    const clear = options.clear || trust.maySendClear(identity)
    const port = this.#host.dataPort()?.port ?? null
    const has: readonly Cipher[] = port === null ? ['tls'] : [...streamCiphers(clear), 'tls']
    const cipher = ciphers.find((one) => has.includes(one))
    if (!cipher) throw new PenstockError('protocol', { detail: 'offer: no cipher that this device has' })
    return { cipher, dataPort: cipher === 'tls' ? null : port }
  }

  /** Keeps a session until its end, and its outcome a little longer. */
  #keep(session: PenstockSession, ended: () => void): void {
    const { id, fingerprint, transfer } = session
    const kept: Kept = { fingerprint, transfer, polls: new PollLimit(performance.now()), end: null }
    this.#sessions.set(id, session)
    this.#kept.set(id, kept)
    transfer.ended
      .then((end) => {
        ended()
        session.close()
        kept.end = end
        this.#sessions.delete(id)
        this.#forgetLater(id)
      })
      .catch((error: unknown) => {
        this.#host.errors.report(error, transfer.transferId)
      })
  }

  #forgetLater(id: string): void {
    const over = [...this.#kept].filter(([, { end }]) => end !== null)
    for (const [oldest] of over.slice(0, Math.max(0, over.length - MAX_ENDED))) this.#kept.delete(oldest)
    setTimeout(() => this.#kept.delete(id), LAST_WORD_MS).unref()
  }
}

/** Why streams are no longer accepted. */
function problemAfter(end: TerminalState): Problem {
  return end.kind === 'done' ? { code: 'protocol' } : end.problem
}
