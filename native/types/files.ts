import type { EntryChange } from './entries.ts'

/** An open folder. Everything below it is reached relative to its handle, without following links. */
export interface Folder {
  readonly path: string
  close(): void
}

/** What becomes of a taken name. */
export type ReplaceRule = 'never' | 'always' | 'if-newer'

/** One step of a commit, relative to the target folder. Paths are `/`-separated safe names. */
export type CommitEntry =
  /** Made with mode 0700, or `kept-existing`; ENOTDIR if something else has the name. Its mode comes with `directory-times`. */
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file'
      readonly path: string
      /** Name in the staging folder. */
      readonly stagingName: string
      /** Bytes that the staging file must have (else EBADMSG); an empty one is made if it is missing. */
      readonly size: number
      readonly mode: number
      readonly mtimeNs: bigint
      readonly replace: ReplaceRule
    }
  | {
      readonly kind: 'symlink'
      readonly path: string
      readonly target: string
      readonly mtimeNs: bigint
      readonly replace: ReplaceRule
    }
  /** Sets a folder's mode and time; comes after everything in it. */
  | {
      readonly kind: 'directory-times'
      readonly path: string
      readonly mode: number
      readonly mtimeNs: bigint
    }

export type CommitOutcome =
  /** `changes`: what of the mode and the time is not as it was given. */
  | { readonly kind: 'done'; readonly changes?: readonly EntryChange[] }
  | { readonly kind: 'kept-existing' }
  | { readonly kind: 'failed'; readonly code: string; readonly syscall: string }

/** A file or folder that could not be made durable. */
export interface SyncFailure {
  /** Below the folder that was synced; empty for that folder. */
  readonly path: string
  /** Of the platform's table. */
  readonly code: string
  readonly isFolder: boolean
}

/** What was seen of some files in the page cache. */
export interface CachedPart {
  /** Bytes that were examined; 0 if the system gives no information about these files. */
  readonly lookedBytes: number
  readonly cachedBytes: number
}

/** Why a path may not be created. */
export interface NameProblem {
  readonly code: 'unsafe-name' | 'name-too-long'
  /** What is wrong, in one word. */
  readonly why: string
}
