import { randomBytes } from 'node:crypto'
import type { EngineSample, FileFailure } from '../../../native/index.ts'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { Security, SkippedFile, TransferReport } from '../../contract/report.ts'
import type { Choice, ReceiveTechnique, Technique } from '../../contract/technique.ts'
import type {
  IncomingOffer,
  ManifestEntry,
  TerminalState,
  TransferState,
  TransferView,
} from '../../contract/transfer.ts'
import type { ReceiveOptions, Transfer } from '../api.ts'
import type { AlwaysAccept } from '../device/trust.ts'
import { type Committed, commitTransfer } from '../files/commit.ts'
import type { NameFolding } from '../files/names.ts'
import type { Arrived } from '../files/placement.ts'
import { ensureRoom } from '../files/room.ts'
import type { Staging } from '../files/staging.ts'
import type { StagingArea } from '../files/staging-area.ts'
import type { ProvedIdentity } from '../identity/proved.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import {
  choiceNow,
  copiesOf,
  liveCounters,
  makeReport,
  peerCopiesOf,
  techniqueNow,
} from '../report/report.ts'
import type { TechniqueNow } from '../wire/penstock/technique.ts'
import { endOfError, skippedOf, wireOfProblem } from './ends.ts'
import { isTerminal, Lifecycle, withResolvers } from './lifecycle.ts'
import type { TakenManifest } from './manifest.ts'

/** An id for an offer, which no peer can choose or guess: 16 random bytes in hexadecimal. */
export function newOfferId(): string {
  return randomBytes(16).toString('hex')
}

/** What became of the files. */
export interface Arrival {
  readonly failures: readonly FileFailure[]
  readonly arrived: Arrived
}

/** What fills the staging folder: the engine's receiver, or request bodies from a LocalSend device. */
export interface Feed {
  readonly security: Security
  readonly check: boolean
  readonly streams: number
  readonly choice: Choice<ReceiveTechnique> | null
  readonly route: RouteOfBytes | null
  progress(): { readonly bytes: number; readonly files: number; readonly sample: EngineSample | null }
  /** Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
  /** Resolves when every file is whole or failed; rejects with a PenstockError when the transfer cannot go on. */
  readonly received: Promise<Arrival>
  /** What has its final name although the transfer may still fail; null where that begins with the commit. */
  placed(): Committed | null
  /** Tells the sender that all but these are under their final names. Resolves when it was told. */
  finish(failures: readonly FileFailure[]): Promise<void>
  /** Tells the sender that it is over. */
  cancel(problem: Problem): void
}

/** An offer as it came in, whoever sent it. */
export interface IncomingRequest {
  readonly offer: IncomingOffer
  /** Who sent it; null where no certificate was shown. */
  readonly identity: ProvedIdentity | null
  /** See {@link ReceiveOptions.decide}. */
  readonly always: AlwaysAccept | null
  /** Makes the entries, once the offer is accepted, for a file system that folds names like this. */
  take(folding: NameFolding): Promise<TakenManifest>
  readonly topEntries: number
  /** What the sender said that it means to take. */
  readonly peerTechnique: Technique | null
}

/** What an accepted offer is received with. */
export interface Admitted {
  readonly staging: Staging
  readonly manifest: TakenManifest
}

/** A transfer to this machine: asks the user, takes the bytes into staging, commits, and ends in one terminal state. */
export class IncomingTransfer implements Transfer {
  readonly role = 'receiver'
  readonly #request: IncomingRequest
  readonly #options: ReceiveOptions
  readonly #area: StagingArea
  readonly #lifecycle = new Lifecycle({ kind: 'offered' })
  readonly #abort = new AbortController()
  readonly #feed = withResolvers<Feed>()
  readonly #startedAt = Date.now()
  #cancelledHere = false
  #current: Feed | null = null
  #movingSince: number | null = null
  #cpuAtStart = process.cpuUsage()
  #savedAs: readonly string[] = []
  #peer: TechniqueNow

  constructor(request: IncomingRequest, options: ReceiveOptions, area: StagingArea) {
    this.#request = request
    this.#options = options
    this.#area = area
    this.#peer = { technique: request.peerTechnique, fellBackFrom: null }
    this.#feed.promise.catch(() => undefined)
  }

  get id(): string {
    return this.#request.offer.offerId
  }

  get peerIdentity(): ProvedIdentity | null {
    return this.#request.identity
  }

  get ended(): Promise<TerminalState> {
    return this.#lifecycle.ended
  }

  onChange(listener: () => void): () => void {
    return this.#lifecycle.onChange(listener)
  }

  setTechnique(technique: Technique): void {
    this.#current?.setTechnique(technique)
  }

  cancel(): void {
    if (isTerminal(this.#lifecycle.state)) return
    this.#cancelledHere = true
    this.#stop(new PenstockError('cancelled-here'))
  }

  /** The sender took it back, or went away. */
  peerLeft(problem: Problem): void {
    if (isTerminal(this.#lifecycle.state)) return
    this.#stop(new PenstockError(problem.code, problem.params))
  }

  /** What the sender is told of this end: the plan's choice or its fallback, and at the end the report's. */
  techniqueNow(): TechniqueNow {
    const feed = this.#current
    if (!feed?.choice) return { technique: null, fellBackFrom: null }
    return techniqueNow(feed.choice, feed.progress().sample, this.#lifecycle.state.kind !== 'running')
  }

  /** What the sender says of its end. It may be said once more after the end. */
  peerSays(now: TechniqueNow): void {
    const { technique, fellBackFrom } = this.#peer
    if (technique === now.technique && fellBackFrom === now.fellBackFrom) return
    this.#peer = now
    this.#lifecycle.changed()
  }

  view(): TransferView {
    const { offer, topEntries } = this.#request
    const feed = this.#current
    const progress = feed?.progress() ?? { bytes: 0, files: 0, sample: null }
    const security = feed?.security ?? offer.security
    const { alias, fingerprint, kind } = offer.peer
    const { state } = this.#lifecycle
    const choice = feed?.choice ? choiceNow(feed.choice, progress.sample) : null
    const peer = security === 'clear' ? this.#peer : { technique: null, fellBackFrom: null }
    const facts = { role: this.role, security, route: feed?.route ?? null } as const
    return {
      transferId: offer.transferId,
      role: this.role,
      peer: { alias, fingerprint, kind },
      title: offer.title,
      topEntries,
      totals: offer.totals,
      state,
      security,
      choice,
      peerTechnique: peer.technique,
      peerFellBackFrom: peer.fellBackFrom,
      copies:
        state.kind === 'done'
          ? state.report.copies
          : copiesOf({ ...facts, technique: choice?.technique ?? null, sample: progress.sample }),
      peerCopies: peerCopiesOf({ ...facts, technique: peer.technique }),
      bytes: progress.bytes,
      files: progress.files,
      startedAt: this.#startedAt,
      movingSince: this.#movingSince,
      folder: offer.folder,
      savedAs: this.#savedAs,
      counters: liveCounters(progress.sample, security),
    }
  }

  /**
   * Asks the user, then makes the staging folder and the entries. Resolves with them, or rejects with the problem to answer the sender
   * with; the transfer has then ended.
   */
  async admit(): Promise<Admitted> {
    try {
      const decision = await this.#decided()
      if (!decision.accept) {
        this.#lifecycle.move({ kind: 'refused', by: 'here', problem: decision.problem })
        throw new PenstockError(decision.problem.code, decision.problem.params)
      }
      const { dir } = this.#options
      const staging = await this.#area.create(dir)
      try {
        ensureRoom(dir, this.#request.offer.totals.bytes)
        const manifest = await this.#request.take(await staging.folding())
        this.#abort.signal.throwIfAborted()
        void this.#run(staging, manifest)
        return { staging, manifest }
      } catch (error) {
        await staging.discard().catch(() => undefined)
        throw error
      }
    } catch (error) {
      this.#lifecycle.move(endOfError(error, this.#cancelledHere))
      throw error
    }
  }

  /** Ends an offer that cannot be taken in, without a question. */
  decline(problem: Problem): void {
    this.#lifecycle.move({ kind: 'refused', by: 'here', problem })
  }

  /** Bytes begin to move: called once, by whoever made the feed. */
  begin(feed: Feed): void {
    this.#feed.resolve(feed)
  }

  #stop(error: PenstockError): void {
    this.#abort.abort(error)
    this.#feed.reject(error)
    this.#current?.cancel(error.toProblem())
  }

  async #decided() {
    const gone = withResolvers<never>()
    const leave = (): void => {
      gone.reject(this.#abort.signal.reason)
    }
    this.#abort.signal.addEventListener('abort', leave, { once: true })
    if (this.#abort.signal.aborted) leave()
    const { offer, always } = this.#request
    return Promise.race([this.#options.decide(offer, this.#abort.signal, always), gone.promise])
  }

  async #run(staging: Staging, manifest: TakenManifest): Promise<void> {
    try {
      this.#lifecycle.move(await this.#takeIn(staging, manifest))
    } catch (error) {
      const reason: unknown = this.#abort.signal.aborted ? this.#abort.signal.reason : error
      this.#current?.cancel(toProblem(reason))
      await staging.discard().catch(() => undefined)
      this.#savedAs = this.#current?.placed()?.savedAs ?? []
      this.#lifecycle.move(endOfError(reason, this.#cancelledHere))
    }
  }

  async #takeIn(staging: Staging, { entries, plan, skipped }: TakenManifest): Promise<TransferState> {
    const feed = await this.#feed.promise
    this.#current = feed
    this.#movingSince = Date.now()
    this.#cpuAtStart = process.cpuUsage()
    this.#lifecycle.move({ kind: 'running' })
    const { failures, arrived } = await feed.received
    const placed = feed.placed()
    if (placed) return this.#finished(feed, staging, { placed, skipped })
    this.#abort.signal.throwIfAborted()
    this.#lifecycle.move({ kind: 'committing' })
    const committed = await commitTransfer({
      staging,
      plan,
      arrived,
      failed: new Set(failures.map(({ index }) => index)),
      onConflict: this.#options.onConflict,
      durability: this.#options.durability,
      signal: this.#abort.signal,
    })
    this.#savedAs = committed.savedAs
    const known = new Set(failures.map(({ index }) => index))
    const late = uncommitted(entries, committed.skipped).filter(({ index }) => !known.has(index))
    await feed.finish([...failures, ...late])
    return {
      kind: 'done',
      report: this.#report(feed, committed, [...skipped, ...skippedOf(failures, entryAt(entries))]),
    }
  }

  /** All files have their names, or have failed, one by one. */
  async #finished(
    feed: Feed,
    staging: Staging,
    { placed, skipped }: { readonly placed: Committed; readonly skipped: readonly SkippedFile[] },
  ): Promise<TransferState> {
    const notes = [...placed.notes, ...(await staging.finish())]
    this.#savedAs = placed.savedAs
    return { kind: 'done', report: this.#report(feed, { ...placed, notes }, skipped) }
  }

  #report(feed: Feed, committed: Committed, missed: readonly SkippedFile[]): TransferReport {
    const { transferId, peer } = this.#request.offer
    const { alias, fingerprint, kind } = peer
    return makeReport({
      transferId,
      role: this.role,
      peer: { alias, fingerprint, kind },
      files: committed.deliveredFiles,
      bytes: committed.deliveredBytes,
      seconds: (Date.now() - (this.#movingSince ?? Date.now())) / 1000,
      security: feed.security,
      check: feed.check,
      skipped: [...missed, ...committed.skipped],
      notes: committed.notes,
      durability: this.#options.durability,
      streams: feed.streams,
      technique: feed.choice?.technique ?? null,
      reason: feed.choice?.reason ?? null,
      route: feed.route,
      sample: feed.progress().sample,
      cpuAtStart: this.#cpuAtStart,
    })
  }
}

/** Entries by index, sorted out only where one is asked for. */
function entryAt(entries: readonly ManifestEntry[]): (index: number) => ManifestEntry | undefined {
  let byIndex: Map<number, ManifestEntry> | null = null
  return (index) => {
    byIndex ??= new Map(entries.map((entry) => [entry.index, entry]))
    return byIndex.get(index)
  }
}

/** What the sender is told of files that did not get their names. */
function uncommitted(entries: readonly ManifestEntry[], skipped: readonly SkippedFile[]): FileFailure[] {
  if (skipped.length === 0) return []
  const problems = new Map(skipped.map(({ path, kind, problem }) => [path, { kind, problem }]))
  return entries.flatMap(({ index, path, type }) => {
    const found = problems.get(path)
    if (!found || type !== 'file') return []
    return [{ index, code: found.kind === 'policy' ? 'name-taken' : wireOfProblem(found.problem) }]
  })
}
