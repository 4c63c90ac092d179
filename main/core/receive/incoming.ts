import { steadyNow } from '../../contract/clock.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { NotDelivered, TransferReport } from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'
import type { IncomingOffer, TerminalState, TransferView } from '../../contract/transfer.ts'
import type { Transfer } from '../api.ts'
import { type Committed, commitTransfer } from '../target/commit.ts'
import { ensureRoom } from '../target/room.ts'
import type { Staging } from '../target/staging.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import { cachedPagesOf } from '../report/cached-pages.ts'
import { makeReport, techniqueNow } from '../report/report.ts'
import { NOTHING_REPORTED, type TechniqueNow } from '../protocol/penstock/technique.ts'
import { listed, notDeliveredOf, wireOf } from '../transfer/delivery.ts'
import { eventOfError } from '../transfer/ends.ts'
import { carrierFacts, type CarrierFacts } from '../transfer/carrier.ts'
import type { ReceivingCarrier } from './receiving-carrier.ts'
import { deliveredPaths } from './delivered-paths.ts'
import type { Admitted, IncomingHost, IncomingRequest } from './incoming-request.ts'
import { viewOfIncoming } from './incoming-view.ts'
import { isTerminal, Lifecycle, type TransferEvent, withResolvers } from '../transfer/lifecycle.ts'

/** Time for the decision on an offer, in milliseconds. */
export const DECISION_MS = 15 * 60_000

/** State that only a running transfer needs. It can be large and is dropped at the end. */
interface Working {
  readonly request: IncomingRequest
  readonly begun: ReturnType<typeof withResolvers<ReceivingCarrier>>
  carrier: ReceivingCarrier | null
}

/**
 * A transfer to this machine: asks the user, receives the bytes into staging, commits, and ends in one terminal state. It
 * can be cancelled, on this side or by the sender, until the first file gets its name; from then on the commit runs to its
 * end.
 */
export class IncomingTransfer implements Transfer {
  readonly role = 'receiver'
  readonly peerIdentity: ProvedIdentity | null
  readonly #host: IncomingHost
  readonly #offer: Omit<IncomingOffer, 'preview'>
  readonly #topEntries: number
  readonly #lifecycle: Lifecycle
  readonly #abort = new AbortController()
  readonly #startedAt = steadyNow()
  #working: Working | null
  #facts: CarrierFacts | null = null
  #stage: 'open' | 'naming' | 'closing' = 'open'
  #movingSince: number | null = null
  #cpuAtStart = process.cpuUsage()
  #savedAs: readonly string[] = []
  #isWanted = false
  #peer: TechniqueNow

  constructor(request: IncomingRequest, host: IncomingHost) {
    const { preview: _, ...offer } = request.offer
    this.#offer = offer
    this.#topEntries = request.topEntries
    this.#host = host
    this.peerIdentity = request.identity
    this.#lifecycle = new Lifecycle('offered', (error) => {
      host.errors.report(error, offer.transferId)
    })
    this.#working = { request, begun: withResolvers(), carrier: null }
    this.#working.begun.promise.catch(() => undefined)
    this.#peer = { ...NOTHING_REPORTED, technique: request.peerTechnique }
  }

  get id(): string {
    return this.#offer.offerId
  }

  /** The sender's id. */
  get transferId(): string {
    return this.#offer.transferId
  }

  get isWanted(): boolean {
    return this.#isWanted
  }

  get ended(): Promise<TerminalState> {
    return this.#lifecycle.ended
  }

  /** Whether content is still accepted; false from the first cause of an end on. */
  get isOpen(): boolean {
    return this.#stage === 'open' && !this.#abort.signal.aborted && !isTerminal(this.#lifecycle.state)
  }

  onChange(listener: () => void): () => void {
    return this.#lifecycle.onChange(listener)
  }

  setTechnique(technique: Technique): void {
    this.#working?.carrier?.setTechnique(technique)
  }

  cancel(): void {
    this.#stop(new PenstockError('cancelled-here'))
  }

  /** Ends it because the sender cancelled or disconnected. False if it is too late for that. */
  peerLeft(problem: Problem): boolean {
    return this.#stop(new PenstockError(problem.code, problem.params))
  }

  /** Ends it with an error on this side. */
  breakOff(error: unknown): void {
    this.#host.errors.report(error, this.transferId)
    const { code, params } = toProblem(error)
    this.#stop(error instanceof PenstockError ? error : new PenstockError(code, params, { cause: error }))
  }

  /** What the sender receives about this end: the plan's choice or its fallback, and at the end the report's. */
  techniqueNow(): TechniqueNow {
    const facts = this.#factsNow()
    if (!facts?.choice) return NOTHING_REPORTED
    const { state } = this.#lifecycle
    const now = techniqueNow(facts.choice, facts.progress().sample, state.kind !== 'running')
    return state.kind === 'done' ? { ...now, verdict: { limitedBy: state.report.limitedBy } } : now
  }

  /** Stores what the sender reports of its end. It may report once more after the end. */
  setPeer(now: TechniqueNow): void {
    const { technique, fellBackFrom } = this.#peer
    this.#peer = now
    if (technique !== now.technique || fellBackFrom !== now.fellBackFrom) this.#lifecycle.changed()
  }

  view(): TransferView {
    return viewOfIncoming({
      ...{ offer: this.#offer, topEntries: this.#topEntries, state: this.#lifecycle.state },
      ...{ facts: this.#factsNow(), peer: this.#peer, startedAt: this.#startedAt },
      ...{ movingSince: this.#movingSince, savedAs: this.#savedAs },
    })
  }

  /**
   * Asks the user, then creates the staging folder and the entries. Resolves with them, or rejects with the problem for the
   * answer to the sender; the transfer has then ended.
   */
  async admit(): Promise<Admitted> {
    try {
      const working = this.#needed()
      await this.#ask(working.request)
      const admitted = await this.#prepare(working.request)
      this.#run(working, admitted).catch((error: unknown) => {
        this.#end(eventOfError(this.#reasonFor(error)))
      })
      return admitted
    } catch (error) {
      this.#end(eventOfError(this.#reasonFor(error)))
      throw error
    }
  }

  /** Ends an offer that cannot be accepted, without asking the user. */
  decline(problem: Problem): void {
    this.#end({ kind: 'declined', problem })
  }

  /** Called once, with the carrier, when bytes begin to move. */
  begin(carrier: ReceivingCarrier): void {
    this.#working?.begun.resolve(carrier)
  }

  #factsNow(): CarrierFacts | null {
    return this.#working?.carrier ?? this.#facts
  }

  #needed(): Working {
    if (!this.#working) throw new PenstockError('internal', { message: 'the transfer has ended' })
    return this.#working
  }

  #stop(error: PenstockError): boolean {
    if (this.#stage !== 'open' || isTerminal(this.#lifecycle.state)) return false
    this.#abort.abort(error)
    this.#working?.begun.reject(this.#abort.signal.reason)
    this.#working?.carrier?.cancel(error.toProblem())
    return true
  }

  /** Why it ends: the reason for which it was stopped, else the thrown error. */
  #reasonFor(error: unknown): unknown {
    this.#host.errors.report(error, this.transferId)
    return this.#abort.signal.aborted ? this.#abort.signal.reason : error
  }

  /** The first end applies; later ones are ignored. */
  #end(event: TransferEvent): void {
    const facts = this.#factsNow()
    this.#facts = facts && carrierFacts(facts)
    this.#working = null
    this.#lifecycle.apply(event)
  }

  /** The user did not answer in time. Aborts the signal so that the question is withdrawn. */
  #expire(): void {
    const unattended = new PenstockError('refused-unattended')
    this.decline(unattended.toProblem())
    this.#abort.abort(unattended)
  }

  /** Rejects if the user declines or does not decide in time, or if the sender disconnects first. */
  async #ask({ offer, always }: IncomingRequest): Promise<void> {
    const { signal } = this.#abort
    // If the sender has already disconnected, the question is not shown.
    signal.throwIfAborted()
    const gone = withResolvers<never>()
    const leave = (): void => {
      gone.reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    const timer = setTimeout(() => {
      this.#expire()
    }, this.#host.decisionMs ?? DECISION_MS)
    try {
      const asking = this.#host.options.decide(offer, signal, always)
      const decision = await Promise.race([asking, gone.promise])
      this.#isWanted = decision.accept
      if (decision.accept) return
      this.#end({ kind: 'declined', problem: decision.problem })
      throw new PenstockError(decision.problem.code, decision.problem.params)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    }
  }

  async #prepare(request: IncomingRequest): Promise<Admitted> {
    const { dir } = this.#host.options
    const staging = await this.#host.staging.create(dir)
    try {
      ensureRoom(dir, this.#offer.room.needed)
      const manifest = await request.take(await staging.folding())
      this.#abort.signal.throwIfAborted()
      return { staging, manifest }
    } catch (error) {
      await this.#discard(staging)
      throw error
    }
  }

  async #run(working: Working, admitted: Admitted): Promise<void> {
    try {
      const report = await this.#takeIn(working, admitted)
      this.#end({ kind: 'done', report })
    } catch (error) {
      const reason = this.#reasonFor(error)
      this.#stage = 'closing'
      const { carrier } = working
      carrier?.cancel(toProblem(reason))
      await this.#discard(admitted.staging)
      this.#savedAs = carrier?.placed()?.savedAs ?? []
      this.#end(eventOfError(reason))
    }
  }

  async #takeIn(working: Working, { staging, manifest }: Admitted): Promise<TransferReport> {
    const carrier = await working.begun.promise
    working.carrier = carrier
    this.#movingSince = steadyNow()
    this.#cpuAtStart = process.cpuUsage()
    this.#lifecycle.apply({ kind: 'running' })
    const { failures, arrived } = await carrier.received
    const placed = carrier.placed()
    if (placed) {
      this.#stage = 'closing'
      const notes = [...placed.notes, ...(await staging.finish())]
      this.#savedAs = placed.savedAs
      const files = placed.deliveredFiles === placed.savedAs.length ? placed.savedAs : null
      return this.#report(carrier, { ...placed, notes }, manifest.notDelivered, files)
    }
    this.#abort.signal.throwIfAborted()
    this.#lifecycle.apply({ kind: 'committing' })
    const { notDelivered, entries, plan } = manifest
    const known = new Set(failures.map(({ index }) => index))
    const committed = await commitTransfer({
      ...{ staging, plan, arrived, failed: known },
      onConflict: this.#host.options.onConflict,
      durability: this.#host.options.durability,
      beforeFirstName: () => this.#beginNaming(carrier),
    })
    this.#savedAs = committed.savedAs
    await carrier.finish(committed.notDelivered.map(wireOf), committed.changes)
    const byIndex = new Map(failures.length > 0 ? entries.map((entry) => [entry.index, entry]) : [])
    const missed = [...notDelivered, ...listed(notDeliveredOf(failures, (index) => byIndex.get(index)))]
    const missing = new Set([...missed, ...committed.notDelivered].map(({ path }) => path))
    return this.#report(carrier, committed, missed, deliveredPaths(plan, committed, missing))
  }

  /** The point of no return. Rejects if the transfer was cancelled before, on this side or by the sender. */
  async #beginNaming(carrier: ReceivingCarrier): Promise<void> {
    this.#abort.signal.throwIfAborted()
    const refusal = carrier.beginCommit()
    if (refusal === null) this.#stage = 'naming'
    else await refusal
  }

  /** A staging folder that cannot be removed is swept later. */
  async #discard(staging: Staging): Promise<void> {
    await staging.discard().catch(() => undefined)
  }

  /** `files`: absolute paths of the delivered files; null if they are not known. */
  async #report(
    carrier: ReceivingCarrier,
    committed: Committed,
    missed: readonly NotDelivered[],
    files: Iterable<string> | null,
  ): Promise<TransferReport> {
    const endedAt = steadyNow()
    const { transferId, peer } = this.#offer
    const { alias, fingerprint, kind } = peer
    const { conveyance, sample } = carrier.progress()
    return makeReport({
      cachedPagesLeft: await cachedPagesOf(files),
      transferId,
      role: this.role,
      peer: { alias, fingerprint, kind },
      entries: committed.deliveredEntries,
      files: committed.deliveredFiles,
      bytes: committed.deliveredBytes,
      seconds: (endedAt - (this.#movingSince ?? endedAt)) / 1000,
      conveyance,
      check: carrier.check,
      notDelivered: [...missed, ...listed(committed.notDelivered)],
      notes: committed.notes,
      durability: this.#host.options.durability,
      streams: carrier.streams,
      technique: carrier.choice?.technique ?? null,
      reason: carrier.choice?.reason ?? null,
      route: carrier.route,
      sample,
      reported: this.#peer,
      cpuAtStart: this.#cpuAtStart,
    })
  }
}
