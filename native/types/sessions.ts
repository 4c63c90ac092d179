import type { Manifest } from '../manifest.ts'
import type {
  Displaced,
  EntryNote,
  EntryNotes,
  ExpectedFile,
  FileFailure,
  OtherEntry,
  SourceFile,
} from './entries.ts'
import type { Folder } from './files.ts'
import type { CopierSample, EngineSample } from './samples.ts'
import type { Connection, EngineMapOption, EngineTechnique, SealingOptions, StreamKeys } from './streams.ts'

/**
 * How a session ended. `done`: the receiver said DONE (sender), or the sender closed after DONE (receiver). `unconfirmed`: a
 * sender cancelled after END, and the receiver has sent neither DONE nor ERROR since.
 */
export type EngineEnd =
  | { readonly kind: 'done' | 'unconfirmed'; readonly failures: readonly FileFailure[] }
  | {
      readonly kind: 'peer-error'
      readonly code: string
      /** errno name where the receiver gave one. */
      readonly errno?: string
      readonly failures: readonly FileFailure[]
    }
  | { readonly kind: 'cancelled'; readonly failures: readonly FileFailure[] }
  | {
      readonly kind: 'failed'
      readonly code: string
      /** errno name where a call failed. */
      readonly errno?: string
      readonly syscall?: string
      readonly failures: readonly FileFailure[]
    }

/** Options of a sender and of a receiver. */
export interface SessionOptions {
  readonly technique: EngineTechnique
  /** Tried in order if a technique is not supported here. */
  readonly fallback: readonly EngineTechnique[]
  /** User-space buffer of `readwrite`, 4096 to 16 MiB. */
  readonly bufferBytes: number
  /** Of `readwrite`: leaves nothing in the page cache, if the file system can do that (RWF_DONTCACHE). */
  readonly dontCache?: boolean
  readonly check: boolean
  /** `sealed` and 2^23 records if it is not given. */
  readonly sealing?: SealingOptions
}

export interface SenderOptions extends SessionOptions {
  /** Of `mmap`; what is usual on this system if it is not given: `willneed` on Windows, else `sequential`. */
  readonly mapOptions?: readonly EngineMapOption[]
  /**
   * How long a sender that was cancelled after END waits for DONE or ERROR, in milliseconds: since the receiver's last frame
   * (30 000 by default), and since the cancel (600 000).
   */
  readonly verdictLimits?: { readonly silenceMs: number; readonly inAllMs: number }
}

export interface Sender {
  /** The files of the manifest are sent in its order, but for the entries with the indexes `without`. Called once. */
  addManifest(manifest: Manifest, without: readonly number[]): void
  /** The manifest is complete. */
  endOfFiles(): void
  /** Takes the connection over as the control stream, before any other. */
  addControl(connection: Connection, keys: StreamKeys): void
  /** Takes the connection over as a content stream, sealed if there are keys. Index 1 to 16. */
  addStream(connection: Connection, streamIndex: number, keys?: StreamKeys): void
  /** Takes the connection over as the only stream, which carries control frames and content. */
  addBody(connection: Connection): void
  /** For the ranges that follow. */
  setTechnique(technique: EngineTechnique): void
  sample(): EngineSample
  /**
   * Sends CANCEL with this code of WIRE.md to the receiver if it can, and ends. After END it waits for
   * the receiver: one that had begun to commit carries it through, and the session ends as `done`.
   */
  cancel(code: string): void
  /** Changes of delivered entries, as the receiver reports them; complete once `ended` has resolved. */
  notes(): readonly EntryNotes[]
  readonly ended: Promise<EngineEnd>
}

/** Ways of copying a file on this machine: FICLONE, copy_file_range, sendfile from file to file, read and write. */
export type CopyEngineTechnique = 'clone' | 'copyrange' | 'copyfile' | 'readwrite'

export interface CopierOptions {
  /** Staging folder; file N is written to the name `N` in it, an empty one not at all. */
  readonly staging: Folder
  readonly technique: CopyEngineTechnique
  /** Tried in order, separately for each file, if a technique is not supported here. */
  readonly fallback: readonly CopyEngineTechnique[]
  /** `through` opens the files with O_DSYNC; `everysec` starts write-back each second. Commit is the caller's. */
  readonly durability: 'os' | 'everysec' | 'commit' | 'through'
}

/** Copies files on a thread of its own, which begins at once. */
export interface Copier {
  /** Files are copied in the order given. */
  addFiles(files: readonly SourceFile[]): void
  endOfFiles(): void
  /** For the files that follow. */
  setTechnique(technique: CopyEngineTechnique): void
  sample(): CopierSample
  /** Ends it within one call of the kernel (at most 64 MiB, or one clone). */
  cancel(): void
  /** `done`, `cancelled`, or `failed` by an error of the target that would meet the next file as well. */
  readonly ended: Promise<EngineEnd>
}

export interface ReceiverOptions extends SessionOptions {
  /** Staging folder; file N is written to the name `N` in it. */
  readonly staging: Folder
  /** For files with a placement. */
  readonly tree?: Folder
  /** `through` opens the files with O_DSYNC; `everysec` starts write-back each second. Commit is the caller's. */
  readonly durability: 'os' | 'everysec' | 'commit' | 'through'
  /** Streams with content that the sender announced. */
  readonly streams: number
  /**
   * When a sender that keeps its connections and moves nothing ends the session as `timed-out`, in milliseconds: without
   * content on any stream while all wait for it (60 000 by default), and from the first stream to the last (30 000). And how
   * long a sender may take, in all, to read the error that ends the session (10 000).
   */
  readonly limits?: { readonly stallMs: number; readonly streamsMs: number; readonly farewellMs: number }
}

export interface Receiver {
  /** May be called while streams run: they wait for the files that their frames name. Indexes rise. */
  addFiles(files: readonly ExpectedFile[]): void
  /** They are reported to the sender by `finish`. */
  addOthers(entries: readonly OtherEntry[]): void
  /** No more entries follow. Throws a TypeError for an index that was given twice. */
  endOfFiles(): void
  /** Takes the connection over as the control stream, before any other. Sends `hello` (32 bytes) first. */
  addControl(connection: Connection, hello: Uint8Array, keys: StreamKeys): void
  /** Takes the connection over as a content stream, sealed after `hello` if there are keys. Index 1 to 16. */
  addStream(connection: Connection, streamIndex: number, hello: Uint8Array, keys?: StreamKeys): void
  /** Takes the connection over as the only stream, which carries control frames and content. */
  addBody(connection: Connection): void
  setTechnique(technique: EngineTechnique): void
  sample(): EngineSample
  /** END was read, every content stream has ended, and every file is whole, or failed. KEEPALIVE goes out each second until finish. Never rejects; never resolves if the session ends before. */
  readonly received: Promise<readonly FileFailure[]>
  /** Files that are not at their placement; complete once `received` has resolved. */
  displaced(): readonly Displaced[]
  /** Changes of the files under their own names; complete once `received` has resolved. */
  changes(): readonly EntryNote[]
  /**
   * Called once `received` has resolved, before the first file gets its name: the point of no return. Before it a CANCEL
   * from the sender ends the session as `peer-error`; after it CANCEL is ignored, and the sender gets the report and DONE
   * by `finish`. False if the session has ended before, as by a CANCEL: the caller must not commit then, and `ended`
   * has the reason.
   */
  committing(): boolean
  /**
   * The caller has committed all entries but these and those that `received` names: sends the report and DONE, and ends when
   * the sender has closed.
   */
  finish(failures: readonly FileFailure[], notes?: readonly EntryNote[]): void
  /** Sends ERROR with this code of WIRE.md to the sender if it can, and ends. `errno`: the name of the error, if a call failed. */
  cancel(code: string, errno?: string): void
  readonly ended: Promise<EngineEnd>
}
