import { addon, type CommitEntry, type Displaced, type Placement } from '../../../native/index.ts'
import type { ConflictRule } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { type CommitPlan, modeFor } from './commit-plan.ts'
import type { Staging } from './staging.ts'

const FOLDERS_PER_BATCH = 1000

/** Where the files of a transfer lie when they have arrived. */
export interface Arrived {
  /** Whether the file was to be made in staging's tree; the others lie in staging under their numbers. */
  isPlaced(index: number): boolean
  /** Placed files that are not as they should be. */
  readonly displaced: readonly Displaced[]
}

/** All files lie in staging under their numbers. */
export const NOTHING_PLACED: Arrived = { isPlaced: () => false, displaced: [] }

/**
 * The files of new top folders: they are made under their own names in staging's tree as they arrive, so that nothing but
 * the move of the top folder is left to do when all are there.
 */
export class Placements {
  readonly #placed: Set<ManifestEntry>
  readonly #indexes: ReadonlySet<number>

  private constructor(placed: Set<ManifestEntry>) {
    this.#placed = placed
    this.#indexes = new Set([...placed].map(({ index }) => index))
  }

  /**
   * Makes the folders. Where a top folder may be joined with one that is there (`onConflict` is not `keep-both`) its files
   * are not placed, nor are those of a folder that the file system does not take. Throws what staging cannot get over.
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

  /** For the addon; undefined for a file that goes by its number. */
  of(entry: ManifestEntry): Placement | undefined {
    if (!this.#placed.has(entry)) return undefined
    return { path: entry.path, mode: modeFor(entry), mtimeNs: entry.mtimeNs }
  }
}

/** Paths of the folders that could not be made. */
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
