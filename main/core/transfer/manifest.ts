import { PenstockError } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import type { CommitPlan, CommitPlanner } from '../files/commit-plan.ts'
import { underNearPath } from '../files/names.ts'
import { decodeLine, type ManifestEnd, OFFER_LIMITS, type RefusedEntry } from '../wire/penstock/offer.ts'

/** A manifest taken in: what may be made here, and what not. */
export interface TakenManifest {
  readonly entries: readonly ManifestEntry[]
  readonly refused: readonly RefusedEntry[]
  readonly skipped: readonly SkippedFile[]
  readonly plan: CommitPlan
  readonly topEntries: number
  readonly title: string
  readonly totals: Totals
  /** The technique that the sender means to take. */
  readonly technique: ManifestEnd['technique']
}

/** How many entries of each type there are, and the bytes of all. */
export function totalsOf(entries: readonly ManifestEntry[]): Totals {
  const totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }
  for (const { type, size } of entries) {
    if (type === 'file') totals.files++
    else if (type === 'directory') totals.directories++
    else totals.symlinks++
    totals.bytes += size
  }
  return totals
}

/** A manifest while it is read. */
class Reading {
  readonly entries: ManifestEntry[] = []
  readonly refused: RefusedEntry[] = []
  readonly skipped: SkippedFile[] = []
  readonly #planner: CommitPlanner
  #count = 0
  #files = 0
  #bytes = 0

  constructor(planner: CommitPlanner) {
    this.#planner = planner
  }

  /** Takes in lines up to the end line; null where that was not among them. */
  take(lines: readonly string[]): TakenManifest | null {
    for (const line of lines) {
      if (line === '') continue
      const entry = decodeLine(line, this.#count)
      if ('end' in entry) return this.#end(entry)
      this.#add(entry)
    }
    return null
  }

  /** Throws `protocol` where what was read is not all that its sender knows of. */
  #end({ end, totals, technique }: ManifestEnd): TakenManifest {
    if (end !== this.#count) throw new PenstockError('protocol', { detail: 'manifest is cut' })
    if (this.#files !== totals.files || this.#bytes !== totals.bytes) {
      throw new PenstockError('protocol', { detail: 'manifest does not add up to its totals' })
    }
    const { entries, refused, skipped } = this
    const { topEntries, title } = this.#planner
    return { entries, refused, skipped, plan: this.#planner.build(), topEntries, title, totals, technique }
  }

  #add(sent: ManifestEntry): void {
    const entry = underNearPath(sent)
    if (this.#count >= OFFER_LIMITS.entries)
      throw new PenstockError('too-many-files', { limit: OFFER_LIMITS.entries })
    this.#count += 1
    this.#bytes += entry.size
    if (entry.type === 'file') this.#files += 1
    const problem = this.#planner.add(entry)
    if (problem === null) {
      this.entries.push(entry)
      return
    }
    const code = problem.code === 'name-collision' ? 'name-collision' : 'unsafe-name'
    this.refused.push({ index: entry.index, code })
    this.skipped.push({ path: entry.path, problem, kind: 'failure' })
    if (this.refused.length > OFFER_LIMITS.refused)
      throw new PenstockError('unsafe-name', { name: entry.path })
  }
}

/**
 * Reads the lines after the offer up to the end line. Bad names are left out and named in `refused`; a manifest that
 * is not well formed, has no end, or does not add up to its own totals throws `protocol`, one that is too long
 * `too-many-files`.
 */
export async function takeManifest(
  pieces: AsyncIterable<readonly string[]>,
  planner: CommitPlanner,
): Promise<TakenManifest> {
  const reading = new Reading(planner)
  for await (const lines of pieces) {
    const taken = reading.take(lines)
    if (taken) return taken
  }
  throw new PenstockError('protocol', { detail: 'manifest has no end' })
}
