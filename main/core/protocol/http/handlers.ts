import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProvedIdentity } from '../../device/proved.ts'
import type { Answer } from './answers.ts'
import type { Registration, UploadOffer } from '../localsend/messages.ts'

/** Who sent a request. */
export interface RequestPeer {
  /** Address without an IPv4-in-IPv6 prefix. */
  readonly address: string
  /** By the client certificate; null where the client showed none. */
  readonly identity: ProvedIdentity | null
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
   * Counts memory that the offer holds from now on. Throws `offer-too-large` where this offer alone exceeds the limit, `busy`
   * where it does so together with others.
   */
  hold(bytes: number): void
  /** Returns the place and the memory; harmless when done before. */
  release(): void
}

/** What a control server does. A part that is left out is answered 403 for offers and 404 for the rest. */
export interface ControlHandlers {
  /** The answer of `info` and of `register`. */
  info(): object
  /** A device that has said who and where it is. */
  register(registration: Registration, context: RequestContext): void
  /** Called before a byte of an offer is read. A ticket is released when the offer has been answered. */
  enterOffer?(context: RequestContext): OfferTicket | Answer
  /** An offer of a LocalSend device is refused for its size, and nothing of it is kept. */
  offerTooLarge?(context: RequestContext): void
  prepareUpload?(offer: UploadOffer, context: RequestContext, ticket: OfferTicket): Promise<Answer>
  /** The request's body is the file's content; it must be read or left, never buffered. */
  upload?(request: IncomingMessage, context: RequestContext): Promise<Answer>
  cancel?(context: RequestContext): Promise<Answer>
  /** A `prepare-upload` of another Penstock: the body is NDJSON, the handler owns the response. No idle limit holds once the body has been read. */
  penstockOffer?(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    ticket: OfferTicket,
  ): Promise<void>
  /**
   * What carries the bytes at the sender's end, as JSON; the answer has the same of this end. Returns the answer that refuses the
   * request before its body is read, or the function that takes the body.
   */
  penstockTechnique?(context: RequestContext): Answer | ((text: string) => Answer)
  /** Frames both ways; the handler owns the response. */
  penstockStream?(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>
}

export interface ControlLimits {
  /** Milliseconds without a byte in either direction after which a connection ends. */
  readonly idleMs: number
  /** Milliseconds for a TLS handshake, and for the headers of a request. */
  readonly headersMs: number
  /** Milliseconds for the whole of a JSON body: of an offer, and of any other. */
  readonly offerMs: number
  readonly jsonMs: number
  /** Bytes of a JSON body: of an offer, and of any other. */
  readonly offerBytes: number
  readonly jsonBytes: number
  /** Connections in all, and of one network. */
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
