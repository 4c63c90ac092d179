import type { Manifest } from '../manifest.ts'
import type { SourcePath } from './entries.ts'
import type { CachedPart, CommitEntry, CommitOutcome, Folder, NameProblem, SyncFailure } from './files.ts'
import type { Arrival, DataPort, DataPortOptions, PeerRoute, RouteFacts } from './network.ts'
import type {
  Copier,
  CopierOptions,
  CopyEngineTechnique,
  Receiver,
  ReceiverOptions,
  Sender,
  SenderOptions,
} from './sessions.ts'
import type { Connection, ReceivingTechnique, SendingTechnique } from './streams.ts'

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
   * Identifies an open folder, together with its owner and mode: its device, inode, owner and
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
    /** It counts the units of UTF-16 of a name, of which it takes 255, and not its bytes. */
    readonly countsUnits: boolean
  }>
  /** File system by statfs, e.g. "ext4", "tmpfs", "btrfs", "xfs", else its magic number in hexadecimal; free bytes for this user, null if it does not report them. */
  fileSystem(path: string): { readonly type: string; readonly freeBytes: number | null }
  /** Facts of the interface that holds this local address. */
  routeFacts(localAddress: string): RouteFacts
  /** The route to a numeric address (IPv4 or IPv6), before a connection is made; nothing is sent. */
  routeTo(address: string): PeerRoute
  /**
   * How much of these files is in the page cache, by cachestat(2), else mincore(2), on a thread of the pool and within
   * `limitMs` (0 to 1000). Of a large file windows spread over it are examined. Never rejects for a file that
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
