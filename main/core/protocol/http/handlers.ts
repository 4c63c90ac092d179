import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Problem } from '../../../contract/errors.ts'
import type { ProvedIdentity } from '../../device/proved.ts'
import type { Answer } from './answers.ts'
import type { Registration, UploadOffer } from '../localsend/messages.ts'

/** The sender of a request. */
export interface RequestPeer {
  /** Address without an IPv4-in-IPv6 prefix. */
  readonly address: string
  /** From the client certificate; null if the client presented none. */
  readonly identity: ProvedIdentity | null
  /** Whether the request came over TLS. */
  readonly encrypted: boolean
}

export interface RequestContext {
  readonly peer: RequestPeer
  readonly query: URLSearchParams
  /** Aborts when the connection closes before the answer has left; its reason is `peer-gone` or `timed-out`. */
  readonly signal: AbortSignal
}

/** The place of one offer until it is accepted, refused or withdrawn. */
export interface OfferTicket {
  /**
   * Counts memory that the offer holds from now on. Throws `offer-too-large` if this offer alone exceeds the limit, `busy`
   * if it does so together with others.
   */
  hold(bytes: number): void
  /** Releases the place and the memory. May be called more than once. */
  release(): void
}

/** Handlers of a control server. Without its handler, an offer is answered 403 and any other request 404. */
export interface ControlHandlers {
  /** The answer of `info` and of `register`. */
  info(): object
  /** A device has registered. */
  register(registration: Registration, context: RequestContext): void
  /** Called before the body of an offer is read. The ticket is released after the answer. */
  enterOffer?(context: RequestContext): OfferTicket | Answer
  /** Called when an offer of a LocalSend device is refused for its size; none of it is kept. */
  offerTooLarge?(context: RequestContext, problem: Problem): void
  prepareUpload?(offer: UploadOffer, context: RequestContext, ticket: OfferTicket): Promise<Answer>
  /** The request's body is the file's content; it must be streamed or left unread, never buffered. */
  upload?(request: IncomingMessage, context: RequestContext): Promise<Answer>
  cancel?(context: RequestContext): Promise<Answer>
  /**
   * A `prepare-upload` of another Penstock: the body is NDJSON, the handler owns the response. No idle limit applies after
   * the body has been read.
   */
  penstockOffer?(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    ticket: OfferTicket,
  ): Promise<void>
  /**
   * Receives the technique at the sender's end as JSON; the answer has that of this end. Returns an answer that refuses the
   * request before its body is read, or a function that receives the body.
   */
  penstockTechnique?(context: RequestContext): Answer | ((text: string) => Answer)
  /** A pairing, with lines both ways. Returns an answer that refuses it, or null if the handler owned the response. */
  penstockPair?(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<Answer | null>
  /** Frames both ways; the handler owns the response. */
  penstockStream?(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>
}

export interface ControlLimits {
  /** Milliseconds without a byte in either direction after which a connection ends. */
  readonly idleMs: number
  /** Milliseconds for a TLS handshake, and for the headers of a request. */
  readonly headersMs: number
  /** Milliseconds for a whole JSON body: of an offer, and of any other request. */
  readonly offerMs: number
  readonly jsonMs: number
  /** Bytes of a JSON body: of an offer, and of any other request. */
  readonly offerBytes: number
  readonly jsonBytes: number
  /** Connections in total, and per network. */
  readonly connections: number
  readonly connectionsPerNetwork: number
  /** Bytes of a request's headers. */
  readonly headerBytes: number
}

export const CONTROL_LIMITS: ControlLimits = {
  idleMs: 30_000,
  headersMs: 10_000,
  offerMs: 60_000,
  jsonMs: 10_000,
  offerBytes: 4 * 1024 * 1024,
  jsonBytes: 64 * 1024,
  connections: 512,
  connectionsPerNetwork: 64,
  headerBytes: 16 * 1024,
}
