import { type EntryColumns, ENTRY_TYPES, type Manifest } from '../../../native/manifest.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'

/** An entry of the manifest with its path on this machine. */
export interface SourceEntry extends ManifestEntry {
  readonly absolutePath: string
  /** The real path of the given folder that the entry lies below; absent for an entry that was given itself. */
  readonly root?: string
  /** If the entry is a slice of the file: its start in bytes. */
  readonly offset?: number
}

const NANOSECONDS = 1_000_000_000n

/** Entries made in one turn of the event loop, some milliseconds of work. */
const ENTRIES_AT_ONCE = 1024

/** The entries of the columns as objects, for those who need them. */
export function entriesOf(columns: EntryColumns): readonly SourceEntry[] {
  const paths = columns.paths.split('\0')
  const sources = columns.sources.split('\0')
  const roots = columns.roots.split('\0')
  const targets = columns.targets.split('\0')
  return Array.from(columns.indexes, (index, at): SourceEntry => {
    const type = ENTRY_TYPES[columns.types[at] ?? 0] ?? 'file'
    const offset = columns.offsets?.[at]
    const root = roots[at] ?? ''
    return {
      index,
      type,
      path: paths[at] ?? '',
      size: columns.sizes[at] ?? 0,
      mode: columns.modes[at] ?? 0,
      mtimeNs: (columns.seconds[at] ?? 0n) * NANOSECONDS + BigInt(columns.nanoseconds[at] ?? 0),
      absolutePath: sources[at] ?? '',
      ...(root === '' ? {} : { root }),
      ...(type === 'symlink' ? { target: targets[at] ?? '' } : {}),
      ...(offset === undefined ? {} : { offset }),
    }
  })
}

/** The entries of a complete manifest, made as they are taken. */
export function* eachEntry(manifest: Manifest): Generator<SourceEntry, void, void> {
  const { entries: count } = manifest.totals()
  for (let from = 0; from < count; from += ENTRIES_AT_ONCE) {
    yield* entriesOf(manifest.entries(from, ENTRIES_AT_ONCE))
  }
}

/** All entries of a complete manifest. */
export async function allEntries(manifest: Manifest): Promise<readonly SourceEntry[]> {
  const { entries: count } = manifest.totals()
  const entries: SourceEntry[] = []
  while (entries.length < count) {
    entries.push(...entriesOf(manifest.entries(entries.length, ENTRIES_AT_ONCE)))
    await new Promise(setImmediate)
  }
  return entries
}
