import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Arrival } from '../../../native/index.ts'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import type { RouteFacts } from '../../contract/facts.ts'
import { type Cipher, TLS_BODY, type Conveyance } from '../../contract/report.ts'
import type { Totals } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import { Placements } from '../target/placement.ts'
import { incomingFacts, planFacts, routeOf } from '../plan/facts.ts'
import { planReceive } from '../plan/plan.ts'
import { replier } from '../protocol/http/answers.ts'
import { streamKeys } from '../protocol/penstock/keys.ts'
import { encodeAnswer, type Offer } from '../protocol/penstock/offer.ts'
import {
  CONTROL_STREAM,
  encodeHello,
  type Preamble,
  SECRET_BYTES,
  SESSION_ID_BYTES,
  verifyPreamble,
} from '../protocol/penstock/preamble.ts'
import { ReceivingEngine } from './engine-carrier.ts'
import { openBodyPipe } from '../transfer/https-body.ts'
import type { StreamLimits } from '../transfer/limits.ts'
import { engineKeys, receivingConveyance } from '../transfer/sealing.ts'
import type { IncomingTransfer } from './incoming.ts'
import type { Admitted } from './incoming-request.ts'
import { ReplaceableCarrier } from './replaceable-carrier.ts'
import { refusalOf } from '../protocol/penstock/status.ts'

/** An accepted offer. */
export interface Accepted extends Admitted {
  readonly offer: Offer
  readonly totals: Totals
  readonly transfer: IncomingTransfer
  /** Proved by the certificate that made the offer. */
  readonly fingerprint: string
  readonly cipher: Cipher
  /** The data port in the answer; null if the bytes go in the HTTPS body. */
  readonly dataPort: number | null
  /** Connections to it. */
  readonly streams: number
  readonly options: ReceiveOptions
  readonly limits: StreamLimits
}

/** The streams of one accepted offer: connections to the data port, or one body of an HTTPS request. */
export class PenstockSession {
  readonly id = randomBytes(SESSION_ID_BYTES).toString('hex')
  readonly transfer: IncomingTransfer
  readonly #secret = randomBytes(SECRET_BYTES)
  readonly #accepted: Accepted
  readonly #check: boolean
  readonly #nonces = new Set<string>()
  readonly #streams = new Set<number>()
  readonly #timer: NodeJS.Timeout
  #placements: Promise<Placements> | null = null
  #carrier: ReplaceableCarrier | null = null
  #hasBody = false

  constructor(accepted: Accepted) {
    this.#accepted = accepted
    this.transfer = accepted.transfer
    this.#check = accepted.cipher === 'none' && accepted.offer.check && accepted.options.check
    this.#timer = setTimeout(() => {
      if (!this.#isConnected) this.transfer.peerLeft({ code: 'timed-out' })
    }, accepted.limits.allStreamsMs)
  }

  get fingerprint(): string {
    return this.#accepted.fingerprint
  }

  /** The answer to the offer. */
  answer(): string {
    const { cipher, dataPort, options, manifest } = this.#accepted
    return encodeAnswer({
      sessionId: this.id,
      cipher,
      dataPort,
      secret: this.#secret,
      check: this.#check,
      durability: options.durability,
      technique: dataPort === null ? null : this.#intended(),
      refused: manifest.refused,
    })
  }

  /**
   * Accepts a connection on the data port that names this session. Closes it if it does not belong to the session or arrives
   * too late.
   */
  arrive(arrival: Arrival, preamble: Preamble): void {
    if (!this.#admits(arrival, preamble)) {
      arrival.connection.close()
      return
    }
    this.#nonces.add(preamble.nonce)
    this.#streams.add(preamble.streamIndex)
    try {
      const { connection, preamble: bytes, remoteAddress } = arrival
      this.#carrier ??= this.#begin(
        this.#engine(this.#streamed(), routeOf(connection.localAddress, remoteAddress)),
      )
      const { receiver } = this.#carrier
      const hello = encodeHello(bytes, this.#secret)
      const keys = engineKeys(streamKeys(this.#secret, bytes, hello), 'receiver')
      const { streamIndex } = preamble
      if (streamIndex === CONTROL_STREAM) receiver.addControl(connection, hello, keys)
      else if (this.#accepted.cipher === 'sealed') receiver.addStream(connection, streamIndex, hello, keys)
      else receiver.addStream(connection, streamIndex, hello)
    } catch (error) {
      arrival.connection.close()
      this.transfer.breakOff(error)
    }
  }

  /**
   * Receives frames in a request body; the same engine reads them from a local pair. Until content has arrived on streams, a
   * body may replace them. Never rejects.
   */
  async body(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#admitsBody()) {
      replier(request, response)(refusalOf({ code: 'protocol' }))
      return
    }
    this.#hasBody = true
    try {
      await this.#feedFromBody()
      const pipe = await openBodyPipe()
      try {
        await this.#run(pipe, request, response)
      } finally {
        pipe.close()
      }
    } catch (error) {
      this.transfer.breakOff(error)
      if (response.headersSent) response.destroy()
      else replier(request, response)(refusalOf(toProblem(error)))
    }
  }

  /** Called when the transfer has ended. */
  close(): void {
    clearTimeout(this.#timer)
  }

  get #isConnected(): boolean {
    return this.#hasBody || this.#streams.size === 1 + this.#accepted.streams
  }

  #admits({ preamble: bytes }: Arrival, { streamIndex, nonce }: Preamble): boolean {
    return (
      this.transfer.isOpen &&
      this.#accepted.dataPort !== null &&
      streamIndex <= this.#accepted.streams &&
      verifyPreamble(bytes, this.#secret) &&
      !this.#nonces.has(nonce) &&
      !this.#streams.has(streamIndex) &&
      !this.#hasBody &&
      this.#carrier?.takesStreams !== false
    )
  }

  #admitsBody(): boolean {
    return this.transfer.isOpen && !this.#hasBody && this.#carrier?.isReplaceable !== false
  }

  async #feedFromBody(): Promise<void> {
    if (this.#carrier) await this.#carrier.replace(() => this.#engine(TLS_BODY, null))
    else this.#carrier = this.#begin(this.#engine(TLS_BODY, null))
  }

  async #run(
    pipe: Awaited<ReturnType<typeof openBodyPipe>>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.#carrier?.receiver.addBody(pipe.connection)
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    response.flushHeaders()
    // After the end of its response, Node does not end a request whose connection closes: the engine would wait after DONE.
    const close = (): void => {
      pipe.close()
    }
    request.socket.once('close', close)
    try {
      await Promise.all([pipe.feed(request), pipeline(pipe.outgoing, response)])
    } catch {
      // The engine detects the closed pair and ends the transfer with its own reason.
      response.destroy()
    } finally {
      request.socket.off('close', close)
    }
  }

  #begin(engine: ReceivingEngine): ReplaceableCarrier {
    const carrier = new ReplaceableCarrier(engine, this.#accepted.limits.replaceMs)
    this.transfer.begin(carrier)
    return carrier
  }

  #engine(conveyance: Conveyance, route: RouteFacts | null): ReceivingEngine {
    const { staging, manifest, options, totals } = this.#accepted
    if (!this.transfer.isOpen) throw new PenstockError('cancelled-here')
    this.#placements ??= Placements.prepare(staging, manifest.plan, options.onConflict)
    const check = this.#check && conveyance.carrier === 'engine'
    const streams = conveyance.carrier === 'engine' ? this.#accepted.streams : 1
    const content = { entries: manifest.entries, placements: this.#placements }
    return new ReceivingEngine({ conveyance, check, streams, route, totals }, staging, content, options)
  }

  /** How bytes come on the data port. */
  #streamed(): Conveyance {
    const { cipher, options } = this.#accepted
    return receivingConveyance(cipher, options.technique)
  }

  /** The plan's choice for the data channel. */
  #intended() {
    const { options, totals } = this.#accepted
    return planReceive(planFacts(this.#streamed(), incomingFacts(totals, options.dir)), options.technique)
      .technique
  }
}
