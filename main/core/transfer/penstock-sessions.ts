import { randomBytes } from 'node:crypto'
import type { RouteFacts } from '../../contract/facts.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Arrival, DataPort } from '../../../native/index.ts'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import type { ReceiveTechnique } from '../../contract/technique.ts'
import type { Totals } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import type { Trust } from '../device/trust.ts'
import { CommitPlanner } from '../files/commit-plan.ts'
import type { Staging } from '../files/staging.ts'
import type { StagingArea } from '../files/staging-area.ts'
import type { ProvedIdentity } from '../identity/proved.ts'
import { type Answer, refusal, replier, type Reply } from '../wire/localsend/answers.ts'
import type { OfferTicket, RequestContext } from '../wire/localsend/handlers.ts'
import { encodeAnswer, type Offer } from '../wire/penstock/offer.ts'
import {
  HELLO_BYTES,
  readPreamble,
  SECRET_BYTES,
  SESSION_ID_BYTES,
  verifyPreamble,
} from '../wire/penstock/preamble.ts'
import { decodeTechnique, encodeTechnique } from '../wire/penstock/technique.ts'
import { incomingFacts, planFacts, routeOf } from '../plan/facts.ts'
import { planReceive } from '../plan/plan.ts'
import { EngineFeed } from './engine-feed.ts'
import { openBodyPipe } from './https-body.ts'
import { IncomingTransfer, newOfferId } from './incoming.ts'
import { type ReadOffer, readOffer } from './incoming-offer.ts'
import type { TakenManifest } from './manifest.ts'
import { problemBody } from './status.ts'

/** Time between the answer to an offer and the first stream, in milliseconds. */
const FIRST_STREAM_MS = 30_000
/** Time after the end of a transfer in which the sender may still ask how it went, in milliseconds. */
const LAST_WORD_MS = 10_000
/** Accepted transfers at once; more are answered `busy`. */
const MAX_TRANSFERS = 32

interface Session {
  readonly id: string
  readonly secret: Buffer
  readonly fingerprint: string
  readonly offer: Offer
  readonly totals: Totals
  readonly manifest: TakenManifest
  readonly staging: Staging
  readonly transfer: IncomingTransfer
  readonly check: boolean
  readonly clear: boolean
  readonly nonces: Set<string>
  readonly streams: Set<number>
  feed: EngineFeed | null
}

/** What the sessions need of the receiver that they belong to. */
export interface SessionHost {
  readonly options: ReceiveOptions
  readonly staging: StagingArea
  /** The data port, once it listens. */
  dataPort(): DataPort | null
  readonly trust: Trust
  announce(transfer: IncomingTransfer): void
}

const STATUS: Readonly<Partial<Record<PenstockError['code'], number>>> = {
  refused: 403,
  'refused-unattended': 403,
  busy: 409,
  protocol: 400,
  'version-unsupported': 400,
  'too-many-files': 400,
  'offer-too-large': 413,
  'timed-out': 408,
  'unsafe-name': 400,
  'disk-full': 507,
}

/** The receiving half of the Penstock extension: offers, data connections, and bodies that carry frames. */
export class PenstockSessions {
  readonly #host: SessionHost
  readonly #sessions = new Map<string, Session>()
  /** Sessions that have ended a moment ago. */
  readonly #ended = new Map<string, Session>()
  /** Transfers that wait or run, by what their sender names them. */
  readonly #named = new Set<string>()

  constructor(host: SessionHost) {
    this.#host = host
  }

  /** Answers one offer, whose PIN has been checked: reads the manifest, asks the user, and makes a session. */
  async offer(
    request: IncomingMessage,
    reply: Reply,
    context: RequestContext,
    ticket: OfferTicket,
  ): Promise<void> {
    try {
      if (this.#sessions.size >= MAX_TRANSFERS) throw new PenstockError('busy')
      const session = await this.#admit(request, context, ticket)
      const body = encodeAnswer({
        sessionId: session.id,
        security: session.clear ? 'clear' : 'https',
        dataPort: session.clear ? (this.#host.dataPort()?.port ?? null) : null,
        secret: session.secret,
        check: session.check,
        durability: this.#host.options.durability,
        technique: session.clear ? intended(this.#host.options, session.totals) : null,
        refused: session.manifest.refused,
      })
      reply({ status: 200, body })
    } catch (error) {
      const problem = toProblem(error)
      reply({ status: STATUS[problem.code] ?? 500, body: problemBody(problem) })
    }
  }

  /** A connection on the data port: only the holder of a session's secret gets an answer. */
  arrive(arrival: Arrival): void {
    const preamble = readPreamble(arrival.preamble)
    const session = preamble ? this.#sessions.get(preamble.sessionId) : undefined
    const good =
      preamble !== null &&
      session?.clear === true &&
      preamble.streamIndex < session.offer.streams &&
      verifyPreamble(arrival.preamble, session.secret) &&
      !session.nonces.has(preamble.nonce) &&
      !session.streams.has(preamble.streamIndex) &&
      session.feed?.security !== 'https'
    if (!good) {
      arrival.connection.close()
      return
    }
    session.nonces.add(preamble.nonce)
    const feed = this.#feedOf(
      session,
      'clear',
      routeOf(arrival.connection.localAddress, arrival.remoteAddress),
    )
    session.streams.add(preamble.streamIndex)
    feed.receiver.addStream(arrival.connection, preamble.streamIndex, randomBytes(HELLO_BYTES))
  }

  /** The sender takes back a transfer, by its transferId. False when there is none of its own. */
  cancel({ peer, query }: RequestContext): boolean {
    const id = query.get('sessionId')
    const session = [...this.#sessions.values()].find(
      ({ offer, fingerprint }) => offer.transferId === id && fingerprint === peer.identity?.fingerprint,
    )
    if (!session) return false
    session.transfer.peerLeft({ code: 'cancelled-by-peer' })
    return true
  }

  /** Takes what carries the bytes at the sender's end, and answers with the same of this end. */
  technique({ peer, query }: RequestContext): Answer | ((text: string) => Answer) {
    const id = query.get('sessionId') ?? ''
    const session = this.#sessions.get(id) ?? this.#ended.get(id)
    if (!session || session.fingerprint !== peer.identity?.fingerprint) return refusal(404, 'no such session')
    const { transfer } = session
    return (text) => {
      transfer.peerSays(decodeTechnique(text))
      return { status: 200, body: encodeTechnique(transfer.techniqueNow()) }
    }
  }

  /** Frames in a request body; the same engine reads them from a local pair. */
  async stream(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
    const session = this.#sessions.get(context.query.get('sessionId') ?? '')
    if (!session || session.fingerprint !== context.peer.identity?.fingerprint || session.feed) {
      replier(request, response)(refusal(403, 'no such session'))
      return
    }
    const feed = this.#feedOf(session, 'https', null)
    const pipe = await openBodyPipe()
    feed.receiver.addStream(pipe.connection, 0)
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    response.flushHeaders()
    try {
      await Promise.all([pipe.feed(request), pipeline(pipe.outgoing, response)])
    } catch {
      // The engine sees the closed pair and ends the transfer with its own reason.
      response.destroy()
    } finally {
      pipe.close()
    }
  }

  async #admit(request: IncomingMessage, context: RequestContext, ticket: OfferTicket): Promise<Session> {
    let named: string | null = null
    const claim = (identity: ProvedIdentity, offer: Offer): void => {
      const name = `${identity.fingerprint} ${offer.transferId}`
      if (this.#named.has(name)) throw new PenstockError('busy')
      this.#named.add(name)
      named = name
    }
    const forget = (): void => {
      if (named !== null) this.#named.delete(named)
    }
    try {
      const session = await this.#ask(await readOffer(request, context, { ticket, claim }), context)
      void session.transfer.ended.then(forget)
      return session
    } catch (error) {
      forget()
      throw error
    }
  }

  async #ask(read: ReadOffer, { peer, signal }: RequestContext): Promise<Session> {
    const { offer, identity, alias, manifest: held } = read
    const { options, staging: area, trust } = this.#host
    const clear = offer.security === 'clear' && options.clear && this.#host.dataPort() !== null
    const security = clear ? 'clear' : 'https'
    const { totals, title, preview, topEntries, technique } = held
    const transfer = new IncomingTransfer(
      {
        offer: {
          offerId: newOfferId(),
          transferId: offer.transferId,
          peer: { ...trust.of(identity, security), alias, kind: 'penstock', host: peer.address },
          totals,
          security,
          title,
          preview,
          folder: options.dir,
        },
        identity,
        always: trust.alwaysAcceptOf(identity, alias, security),
        take: (folding) => held.take(new CommitPlanner(folding)),
        topEntries,
        peerTechnique: technique,
      },
      options,
      area,
    )
    const leave = (): void => transfer.peerLeft({ code: 'cancelled-by-peer' })
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    const admission = transfer.admit()
    this.#host.announce(transfer)
    const { staging, manifest } = await admission
    const { fingerprint } = identity
    return this.#register(transfer, { offer, totals, manifest, staging, clear, fingerprint })
  }

  #register(
    transfer: IncomingTransfer,
    facts: Pick<Session, 'offer' | 'totals' | 'manifest' | 'staging' | 'clear' | 'fingerprint'>,
  ): Session {
    const session: Session = {
      ...facts,
      id: randomBytes(SESSION_ID_BYTES).toString('hex'),
      secret: randomBytes(SECRET_BYTES),
      transfer,
      check: facts.offer.check && this.#host.options.check,
      nonces: new Set(),
      streams: new Set(),
      feed: null,
    }
    this.#sessions.set(session.id, session)
    const timer = setTimeout(() => {
      if (!session.feed) transfer.peerLeft({ code: 'timed-out' })
    }, FIRST_STREAM_MS)
    void transfer.ended.then(() => {
      clearTimeout(timer)
      this.#sessions.delete(session.id)
      this.#ended.set(session.id, session)
      setTimeout(() => this.#ended.delete(session.id), LAST_WORD_MS).unref()
    })
    return session
  }

  #feedOf(session: Session, security: 'clear' | 'https', route: RouteFacts | null): EngineFeed {
    if (session.feed) return session.feed
    const feed = new EngineFeed(
      {
        security,
        check: session.check && security === 'clear',
        streams: security === 'clear' ? session.offer.streams : 1,
        route,
        totals: session.totals,
      },
      session.staging,
      session.manifest,
      this.#host.options,
    )
    session.feed = feed
    session.transfer.begin(feed)
    return feed
  }
}

/** What the plan takes for the data channel. */
function intended(options: ReceiveOptions, totals: Totals): ReceiveTechnique {
  return planReceive(planFacts('clear', incomingFacts(totals, options.dir)), options.technique).technique
}
