import { streamCiphers } from '../transfer/sealing.ts'
import { resolve } from 'node:path'
import type { DataPort } from '../../../native/index.ts'
import type { PenstockAbilities } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import { PLAIN_STREAMS } from '../../contract/report.ts'
import type { Link, LinkOptions, ReceiveOptions, Receiving, Transfer } from '../api.ts'
import { makeFolders } from '../target/make-folder.ts'
import type { Trust } from '../device/trust.ts'
import { planFacts } from '../plan/facts.ts'
import { assertReceiverWish } from '../plan/wish.ts'
import { targetProblem } from '../target/staging.ts'
import type { StagingArea } from '../target/staging-area.ts'
import type { Identity } from '../device/identity.ts'
import { replier } from '../protocol/http/answers.ts'
import { PinGuard } from './offers/pin.ts'
import type { Registration } from '../protocol/localsend/messages.ts'
import { type ControlServer, startControlServer } from '../protocol/http/server.ts'
import type { ControlHandlers, RequestContext } from '../protocol/http/handlers.ts'
import { UploadSessions } from './upload-session.ts'
import { OfferGate } from './offers/offer-gate.ts'
import { openDataPort } from '../protocol/penstock/data-port.ts'
import { WIRE_VERSION } from '../protocol/penstock/offer.ts'
import { Admission } from './offers/admission.ts'
import type { IncomingTransfer } from './incoming.ts'
import { LocalSendBackend } from './localsend-backend.ts'
import { PenstockSessions } from './penstock-sessions.ts'
import type { StreamLimits } from '../transfer/limits.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** What a receiver needs from its environment. */
export interface ReceivingHost {
  readonly identity: Identity
  readonly trust: Trust
  readonly staging: StagingArea
  readonly errors: ProgrammingErrors
  readonly limits: StreamLimits
  /** The current name of this device. */
  alias(): string
  /** Body of `info` answers, for a receiver with these ports. */
  info(port: number, abilities: PenstockAbilities): object
  /** Serves the request of another device to pair. */
  readonly pair: NonNullable<ControlHandlers['penstockPair']>
  /** Called when another device has registered. */
  registered(registration: Registration, context: RequestContext): void
}

/**
 * Listens on both ports and accepts offers. Throws `port-in-use`, `no-permission`, `target-unusable`,
 * `technique-unavailable`.
 */
export async function startReceiving(host: ReceivingHost, given: ReceiveOptions): Promise<RunningReceiver> {
  assertReceiverWish(planFacts(PLAIN_STREAMS), given.technique)
  const options = { ...given, dir: resolve(given.dir) }
  try {
    await makeFolders(options.dir)
  } catch (error) {
    throw targetProblem(error, options.dir)
  }
  void host.staging.sweep(options.dir)
  return RunningReceiver.start(host, options)
}

/** A listening receiver; see {@link Receiving}. */
export class RunningReceiver implements Receiving {
  readonly dir: string
  readonly #transfers = new Set<Transfer>()
  readonly #listeners = new Set<(transfer: Transfer) => void>()
  readonly #errors: ProgrammingErrors
  readonly #uploads: UploadSessions
  readonly #links = new Set<Link>()
  /** Opens a page for browsers with the receiver's own answers. */
  #open: RunningReceiver['openLink'] = () => {
    throw new PenstockError('internal', { message: 'not listening' })
  }
  #server: ControlServer | null = null
  #data: DataPort | null = null

  private constructor(options: ReceiveOptions, errors: ProgrammingErrors, uploads: UploadSessions) {
    this.dir = options.dir
    this.#errors = errors
    this.#uploads = uploads
  }

  static async start(host: ReceivingHost, options: ReceiveOptions): Promise<RunningReceiver> {
    const { staging, trust, errors, limits } = host
    const gate = new OfferGate(new PinGuard(options.pin), new Admission(), trust)
    const announce = (transfer: IncomingTransfer): void => {
      receiver.#announce(transfer)
    }
    const drop = (sessionId: string): void => {
      receiver.#uploads.drop(sessionId)
    }
    const backend = new LocalSendBackend({ options, staging, errors, trust, announce, drop })
    const uploads = new UploadSessions(backend, { brokenIdleMs: limits.brokenUploadMs })
    const receiver: RunningReceiver = new RunningReceiver(options, errors, uploads)
    const dataPort = (): DataPort | null => receiver.#data
    const sessions = new PenstockSessions({ options, staging, errors, limits, dataPort, trust, announce })
    const forBrowsers: ControlHandlers = {
      info: () => host.info(receiver.port, receiver.abilities(options)),
      register: (registration, context) => {
        host.registered(registration, context)
      },
      enterOffer: (context) => gate.enter(context),
      offerTooLarge: ({ peer }, problem) => {
        backend.tooLarge(peer, problem)
      },
      prepareUpload: (offer, context, ticket) => receiver.#uploads.prepareUpload(offer, context, ticket),
      upload: (request, context) => receiver.#uploads.upload(request, context),
      cancel: (context) => receiver.#uploads.cancel(context),
    }
    const link = { identity: host.identity, alias: () => host.alias(), handlers: forBrowsers }
    receiver.#open = async (given) => (await import('../link/receive-link.ts')).startReceiveLink(link, given)
    const server = await startControlServer({
      identity: host.identity,
      host: options.host,
      port: options.port,
      only: options.only,
      handlers: {
        ...forBrowsers,
        cancel: async (context) => sessions.cancel(context) ?? (await receiver.#uploads.cancel(context)),
        penstockOffer: (request, response, context, ticket) =>
          sessions.offer(request, replier(request, response), context, ticket),
        penstockTechnique: (context) => sessions.technique(context),
        penstockPair: (request, response, context) => host.pair(request, response, context),
        penstockStream: (request, response, context) => sessions.stream(request, response, context),
      },
    })
    receiver.#server = server
    const wanted = options.dataPort === 'next' ? Math.min(server.port + 1, 65535) : options.dataPort
    receiver.#data = openDataPort(options.host, wanted, (arrival) => {
      try {
        sessions.arrive(arrival)
      } catch (error) {
        arrival.connection.close()
        errors.report(error, null)
      }
    })
    return receiver
  }

  get port(): number {
    if (!this.#server) throw new PenstockError('internal', { message: 'not listening' })
    return this.#server.port
  }

  get dataPort(): number | null {
    return this.#data?.port ?? null
  }

  /** What this receiver announces to other Penstocks. */
  abilities(options: Pick<ReceiveOptions, 'clear'>): PenstockAbilities {
    return { versions: [WIRE_VERSION], dataPort: this.dataPort, ciphers: streamCiphers(options.clear) }
  }

  onTransfer(listener: (transfer: Transfer) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async openLink(options: LinkOptions): Promise<Link> {
    const link = await this.#open(options)
    this.#links.add(link)
    return {
      ...link,
      close: () => {
        this.#links.delete(link)
        return link.close()
      },
    }
  }

  async close(): Promise<void> {
    for (const transfer of this.#transfers) transfer.cancel()
    await Promise.all([...this.#transfers].map(({ ended }) => ended))
    this.#uploads.close()
    await Promise.all([...this.#links].map((link) => link.close()))
    this.#links.clear()
    this.#data?.close()
    this.#data = null
    await this.#server?.close()
  }

  #announce(transfer: Transfer): void {
    this.#transfers.add(transfer)
    void transfer.ended.then(() => this.#transfers.delete(transfer))
    for (const listener of [...this.#listeners]) {
      try {
        listener(transfer)
      } catch (error) {
        this.#errors.report(error, transfer.view().transferId)
      }
    }
  }
}
