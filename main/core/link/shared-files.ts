import type { NotDelivered } from '../../contract/report.ts'
import type { Totals } from '../../contract/transfer.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import type { SourceEntry } from '../source/entries.ts'
import { walk } from '../source/walk.ts'

/** The files of a share, as they were found when it began. */
export class SharedFiles {
  readonly files: readonly SourceEntry[]
  /** Folders without content, which an archive can hold. */
  readonly emptyFolders: readonly SourceEntry[]
  readonly totals: Totals
  readonly notDelivered: readonly NotDelivered[]
  readonly #byId: ReadonlyMap<string, SourceEntry>

  private constructor(
    entries: readonly SourceEntry[],
    totals: Totals,
    notDelivered: readonly NotDelivered[],
  ) {
    this.files = entries.filter(({ type }) => type === 'file')
    this.emptyFolders = entries.filter(
      ({ type, path }, at) => type === 'directory' && entries[at + 1]?.path.startsWith(`${path}/`) !== true,
    )
    this.totals = totals
    this.notDelivered = notDelivered
    this.#byId = new Map(this.files.map((file) => [String(file.index), file]))
  }

  /** Searches for the files. A browser cannot follow a link, so links are listed in `notDelivered`. */
  static async find(
    paths: readonly string[],
    exclude: readonly string[],
    signal: AbortSignal,
  ): Promise<SharedFiles> {
    const found = await walk(paths, signal, exclude)
    const links = found.entries
      .filter(({ type }) => type === 'symlink')
      .map(({ path }): NotDelivered => ({
        path,
        reason: { code: 'link-not-shared', params: { path } },
        by: 'policy',
      }))
    const notDelivered = [...found.notDelivered, ...links]
    const shared = new SharedFiles(found.entries, { ...found.totals, symlinks: 0 }, notDelivered)
    if (shared.files.length === 0) throw nothingToSend(notDelivered)
    return shared
  }

  /** The file with this id; null if there is none. */
  get(id: string): SourceEntry | null {
    return this.#byId.get(id) ?? null
  }
}
