import { loadAddon } from './load.ts'
import type { Manifest } from './manifest.ts'

/** Typed face of the addon. Sizes and offsets are bytes as integers below 2^53; times are nanoseconds as bigint. */

/** How a call into the addon fails: the code of the platform's table, the system call, and the path if there is one. */
export interface NativeError extends Error {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
}

export type EngineTechnique =
  | 'readwrite'
  | 'mmap'
  | 'gather'
  | 'sendfile'
  | 'transmitfile'
  | 'splice'
  | 'direct'
  | 'zerocopy'
  | 'seal'
  | 'unseal'
  | 'ktls'

/** Those that put a file into a socket, and those that take one out of it. */
export type SendingTechnique = Exclude<EngineTechnique, 'unseal'>
export type ReceivingTechnique = Exclude<
  EngineTechnique,
  'seal' | 'gather' | 'sendfile' | 'transmitfile' | 'zerocopy'
>

/** How the bytes of a stream meet its socket: unencrypted, or in TLS records of this process or of the kernel. */
export type EngineTransport = 'plain' | 'sealed' | 'kernel-tls'

/** Of one sealed stream: key and IV in 28 bytes, of what this end sends and of what it receives. */
export interface StreamKeys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/** How the streams that have keys are sealed. */
export interface SealingOptions {
  /** `kernel-tls` falls back to `sealed` if the kernel does not take the keys; `fellBackFrom` has the reason. */
  readonly transport: 'sealed' | 'kernel-tls'
  /** Records after which a stream takes no further content and another one sends the rest; 2^23 at most. */
  readonly recordLimit: number
}

/**
 * What `mmap` does to each window of a file before it sends from it: `sequential` and `willneed` advise the kernel (read far
 * ahead; begin to read), `populate` has all pages entered in the page table at once (MADV_POPULATE_READ), `lock` keeps
 * them in memory (mlock), in smaller windows if the process may not lock whole ones.
 */
export type EngineMapOption = 'sequential' | 'willneed' | 'populate' | 'lock'

/** What became of a map option. */
export interface MapOptionSample {
  readonly option: EngineMapOption
  /** Windows that it was done to. */
  readonly windows: number
  /** Why it could not be done to others: errno name and call. */
  readonly code?: string
  readonly syscall?: string
}

/** A connected stream socket (or one end of a local pair) that belongs to the addon until a session takes it. */
export interface Connection {
  /** HELLO nonce of the receiver (32 bytes); empty for a local pair. */
  readonly hello: Uint8Array
  /** Address of this end, e.g. "192.168.1.2"; empty for a local pair. */
  readonly localAddress: string
  close(): void
}

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

/**
 * Time of the session's streams since their start, summed over them, in seconds. What is left of `total` is the processor's:
 * running, or waiting for one where the system reports that.
 */
export interface StreamSeconds {
  readonly total: number
  /** Blocked in calls on files, page faults included. Also waits for a processor where the system does not report these. */
  readonly file: number
  /** In poll(2) until the socket took bytes, or had some. */
  readonly socket: number
  /** Of a sender: until the receiver had verified what the window holds. */
  readonly window: number
  /** Until the receiver had committed. */
  readonly commit: number
  /** Without work. */
  readonly idle: number
}

/** Counters of the session's own threads since its start. */
export interface EngineSample {
  /** Content bytes moved, holes included. */
  readonly bytes: number
  readonly holeBytes: number
  /** Sender: content bytes that the receiver has verified, or received with the check off. Receiver: that it has checked. */
  readonly verifiedBytes: number
  readonly filesDone: number
  readonly syscalls: Readonly<Record<string, number>>
  readonly userCopyBytes: number
  /**
   * Content bytes without holes, by the technique that moved them. Small files that travel many to a frame pass through a
   * buffer by `readwrite`. What was sent again is counted again.
   */
  readonly bytesBy: Readonly<Record<EngineTechnique, number>>
  /** Of those by `direct`: read from the disk, or written to it, past the page cache. The rest went through it. */
  readonly directBytes: number
  /** Bytes read for the range check only. */
  readonly checkBytes: number
  /** Bytes sent by `zerocopy` that the kernel said it had copied after all. */
  readonly kernelCopiedBytes: number
  /** 0 on Windows, which does not report them; so are the page faults. */
  readonly contextSwitches: { readonly voluntary: number; readonly involuntary: number }
  readonly cpuSeconds: { readonly user: number; readonly system: number }
  readonly pageFaults: { readonly minor: number; readonly major: number }
  readonly streamSeconds: StreamSeconds
  readonly technique: EngineTechnique
  /** Of the last stream that began; null before the first. */
  readonly transport: EngineTransport | null
  readonly fellBackFrom: readonly {
    readonly technique: EngineTechnique
    readonly code: string
    readonly syscall: string
  }[]
  /**
   * Content that `dontCache` moved without leaving pages in the page cache, and why it could not move the rest (errno name and
   * flag); null where the option was not requested.
   */
  readonly uncached: { readonly bytes: number; readonly code?: string; readonly syscall?: string } | null
  /** Windows that `mmap` has sent from, and what was done to them. Of a receiver there are none. */
  readonly mapped: { readonly windows: number; readonly options: readonly MapOptionSample[] }
}

/** An entry that was not delivered; `code` is a name of WIRE.md's code table. */
export interface FileFailure {
  readonly index: number
  readonly code: string
  /** errno name if the system gave one, e.g. "EACCES". */
  readonly errno?: string
}

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

/** Counters of the copier's own thread since its start. */
export interface CopierSample extends Pick<
  EngineSample,
  | 'bytes'
  | 'holeBytes'
  | 'filesDone'
  | 'syscalls'
  | 'userCopyBytes'
  | 'contextSwitches'
  | 'cpuSeconds'
  | 'pageFaults'
> {
  /** The technique of the last file. */
  readonly technique: CopyEngineTechnique
  /** Bytes by technique: of `clone` whole files, else without holes. */
  readonly bytesBy: Readonly<Record<CopyEngineTechnique, number>>
  /** Those of `copyrange` that came from another device than the staging folder's. */
  readonly rangeAcrossBytes: number
  readonly fellBackFrom: readonly {
    readonly technique: CopyEngineTechnique
    readonly code: string
    readonly syscall: string
  }[]
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

export interface DataPortOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Time a connection has to send its 64-byte preamble, in milliseconds. */
  readonly preambleTimeoutMs: number
  /** Connections that may wait for their preamble or their verdict at once: for one more, the oldest of the network that has the most is closed. */
  readonly maxPending: number
  /** Connections of one network (IPv6 by /64) that may wait for their preamble at once: for one more, its oldest is closed. */
  readonly maxPendingPerNetwork: number
}

/** A connection whose preamble has arrived whole. Take it over with Receiver.addStream, or close it: it gets no byte before that. */
export interface Arrival {
  readonly preamble: Uint8Array
  readonly remoteAddress: string
  readonly connection: Connection
}

export interface DataPort {
  readonly port: number
  close(): void
}

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

/** What the system reports about the interface that leads to a peer; null if it cannot be queried. */
export interface RouteFacts {
  readonly interfaceName: string | null
  /** Driver by ethtool, e.g. "veth". */
  readonly driver: string | null
  /** ETHTOOL_GSG: the interface gathers a packet from several places in memory. */
  readonly scatterGather: boolean | null
  /** ETHTOOL_GTSO: the card cuts large buffers into segments by itself. */
  readonly tso: boolean | null
  /** ETHTOOL_GGSO: the kernel cuts them, but only just before the driver. */
  readonly gso: boolean | null
  /** Feature tls-hw-tx-offload: the card encrypts the records of a kernel-TLS socket. */
  readonly tlsOffload: boolean | null
  /** Bytes. */
  readonly mtu: number | null
  /** Mbit/s, by the driver's word; a virtual interface names a figure of its own. */
  readonly linkMbps: number | null
  readonly loopback: boolean
}

/** How this machine reaches an address. */
export interface PeerRoute {
  /** The address that a connection would have at this end; null if there is no route. */
  readonly localAddress: string | null
  /** Whether the address is one of this machine's own. */
  readonly sameMachine: boolean
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

export interface Addon {
  createSender(options: SenderOptions): Sender
  createReceiver(options: ReceiverOptions): Receiver
  createCopier(options: CopierOptions): Copier
  /** Copy techniques that this build and kernel have, best first. */
  copyTechniques(): readonly CopyEngineTechnique[]
  /** Whether files in this folder can share blocks (reflink), by trying it with two small files that are gone again. */
  sharesBlocks(folder: Folder): Promise<boolean>
  /** Connects to a numeric address, sends the preamble, waits for the 32-byte HELLO; all within timeoutMs. */
  connect(options: {
    host: string
    port: number
    preamble: Uint8Array
    timeoutMs: number
  }): Promise<Connection>
  /**
   * A connected local pair: one end for a session, the other as a descriptor that the caller owns. ENOSYS on Windows,
   * if a program cannot take a socket over by its number.
   */
  localPair(): { readonly connection: Connection; readonly fd: number }
  openDataPort(options: DataPortOptions, onArrival: (arrival: Arrival) => void): DataPort
  /** File name of the cipher library that sealed streams use; null if this machine has none. */
  cipherLibrary(): string | null
  /** Engine techniques that this build and kernel have. */
  supportedTechniques(): {
    readonly send: readonly SendingTechnique[]
    readonly receive: readonly ReceivingTechnique[]
  }

  /** An empty list of what is sent. */
  createManifest(): Manifest
  /** Opens a file to be sent, for Node's `fs` calls to read from and to close. */
  openSource(source: SourcePath): Promise<number>
  /** Whether a path of a manifest may be created below a target, by the rules of Windows or of POSIX; null where it may. */
  pathProblem(path: string, windows: boolean): NameProblem | null
  /** The path under which an entry is created whose top name is reserved for staging; else the path itself. */
  nearPath(path: string): string
  /** Whether a link's target, resolved by its text alone, stays inside the link's top entry. */
  linkStaysInside(link: string, target: string): boolean
  /** The name with a number before a file's extension, shortened to what a file system takes. */
  numbered(name: string, count: number, isFile: boolean): string
  openFolder(path: string): Folder
  /** Makes an empty folder (mode 0700) in `parent` and opens it; EEXIST if the name is taken. */
  makeFolder(parent: Folder, name: string): Folder
  /** Opens a folder in `parent`; ENOTDIR for a link or anything else of that name. */
  openFolderIn(parent: Folder, name: string): Folder
  /**
   * Tells an open folder from every other, and from itself under another owner or mode: its device, inode, owner and
   * permission bits as text (on Windows its volume and index).
   */
  identityOf(folder: Folder): string
  /** Makes the file that marks a staging folder, of at most 256 bytes; EEXIST if there is one. */
  writeMarker(folder: Folder, bytes: Uint8Array): void
  /** The marker's bytes; null if there is none that can be read, or one that is no file or too long. */
  readMarker(folder: Folder): Uint8Array | null
  /**
   * Makes a file (mode 0600) in `folder` for Node's `fs` calls to write to and to close; EEXIST if the name is taken, by a
   * link as well.
   */
  createFile(folder: Folder, name: string): Promise<number>
  /** Removes the file or link at `path` below `folder`, following no link; nothing there is not an error. */
  removeFile(folder: Folder, path: string): Promise<void>
  /**
   * Makes an open folder its process's own until it is closed or the process ends; false if another
   * has it. Throws if the file system has no locks.
   */
  tryLock(folder: Folder): boolean
  /** Runs the entries in order on a thread of its own; one outcome an entry. */
  commit(target: Folder, staging: Folder, entries: readonly CommitEntry[]): Promise<readonly CommitOutcome[]>
  /**
   * Makes all files and folders below `folder` durable, and its own entries: by syncfs if that is known to reach the
   * medium, else one by one. Lists those that could not be. Rejects if it is unknown which failed.
   */
  syncTree(folder: Folder): Promise<readonly SyncFailure[]>
  /** Renames a top entry from one open folder to another without replacing; EEXIST if the name is taken. */
  renameNoReplace(from: Folder, fromName: string, to: Folder, toName: string): Promise<void>
  /** Fsyncs the folder itself, or the one at `path` below it, so that renames in it last. */
  syncFolder(folder: Folder, path?: string): Promise<void>
  /**
   * Removes all that is in the open folder `staging`, its marker last, and then the folder itself, if `name` in `parent` is
   * still this folder. Follows no link and enters no other file system. Where the folder itself cannot be removed, its
   * marker is put back. `name` starts with `.penstock-`.
   */
  removeStaging(parent: Folder, name: string, staging: Folder): Promise<void>
  /** Which names the folder's file system takes for one, and which it refuses; tried out with empty files in a staging folder. */
  foldsNames(folder: Folder): Promise<{
    readonly caseFolds: boolean
    readonly normalisationFolds: boolean
    /** Characters that no name may have. */
    readonly refused: string
    /** No name may end with a dot or a space. */
    readonly refusesEndings: boolean
    /** No name may be that of a device, such as NUL, with or without an extension. */
    readonly refusesDevices: boolean
  }>
  /** File system by statfs, e.g. "ext4", "tmpfs", "btrfs", "xfs", else its magic number in hexadecimal; free bytes for this user, null if it does not report them. */
  fileSystem(path: string): { readonly type: string; readonly freeBytes: number | null }
  /** Facts of the interface that holds this local address. */
  routeFacts(localAddress: string): RouteFacts
  /** The route to a numeric address (IPv4 or IPv6), before a connection is made; nothing is sent. */
  routeTo(address: string): PeerRoute
  /**
   * How much of these files is in the page cache, by cachestat(2), else mincore(2), on a thread of the pool and within
   * `limitMs` (0 to 1000). Of a large file windows spread over it stand for the whole. Never rejects for a file that
   * cannot be examined.
   */
  cachedPart(paths: readonly string[], limitMs: number): Promise<CachedPart>
  /**
   * Pages of these files in the page cache, counted over all of each, on a thread of the pool; null where one cannot be
   * examined, or not within `limitMs` (0 to 1000).
   */
  cachedPages(paths: readonly string[], limitMs: number): Promise<number | null>
  /**
   * Whether content of this file, or of files in this folder, can be read and written without leaving pages in the page cache
   * (`dontCache`). False where that cannot be tried.
   */
  skipsCache(path: string): boolean
  readonly abiVersion: number
}

export const addon: Addon = loadAddon()
