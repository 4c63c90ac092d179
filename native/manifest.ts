/** The list of what is sent, as the addon holds it. Sizes and offsets are bytes; times are nanoseconds as bigint. */

/** Values of {@link EntryColumns.types}, in their order. */
export const ENTRY_TYPES = ['file', 'directory', 'symlink'] as const

/** Entries, each at the same place of every list. */
export interface EntryColumns {
  readonly indexes: Uint32Array
  /** Places in {@link ENTRY_TYPES}. */
  readonly types: Uint8Array
  /** Permission bits of POSIX. */
  readonly modes: Uint32Array
  /** 0 for entries other than files. */
  readonly sizes: Float64Array
  /** Bytes on the disk: fewer than the size if the file has holes. */
  readonly allocatedBytes: Float64Array
  /** Last change of the content, since 1970, in seconds and nanoseconds: together they need more than 64 bits. */
  readonly seconds: BigInt64Array
  readonly nanoseconds: Uint32Array
  /** If the entries are slices of a file: where they begin in it. */
  readonly offsets?: Float64Array
  /** Paths under which the entries are sent, with a zero character after each. */
  readonly paths: string
  /** Their absolute paths on this machine, in the same form. */
  readonly sources: string
  /** The real path of the given folder that each lies below, in the same form; empty for a top entry. */
  readonly roots: string
  /** Targets of links, in the same form; empty for other entries. */
  readonly targets: string
}

/** A path that the user named, for a walk. */
export interface WalkTop {
  /** Absolute, without links. */
  readonly path: string
  /** The name under which it is sent; different for each. */
  readonly name: string
}

/** A file or slice to add to a manifest. */
export interface ManifestFile extends WalkTop {
  readonly size: number
  readonly mode: number
  readonly mtimeNs: bigint
  /** If given, the entry is the slice of `size` bytes that begins here. Then all entries are slices. */
  readonly offset?: number
}

export interface ManifestTotals {
  readonly entries: number
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  readonly bytes: number
  readonly allocatedBytes: number
}

/** An entry that a walk found and that is not sent. */
export interface LeftOutEntry {
  readonly path: string
  readonly code:
    | 'name-not-utf8'
    | 'unsafe-name'
    | 'name-too-long'
    | 'link-outside'
    | 'not-regular'
    | 'not-readable'
    | 'file-vanished'
    | 'size-unknown'
  /** Of the code's text: `path`, and where the code has them `why`, `target` or `errno`. */
  readonly params: Readonly<Record<string, string>>
  readonly by: 'policy' | 'failure'
  /** Place of its top entry among the given paths. */
  readonly top: number
}

/** What a walk has left out so far. */
export interface LeftOut {
  /** The first 10 000. */
  readonly entries: readonly LeftOutEntry[]
  /** All of them. */
  readonly count: number
  /** Entries that match an exclusion; a folder counts as one, with everything in it. */
  readonly excluded: number
  /** Entries that are sent without something that they have, by what it is. */
  readonly notKept: NotKept
}

/** Files and folders that have it; `owners`: those that belong to another user than the one who sends. */
export interface NotKept {
  readonly owners: number
  readonly hardLinks: number
  readonly accessLists: number
  readonly capabilities: number
  readonly attributes: number
}

/**
 * Entries in the order of sending, parents before their children. An entry's index is its place. All members but `walk` return
 * at once, also while a walk runs.
 */
export interface Manifest {
  /**
   * Fills the manifest on a thread of its own, once: parents before their entries, names in the order of their bytes, no link
   * followed. `exclusions` are patterns as in .gitignore: one without a slash matches names at any depth, one with a slash
   * paths from a given folder's name or from inside it, one that ends with a slash folders only. Never rejects for a path.
   */
  walk(tops: readonly WalkTop[], exclusions: readonly string[]): Promise<void>
  /** Ends the walk early. */
  stop(): void
  /** Adds top entries to a manifest that is not walked. */
  addFiles(files: readonly ManifestFile[]): void
  totals(): ManifestTotals
  tops(): EntryColumns
  /** Top entries first, then others in order: at most 1 000, and 1 MiB of paths. */
  preview(): EntryColumns
  leftOut(): LeftOut
  /** At most `limit` entries from the index `from` on. */
  entries(from: number, limit: number): EntryColumns
  /** The entries with these indexes. */
  entriesAt(indexes: readonly number[]): EntryColumns
  /** The lines of WIRE.md §1 for these entries. */
  lines(from: number, limit: number): Uint8Array
  /** Absolute paths of about `limit` files: the largest, and others spread over the manifest. */
  sample(limit: number): readonly string[]
}
