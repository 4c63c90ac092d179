import {
  addon,
  type CommitEntry,
  type Displaced,
  type EntryNote,
  type Placement,
} from '../../../native/index.ts'
import type { ConflictRule } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { type CommitPlan, modeFor } from './commit-plan.ts'
import type { Staging } from './staging.ts'

const FOLDERS_PER_BATCH = 1000

/** Where the files of a transfer lie after their arrival. */
export interface Arrived {
  /** Whether the file was created in staging's tree; the others lie in staging under their numbers. */
  isPlaced(index: number): boolean
  /** Placed files that failed. */
  readonly displaced: readonly Displaced[]
  /** Of placed files: what of their mode and time is not as it was sent. */
  readonly changes: readonly EntryNote[]
}

/** All files lie in staging under their numbers. */
export const NOTHING_PLACED: Arrived = { isPlaced: () => false, displaced: [], changes: [] }

/**
 * The files of new top folders. They are created under their own names in staging's tree as they arrive, so that only the
 * move of the top folder remains at the end.
 */
export class Placements {
  readonly #placed: Set<ManifestEntry>
  readonly #indexes: ReadonlySet<number>

  private constructor(placed: Set<ManifestEntry>) {
    this.#placed = placed
    this.#indexes = new Set([...placed].map(({ index }) => index))
  }

  /**
   * Creates the folders. Files are not placed if their top folder may be merged with an existing one (`onConflict` is not
   * `keep-both`), or if the file system refuses their folder. Throws if staging itself fails.
   */
  static async prepare(staging: Staging, plan: CommitPlan, onConflict: ConflictRule): Promise<Placements> {
    const placed = new Set<ManifestEntry>()
    for (const { folders, files } of onConflict === 'keep-both' ? plan.tops : []) {
      if (folders.length === 0) continue
      const missing = await makeFolders(
        staging,
        folders.map(({ path, mode }) => ({ kind: 'directory', path, mode })),
      )
      for (const file of files) {
        if (missing.size === 0 || !missing.has(file.path.slice(0, file.path.lastIndexOf('/'))))
          placed.add(file)
      }
    }
    return new Placements(placed)
  }

  isPlaced(index: number): boolean {
    return this.#indexes.has(index)
  }

  /** The placement for the addon; undefined for a file stored under its number. */
  of(entry: ManifestEntry): Placement | undefined {
    if (!this.#placed.has(entry)) return undefined
    return { path: entry.path, mode: modeFor(entry), mtimeNs: entry.mtimeNs }
  }
}

/** Creates the folders; returns the paths of those that failed. */
async function makeFolders(
  staging: Staging,
  folders: readonly (CommitEntry & { kind: 'directory' })[],
): Promise<Set<string>> {
  const missing = new Set<string>()
  for (let at = 0; at < folders.length; at += FOLDERS_PER_BATCH) {
    const batch = folders.slice(at, at + FOLDERS_PER_BATCH)
    const outcomes = await addon.commit(staging.tree, staging.folder, batch)
    for (const [index, { path }] of batch.entries()) {
      if (outcomes[index]?.kind === 'failed') missing.add(path)
    }
  }
  return missing
}
