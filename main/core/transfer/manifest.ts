import { PenstockError } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import type { CommitPlan, CommitPlanner } from '../files/commit-plan.ts'
import { decodeLine, OFFER_LIMITS, type RefusedEntry } from '../wire/penstock/offer.ts'

/** A manifest taken in: what may be made here, and what not. */
export interface TakenManifest {
  readonly entries: readonly ManifestEntry[]
  readonly refused: readonly RefusedEntry[]
  readonly skipped: readonly SkippedFile[]
  readonly plan: CommitPlan
  readonly topEntries: number
  readonly title: string
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

/**
 * Reads the lines after the offer up to the end line. Bad names are left out and named in `refused`; a manifest that
 * is not well formed, has no end, or does not add up to its own totals throws `protocol`, one that is too long
 * `too-many-files`.
 */
export async function takeManifest(
  lines: AsyncIterator<string, void>,
  totals: Totals,
  planner: CommitPlanner,
): Promise<TakenManifest> {
  const all: ManifestEntry[] = []
  const entries: ManifestEntry[] = []
  const refused: RefusedEntry[] = []
  const skipped: SkippedFile[] = []
  for (;;) {
    const next = await lines.next()
    if (next.done) throw new PenstockError('protocol', { detail: 'manifest has no end' })
    const entry = decodeLine(next.value, all.length)
    if ('end' in entry) {
      if (entry.end !== all.length) throw new PenstockError('protocol', { detail: 'manifest is cut' })
      break
    }
    if (all.length >= OFFER_LIMITS.entries)
      throw new PenstockError('too-many-files', { limit: OFFER_LIMITS.entries })
    all.push(entry)
    const problem = planner.add(entry)
    if (problem) {
      const code = problem.code === 'name-collision' ? 'name-collision' : 'unsafe-name'
      refused.push({ index: entry.index, code })
      skipped.push({ path: entry.path, problem, kind: 'failure' })
      if (refused.length > OFFER_LIMITS.refused) throw new PenstockError('unsafe-name', { name: entry.path })
      continue
    }
    entries.push(entry)
  }
  const counted = totalsOf(all)
  if (counted.files !== totals.files || counted.bytes !== totals.bytes) {
    throw new PenstockError('protocol', { detail: 'manifest does not add up to the totals offered' })
  }
  const { topEntries, title } = planner
  return { entries, refused, skipped, plan: planner.build(), topEntries, title }
}
