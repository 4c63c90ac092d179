import { steadyNow } from '../../contract/clock.ts'
import type { Manifest } from '../../../native/manifest.ts'
import type { Device, PeerSummary } from '../../contract/device.ts'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import { PLAIN_BODY, type Conveyance, type Note, type TransferReport } from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'
import type { Totals, TransferView } from '../../contract/transfer.ts'
import type { SendOptions, Transfer } from '../api.ts'
import { titleOf } from '../source/given-paths.ts'
import { slicesOf } from '../source/slices.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import { eachEntry, entriesOf } from '../source/entries.ts'
import { type Source, totalsOf, Walk } from '../source/walk.ts'
import { planFacts } from '../plan/facts.ts'
import { assertSendWish } from '../plan/wish.ts'
import type { Identity } from '../device/identity.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import { cachedPagesOf } from '../report/cached-pages.ts'
import { makeReport } from '../report/report.ts'
import type { SelfInfo } from '../protocol/localsend/messages.ts'
import { WIRE_VERSION } from '../protocol/penstock/offer.ts'
import { NOTHING_REPORTED } from '../protocol/penstock/technique.ts'
import { carriedView } from '../transfer/carried-view.ts'
import { type Attempt, carrierFacts, type CarrierFacts, progressOf } from '../transfer/carrier.ts'
import { PeerEnd } from '../transfer/ends.ts'
import { StartedHere } from '../transfer/started-here.ts'
import { expectedConveyance } from './expected.ts'
import { type Missed, reportedOf } from './missed.ts'
import { sendToLocalSend } from './to-localsend.ts'
import { sendToPenstock } from './to-penstock.ts'
import type { StreamLimits } from '../transfer/limits.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** What an outgoing transfer needs from its environment. */
export interface OutgoingHost {
  readonly identity: Identity
  /** What this device sends about itself. */
  readonly info: SelfInfo
  readonly errors: ProgrammingErrors
  readonly limits: StreamLimits
}

/** Everything that an attempt needs. */
export interface Cargo {
  readonly transferId: string
  /** What is sent; complete after the search. */
  readonly source: Pick<Source, 'manifest' | 'notDelivered'>
  /** Searches for the files to send, once. Throws the error of {@link nothingToSend}, and those of {@link Source.search}. */
  search(stop: AbortSignal): Promise<void>
  readonly options: SendOptions
  readonly identity: Identity
  /** What this device sends about itself. */
  readonly info: SelfInfo
  readonly limits: StreamLimits
  readonly signal: AbortSignal
  /** Called when the peer has accepted and bytes begin to move. A later attempt replaces the previous one. */
  started(attempt: Attempt): void
}

/** How the receiver ended an attempt. */
export interface Delivery {
  readonly missed: readonly Missed[]
  /** Changes of delivered entries, if the receiver reports them. */
  readonly notes: readonly Note[]
  readonly durability: 'os' | 'everysec' | 'commit' | 'through' | null
  /** When the receiver reported the end, by {@link steadyNow}. */
  readonly endedAt: number
}

/** Paths on this machine of the files that were delivered. */
function* filesOf(manifest: Manifest, missed: ReadonlySet<number>): Generator<string> {
  for (const { type, index, absolutePath } of eachEntry(manifest)) {
    if (type === 'file' && !missed.has(index)) yield absolutePath
  }
}

/** The final facts of an attempt, without its carrier. */
function ended({ identity, carrier, peer }: Attempt): Attempt<CarrierFacts> {
  return { identity, carrier: carrierFacts(carrier), peer }
}

const NOTHING: Totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }

function summaryOf(device: Device): PeerSummary {
  return { alias: device.alias, fingerprint: device.fingerprint, kind: device.kind }
}

/** Transfers to devices other than a Penstock use request bodies. */
function plannedConveyance(options: SendOptions, toPenstock: boolean): Conveyance {
  return toPenstock ? expectedConveyance(options) : PLAIN_BODY
}

/** A transfer from this machine: walks, offers, sends, and ends in one terminal state. */
export class OutgoingTransfer extends StartedHere implements Transfer {
  readonly #options: SendOptions
  readonly #host: OutgoingHost
  #cpuAtStart = process.cpuUsage()
  #movingSince: number | null = null
  #totals = NOTHING
  #title: string
  /** Number of top entries found so far. */
  #topsSent = 0
  #attempt: Attempt | null = null
  /** The last attempt, once the transfer has ended. */
  #ended: Attempt<CarrierFacts> | null = null

  constructor(options: SendOptions, host: OutgoingHost) {
    super(host.errors)
    this.#options = options
    this.#host = host
    this.#title = titleOf(options.paths[0] ?? '')
  }

  get peerIdentity(): ProvedIdentity | null {
    return (this.#attempt ?? this.#ended)?.identity ?? null
  }

  protected stopMoving(): void {
    this.#attempt?.carrier.cancel({ code: 'cancelled-here' })
  }

  setTechnique(technique: Technique): void {
    this.#attempt?.carrier.setTechnique(technique)
  }

  view(): TransferView {
    const { carrier, peer = NOTHING_REPORTED } = this.#attempt ?? this.#ended ?? {}
    const progress = progressOf(carrier, expectedConveyance(this.#options))
    const { state } = this.lifecycle
    return {
      transferId: this.id,
      role: this.role,
      peer: summaryOf(this.#options.to),
      title: this.#title,
      topEntries: this.#topsSent || this.#options.paths.length,
      totals: this.#totals,
      state,
      ...carriedView({
        ...{ role: this.role, state, carrier: carrier ?? null, progress, peer },
        movingSince: this.#movingSince,
      }),
      startedAt: this.startedAt,
      movingSince: this.#movingSince,
      folder: null,
      savedAs: [],
    }
  }

  protected async run(): Promise<void> {
    try {
      const report = await this.#deliver()
      this.#settle()
      this.lifecycle.apply({ kind: 'done', report })
    } catch (error) {
      this.#settle()
      const isCancelled = this.abort.signal.aborted && !(error instanceof PeerEnd)
      const partial = error instanceof PartlyDelivered ? { partial: error.partial } : {}
      if (isCancelled) this.lifecycle.apply({ kind: 'cancelled', ...partial })
      this.lifecycle.fail(error)
    }
  }

  /** Keeps the data for the view of an ended transfer and drops the rest, which can be large. */
  #settle(): void {
    this.#ended = this.#attempt ? ended(this.#attempt) : null
    this.#attempt = null
  }

  async #deliver(): Promise<TransferReport> {
    const { slices, to, otherDevice } = this.#options
    if (to.namesake !== null && otherDevice !== true)
      throw new PenstockError('device-changed', { name: to.namesake, host: to.host })
    // Only a certificate proves a Penstock.
    const toPenstock = to.protocol === 'https' && to.penstock?.versions.includes(WIRE_VERSION) === true
    assertSendWish(planFacts(plannedConveyance(this.#options, toPenstock)), this.#options.technique)
    if (slices && !toPenstock) {
      throw new PenstockError('technique-unavailable', { technique: 'gather', why: 'body-in-node' })
    }
    const source = await this.#source()
    const cargo: Cargo = {
      transferId: this.id,
      search: (stop) => this.#search(source, stop),
      source,
      options: this.#options,
      identity: this.#host.identity,
      info: this.#host.info,
      limits: this.#host.limits,
      signal: this.abort.signal,
      started: (attempt) => {
        this.#started(attempt)
      },
    }
    const delivery = await (toPenstock ? sendToPenstock(cargo) : sendToLocalSend(cargo))
    return this.#report(source, delivery)
  }

  #started(attempt: Attempt): void {
    this.#attempt = attempt
    if (this.#movingSince === null) {
      this.#movingSince = steadyNow()
      this.lifecycle.apply({ kind: 'running' })
    } else this.lifecycle.changed()
  }

  /** Slices are known only after their file has been examined. */
  async #source(): Promise<Source> {
    const { paths, slices, exclude } = this.#options
    const { signal } = this.abort
    const walk = new Walk(paths, signal, exclude)
    if (!slices) return walk
    await walk.search(signal)
    return slicesOf(walk, slices)
  }

  async #search(source: Source, stop: AbortSignal): Promise<void> {
    try {
      await source.search(stop)
    } catch (error) {
      // The request that reads this would treat an unnamed error as the connection's.
      const { code, params } = toProblem(error)
      throw new PenstockError(code, params, { cause: error })
    }
    const { manifest } = source
    if (manifest.totals().entries === 0) throw nothingToSend(source.notDelivered)
    this.#name(manifest)
    this.#totals = totalsOf(manifest)
    this.#cpuAtStart = process.cpuUsage()
    this.lifecycle.apply({ kind: 'offered' })
  }

  /** Entries that are left out give no title. Slices use the name of their file. */
  #name(manifest: Manifest): void {
    if (this.#options.slices) return
    const tops = entriesOf(manifest.tops())
    if (tops[0]) this.#title = tops[0].path
    this.#topsSent = tops.length
  }

  async #report(
    { manifest, notDelivered, notes }: Source,
    { missed, ...delivery }: Delivery,
  ): Promise<TransferReport> {
    const totals = manifest.totals()
    const missedFiles = missed.filter(({ entry }) => entry.type === 'file')
    const missedIndexes = new Set(missed.map(({ entry }) => entry.index))
    const { carrier, peer = NOTHING_REPORTED } = this.#attempt ?? {}
    const { conveyance, sample } = progressOf(carrier, expectedConveyance(this.#options))
    return makeReport({
      cachedPagesLeft: await cachedPagesOf(filesOf(manifest, missedIndexes)),
      transferId: this.id,
      role: this.role,
      peer: summaryOf(this.#options.to),
      entries: totals.entries - missed.length,
      files: totals.files - missedFiles.length,
      bytes: totals.bytes - missedFiles.reduce((sum, { entry }) => sum + entry.size, 0),
      seconds: (delivery.endedAt - (this.#movingSince ?? delivery.endedAt)) / 1000,
      conveyance,
      check: carrier?.check ?? false,
      notDelivered: [...notDelivered, ...missed.map(reportedOf)],
      notes: [...notes, ...delivery.notes],
      durability: delivery.durability,
      streams: carrier?.streams ?? 0,
      technique: carrier?.choice?.technique ?? null,
      reason: carrier?.choice?.reason ?? null,
      route: carrier?.route ?? null,
      sample,
      reported: peer,
      cpuAtStart: this.#cpuAtStart,
    })
  }
}
