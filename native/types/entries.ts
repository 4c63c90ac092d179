/** Where a file to be sent lies, by a path of any length. No link is followed at its end. */
export interface SourcePath {
  /** Absolute. */
  readonly path: string
  /** The real path of a folder that `path` begins with: no link below it is followed. */
  readonly root?: string | undefined
}

/** A file to be sent. */
export interface SourceFile extends SourcePath {
  readonly index: number
  readonly size: number
  readonly mtimeNs: bigint
  /**
   * Where there is one, not the whole file is sent but the slice of `size` bytes that begins here, as a file of its own.
   * Slices of one file that follow each other open it once.
   */
  readonly offset?: number
}

export interface ExpectedFile {
  readonly index: number
  readonly size: number
  /** Where there is one, the file is made there as it arrives, with this mode and time; else in staging under its number. */
  readonly placement?: Placement
}

/** A file's own name below the receiver's tree, whose folder is there, and what it is finished with. */
export interface Placement {
  /** A safe path of two or more names, parted by `/`. */
  readonly path: string
  readonly mode: number
  readonly mtimeNs: bigint
}

/** A whole file that could not be made by its placement. */
export interface Displaced {
  readonly index: number
  /** Of the platform's table. */
  readonly code: string
  /** It was created under its own name and could not be opened there again. */
  readonly named: boolean
}

/** An entry that was not delivered; `code` is a name of WIRE.md's code table. */
export interface FileFailure {
  readonly index: number
  readonly code: string
  /** errno name if the system gave one, e.g. "EACCES". */
  readonly errno?: string
}

/** An entry that is no file: nothing of it is sent, and the receiver reports whether it was delivered. */
export interface OtherEntry {
  readonly index: number
  readonly type: 'directory' | 'symlink'
}

/** Names of WIRE.md's table of notes. */
export type EntryNoteCode = 'changed' | 'time-clamped' | 'time-not-kept' | 'mode-not-kept' | 'name-changed'

/** A difference between a delivered entry and what was sent. */
export interface EntryChange {
  readonly code: EntryNoteCode
  /** errno name where a call failed, e.g. "EPERM". */
  readonly errno?: string
}

export interface EntryNote extends EntryChange {
  readonly index: number
}

/** The same change of entries whose indexes follow each other. */
export interface EntryNotes extends EntryChange {
  readonly first: number
  readonly count: number
}
