import { steadyNow } from '../../contract/clock.ts'
import { randomBytes } from 'node:crypto'
import type { Device, PeerSummary } from '../../contract/device.ts'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import {
  PLAIN_STREAMS,
  TLS_BODY,
  PLAIN_BODY,
  type Conveyance,
  type NotDelivered,
  type TransferReport,
} from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'
import type { TerminalState, Totals, TransferView } from '../../contract/transfer.ts'
import type { SendOptions, Transfer } from '../api.ts'
import { nearNotes } from '../target/near-notes.ts'
import { titleOf } from '../source/given-paths.ts'
import { slicesOf } from '../source/slices.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import { type SourceEntry, Walk, type Walked, walk } from '../source/walk.ts'
import { planFacts } from '../plan/facts.ts'
import { assertSendWish } from '../plan/wish.ts'
import type { Identity } from '../device/identity.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import { makeReport } from '../report/report.ts'
import type { SelfInfo } from '../protocol/localsend/messages.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import { carriedView } from '../transfer/carried-view.ts'
import { type Attempt, carrierFacts, type CarrierFacts } from '../transfer/carrier.ts'
import { PeerEnd } from '../transfer/ends.ts'
import { isTerminal, Lifecycle } from '../transfer/lifecycle.ts'
import { sendToLocalSend } from './to-localsend.ts'
import { sendToPenstock } from './to-penstock.ts'
import type { StreamLimits } from '../transfer/limits.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** What an outgoing transfer needs of the program around it. */
export interface OutgoingHost {
  readonly identity: Identity
  /** How this device introduces itself. */
  readonly info: SelfInfo
  readonly errors: ProgrammingErrors
  readonly limits: StreamLimits
}

/** What an attempt needs to know. */
export interface Cargo {
  readonly transferId: string
  /**
   * Looks for what is to be sent: the entries in the manifest's order, piece by piece while they are found. To be asked
   * for once. Throws what {@link nothingToSend} names behind the last piece, and what {@link Walk.pieces} throws.
   */
  search(): AsyncGenerator<readonly SourceEntry[], void, void>
  /** What the search has found; all of it when the search is over. */
  readonly found: Walked
  readonly options: SendOptions
  readonly identity: Identity
  /** How this device introduces itself. */
  readonly info: SelfInfo
  readonly limits: StreamLimits
  readonly signal: AbortSignal
  /** The peer has accepted and bytes begin to move. A later attempt takes the place of the one before. */
  started(attempt: Attempt): void
}

/** How the receiver ended an attempt. */
export interface Delivery {
  readonly notDelivered: readonly NotDelivered[]
  readonly durability: 'os' | 'everysec' | 'commit' | 'through' | null
  /** When the receiver reported the end, by {@link steadyNow}. */
  readonly endedAt: number
}

/** An attempt as it is now, without its carrier. */
function ended({ identity, carrier, peer }: Attempt): Attempt<CarrierFacts> {
  return { identity, carrier: carrierFacts(carrier), peer }
}

/** Where the entries come from. */
interface Source {
  pieces(): AsyncIterable<readonly SourceEntry[]> | Iterable<readonly SourceEntry[]>
  readonly found: Walked
}

/** The other end's technique before it reports one. */
const UNKNOWN: TechniqueNow = { technique: null, fellBackFrom: null }

const NOTHING: Totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }

function summaryOf(device: Device): PeerSummary {
  return { alias: device.alias, fingerprint: device.fingerprint, kind: device.kind }
}

/** How the bytes will travel, as far as is known before they do. */
function expectedConveyance({ to, security }: SendOptions): Conveyance {
  if (to.protocol === 'http') return PLAIN_BODY
  return security === 'clear' && to.kind === 'penstock' ? PLAIN_STREAMS : TLS_BODY
}

/** What goes to other devices than a Penstock travels in the bodies of requests. */
function plannedConveyance({ security }: SendOptions, toPenstock: boolean): Conveyance {
  if (!toPenstock) return PLAIN_BODY
  return security === 'clear' ? PLAIN_STREAMS : TLS_BODY
}

/** A transfer from this machine: walks, offers, carries, and ends in one terminal state. */
export class OutgoingTransfer implements Transfer {
  readonly id = randomBytes(16).toString('hex')
  readonly role = 'sender'
  readonly isWanted = true
  readonly #options: SendOptions
  readonly #host: OutgoingHost
  readonly #lifecycle: Lifecycle
  readonly #abort = new AbortController()
  readonly #startedAt = steadyNow()
  #cpuAtStart = process.cpuUsage()
  #movingSince: number | null = null
  #totals = NOTHING
  #title: string
  /** Top entries that are sent, as far as they were found. */
  #topsSent = 0
  #attempt: Attempt | null = null
  /** The last attempt, once the transfer has ended. */
  #ended: Attempt<CarrierFacts> | null = null

  constructor(options: SendOptions, host: OutgoingHost) {
    this.#options = options
    this.#host = host
    this.#title = titleOf(options.paths[0] ?? '')
    this.#lifecycle = new Lifecycle('preparing', (error) => {
      host.errors.report(error, this.id)
    })
  }

  /** Begins to look for what is to be sent, and to send it. Called once. */
  start(): void {
    this.#run().catch((error: unknown) => {
      this.#lifecycle.fail(error)
    })
  }

  get peerIdentity(): ProvedIdentity | null {
    return (this.#attempt ?? this.#ended)?.identity ?? null
  }

  get ended(): Promise<TerminalState> {
    return this.#lifecycle.ended
  }

  onChange(listener: () => void): () => void {
    return this.#lifecycle.onChange(listener)
  }

  cancel(): void {
    if (isTerminal(this.#lifecycle.state)) return
    this.#abort.abort(new PenstockError('cancelled-here'))
    this.#attempt?.carrier.cancel({ code: 'cancelled-here' })
  }

  setTechnique(technique: Technique): void {
    this.#attempt?.carrier.setTechnique(technique)
  }

  view(): TransferView {
    const { carrier, peer = UNKNOWN } = this.#attempt ?? this.#ended ?? {}
    const conveyance = carrier?.conveyance ?? expectedConveyance(this.#options)
    const { state } = this.#lifecycle
    return {
      transferId: this.id,
      role: this.role,
      peer: summaryOf(this.#options.to),
      title: this.#title,
      topEntries: this.#topsSent || this.#options.paths.length,
      totals: this.#totals,
      state,
      ...carriedView({ role: this.role, state, conveyance, carrier: carrier ?? null, peer }),
      startedAt: this.#startedAt,
      movingSince: this.#movingSince,
      folder: null,
      savedAs: [],
    }
  }

  async #run(): Promise<void> {
    try {
      const report = await this.#deliver()
      this.#settle()
      this.#lifecycle.apply({ kind: 'done', report })
    } catch (error) {
      this.#settle()
      const isCancelled = this.#abort.signal.aborted && !(error instanceof PeerEnd)
      const partial = error instanceof PartlyDelivered ? { partial: error.partial } : {}
      if (isCancelled) this.#lifecycle.apply({ kind: 'cancelled', ...partial })
      this.#lifecycle.fail(error)
    }
  }

  /** Keeps what a view of an ended transfer has, and drops the rest: it can be large. */
  #settle(): void {
    this.#ended = this.#attempt ? ended(this.#attempt) : null
    this.#attempt = null
  }

  async #deliver(): Promise<TransferReport> {
    const { slices, to } = this.#options
    // Only a certificate proves a Penstock.
    const toPenstock = to.protocol === 'https' && to.penstock?.versions.includes(1) === true
    assertSendWish(planFacts(plannedConveyance(this.#options, toPenstock)), this.#options.technique)
    if (slices && !toPenstock) {
      throw new PenstockError('technique-unavailable', { technique: 'gather', why: 'body-in-node' })
    }
    const source = await this.#source()
    const cargo: Cargo = {
      transferId: this.id,
      search: () => this.#search(source),
      get found() {
        return source.found
      },
      options: this.#options,
      identity: this.#host.identity,
      info: this.#host.info,
      limits: this.#host.limits,
      signal: this.#abort.signal,
      started: (attempt) => {
        this.#started(attempt)
      },
    }
    const delivery = await (toPenstock ? sendToPenstock(cargo) : sendToLocalSend(cargo))
    return this.#report(source.found, delivery)
  }

  #started(attempt: Attempt): void {
    this.#attempt = attempt
    if (this.#movingSince === null) {
      this.#movingSince = steadyNow()
      this.#lifecycle.apply({ kind: 'running' })
    } else this.#lifecycle.changed()
  }

  /** Slices are known only when their file has been looked at. */
  async #source(): Promise<Source> {
    const { paths, slices } = this.#options
    const { signal } = this.#abort
    if (!slices) return new Walk(paths, signal)
    const found = slicesOf(await walk(paths, signal), slices)
    return { found, pieces: () => [found.entries] }
  }

  async *#search(source: Source): AsyncGenerator<readonly SourceEntry[], void, void> {
    try {
      for await (const piece of source.pieces()) {
        this.#name(piece)
        yield piece
      }
    } catch (error) {
      // The request that reads this would take an error without a name for the connection's.
      const { code, params } = toProblem(error)
      throw new PenstockError(code, params, { cause: error })
    }
    const { entries, totals } = source.found
    if (entries.length === 0) throw nothingToSend(source.found.notDelivered)
    this.#totals = totals
    this.#cpuAtStart = process.cpuUsage()
    this.#lifecycle.apply({ kind: 'offered' })
  }

  /** What is left out gives no title. Slices have the name of their file. */
  #name(piece: readonly SourceEntry[]): void {
    if (this.#options.slices) return
    const tops = piece.filter(({ path }) => !path.includes('/'))
    if (this.#topsSent === 0 && tops[0]) this.#title = tops[0].path
    this.#topsSent += tops.length
  }

  #report({ entries, notDelivered }: Walked, delivery: Delivery) {
    const missing = new Set(delivery.notDelivered.map(({ path }) => path))
    const delivered = entries.filter(({ path }) => !missing.has(path))
    const carrier = this.#attempt?.carrier
    return makeReport({
      transferId: this.id,
      role: this.role,
      peer: summaryOf(this.#options.to),
      entries: delivered.length,
      files: delivered.filter(({ type }) => type === 'file').length,
      bytes: delivered.reduce((sum, { size }) => sum + size, 0),
      seconds: (delivery.endedAt - (this.#movingSince ?? delivery.endedAt)) / 1000,
      conveyance: carrier?.conveyance ?? expectedConveyance(this.#options),
      check: carrier?.check ?? false,
      notDelivered: [...notDelivered, ...delivery.notDelivered],
      notes: this.#options.to.kind === 'penstock' ? nearNotes(delivered) : [],
      durability: delivery.durability,
      streams: carrier?.streams ?? 0,
      technique: carrier?.choice?.technique ?? null,
      reason: carrier?.choice?.reason ?? null,
      route: carrier?.route ?? null,
      sample: carrier?.progress().sample ?? null,
      cpuAtStart: this.#cpuAtStart,
    })
  }
}
