import { type Conveyance } from '../../contract/report.ts'
import { addon, type Receiver } from '../../../native/index.ts'
import { PenstockError, type Problem } from '../../contract/errors.ts'
import type { RouteFacts } from '../../contract/facts.ts'
import type { Choice, ReceiveTechnique, Technique } from '../../contract/technique.ts'
import { RECEIVE_TECHNIQUES } from '../../contract/technique.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import type { Placements } from '../target/placement.ts'
import type { Staging } from '../target/staging.ts'
import { incomingFacts, planFacts } from '../plan/facts.ts'
import { fallbackOrder, type PlanFacts, planReceive, RECEIVE_ORDER } from '../plan/plan.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import { othersOf } from '../transfer/delivery.ts'
import { failuresOf, wireOfProblem } from '../transfer/ends.ts'
import type { Progress } from '../transfer/carrier.ts'
import { engineProgress, sealingOf } from '../transfer/sealing.ts'
import type { Arrival, ReceivingCarrier } from './receiving-carrier.ts'

/** Entries passed to the addon at once, some milliseconds of work; the event loop turns after each piece. */
const ENTRIES_PER_PIECE = 1000

/** The files of a transfer. */
export interface ExpectedContent {
  readonly entries: readonly ManifestEntry[]
  /** Rejects if the staging folder cannot hold them. */
  readonly placements: Promise<Placements>
}

/** The engine's receiver over one staging folder, planned for the way the bytes arrive. */
export class ReceivingEngine implements ReceivingCarrier {
  readonly check: boolean
  readonly streams: number
  readonly route: RouteOfBytes | null
  readonly receiver: Receiver
  readonly received: ReceivingCarrier['received']
  readonly #facts: PlanFacts
  #choice: Choice<ReceiveTechnique>

  constructor(
    facts: Pick<ReceivingCarrier, 'check' | 'streams'> & {
      readonly conveyance: Conveyance
      readonly route: RouteFacts | null
      readonly totals: Totals
    },
    staging: Staging,
    { entries, placements }: ExpectedContent,
    options: ReceiveOptions,
  ) {
    this.check = facts.check
    this.streams = facts.streams
    const known = incomingFacts(facts.totals, options.dir)
    this.route = facts.route && { ...facts.route, fileSystem: known.targetFileSystem, cachedShare: null }
    this.#facts = planFacts(facts.conveyance, known)
    this.#choice = planReceive(this.#facts, options.technique)
    const supported = addon.supportedTechniques().receive
    const engine = (name: ReceiveTechnique) => supported.find((one) => one === name) ?? 'readwrite'
    this.receiver = addon.createReceiver({
      staging: staging.folder,
      tree: staging.tree,
      technique: engine(this.#choice.technique),
      fallback: fallbackOrder(this.#choice, RECEIVE_ORDER, supported).map(engine),
      bufferBytes: options.bufferBytes,
      dontCache: options.dontcache ?? this.#choice.dontcache === true,
      check: facts.check,
      ...sealingOf(facts.conveyance),
      durability: options.durability,
      streams: facts.streams,
    })
    this.received = Promise.race([
      this.#arrival(entries, placements),
      this.receiver.ended.then(async (end) => {
        // The staging folder is removed when this rejects; nothing may still be created in it.
        await placements.catch(() => undefined)
        failuresOf(end, 'sender')
        throw new PenstockError('peer-gone')
      }),
    ])
    this.received.catch(() => undefined)
  }

  /** Whether the bytes come on streams, not in a request body. */
  get onStreams(): boolean {
    return this.#facts.conveyance.carrier === 'engine'
  }

  get choice(): Choice<ReceiveTechnique> {
    return this.#choice
  }

  placed(): null {
    return null
  }

  progress(): Progress {
    return engineProgress(this.#facts.conveyance, this.receiver.sample())
  }

  setTechnique(technique: Technique): void {
    const wanted = RECEIVE_TECHNIQUES.find((name) => name === technique)
    const next = wanted ? planReceive(this.#facts, wanted) : null
    const engine = addon.supportedTechniques().receive.find((name) => name === technique)
    if (!next || next.technique !== technique || !engine) {
      throw new PenstockError('technique-unavailable', { technique, why: this.#facts.conveyance.carrier })
    }
    this.receiver.setTechnique(engine)
    this.#choice = next
  }

  beginCommit(): Promise<never> | null {
    return this.receiver.committing() ? null : this.#reasonOfEnd()
  }

  async finish(...report: Parameters<ReceivingCarrier['finish']>): Promise<void> {
    this.receiver.finish(...report)
    await this.receiver.ended
  }

  async #reasonOfEnd(): Promise<never> {
    failuresOf(await this.receiver.ended, 'sender')
    throw new PenstockError('peer-gone')
  }

  async #arrival(entries: readonly ManifestEntry[], preparing: Promise<Placements>): Promise<Arrival> {
    const placements = await preparing
    // Streams already run; they wait for the files that their frames name.
    await this.#expect(entries, placements)
    const failures = await this.receiver.received
    const arrived = {
      isPlaced: (index: number) => placements.isPlaced(index),
      displaced: this.receiver.displaced(),
      changes: this.receiver.changes(),
    }
    return { failures, arrived }
  }

  async #expect(entries: readonly ManifestEntry[], placements: Placements): Promise<void> {
    for (let at = 0; at < entries.length; at += ENTRIES_PER_PIECE) {
      if (at > 0) await new Promise(setImmediate)
      const piece = entries.slice(at, at + ENTRIES_PER_PIECE)
      const files = piece.filter(({ type }) => type === 'file')
      this.receiver.addOthers(othersOf(piece))
      this.receiver.addFiles(
        files.map((entry) => {
          const { index, size } = entry
          const placement = placements.of(entry)
          return placement ? { index, size, placement } : { index, size }
        }),
      )
    }
    this.receiver.endOfFiles()
  }

  /** Whether content has begun to arrive, so that another carrier can no longer replace this one. */
  get hasContent(): boolean {
    const { bytes, filesDone } = this.receiver.sample()
    return bytes > 0 || filesDone > 0
  }

  cancel(problem: Problem): void {
    const errno = problem.params?.['errno']
    this.receiver.cancel(wireOfProblem(problem), ...(typeof errno === 'string' ? [errno] : []))
  }
}
