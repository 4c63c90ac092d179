import type { ErrorParams, Problem } from './errors.ts'
import type { PeerSummary } from './device.ts'
import type { MapOption, Reason, Technique } from './technique.ts'

/**
 * How the bytes travelled: `sealed` and `clear` on the data channel, `https` and `http` in a request body, `local` not over
 * any network: to a folder on this machine.
 */
export type Security = 'sealed' | 'https' | 'clear' | 'http' | 'local'

/** What others on the network can make of the bytes; `local` bytes cross none. */
export type Protection = 'encrypted' | 'clear' | 'local'

const PROTECTIONS: Readonly<Record<Security, Protection>> = {
  sealed: 'encrypted',
  https: 'encrypted',
  clear: 'clear',
  http: 'clear',
  local: 'local',
}

export function protectionOf(security: Security): Protection {
  return PROTECTIONS[security]
}

/** What stands behind "on disk": page cache, written back each second, fsync before "done", or O_DSYNC. */
export const DURABILITIES = ['os', 'everysec', 'commit', 'through'] as const
export type Durability = (typeof DURABILITIES)[number]

/** What becomes of a name that is taken. */
export const CONFLICT_RULES = ['keep-both', 'replace', 'skip', 'newer'] as const
export type ConflictRule = (typeof CONFLICT_RULES)[number]

/** A file that did not arrive under its name, and why. `policy`: by rule or choice; `failure`: something went wrong. */
export interface SkippedFile {
  readonly path: string
  readonly problem: Problem
  readonly kind: 'policy' | 'failure'
}

/**
 * What a note can say. `staging-left`: the staging folder could not be removed. `names-not-durable`: a folder could not be
 * synced. `other-name`: the entry was delivered under another name.
 */
export const NOTE_CODES = ['staging-left', 'names-not-durable', 'other-name'] as const
export type NoteCode = (typeof NOTE_CODES)[number]

/** What was not exact about a transfer that was delivered. Nothing is missing because of it. */
export interface Note {
  readonly code: NoteCode
  /** The entry's path in the manifest; of housekeeping, a path on the receiver. */
  readonly path: string
  readonly params?: ErrorParams
}

/** How often each byte is copied on this machine: derived from the path actually taken, by the rule named. */
export interface CopyCount {
  /** CPU copies per byte. */
  readonly cpu: number
  /** DMA copies per byte. */
  readonly dma: number
  /** Which rule gave these figures, e.g. `sendfile-gather-veth`. */
  readonly rule: string
}

/** What became of one option of `mmap`. */
export interface MapOptionReport {
  readonly option: MapOption
  /** Windows of files that it was done to, of those that were mapped. */
  readonly windows: number
  readonly of: number
  /** Why it was not done to the others; null where there are none. */
  readonly why: Reason | null
}

/** The figures of one transfer on one machine. A field that was not measured is null, never a guess. */
export interface TransferReport {
  readonly transferId: string
  readonly role: 'sender' | 'receiver'
  readonly peer: PeerSummary
  /** Entries delivered: files, folders and links. */
  readonly files: number
  /** Bytes of content delivered, holes included. */
  readonly bytes: number
  readonly resumedBytes: number
  /** From the first byte offered to "done", in seconds. */
  readonly seconds: number
  readonly bytesPerSecond: number
  readonly security: Security
  /** True when every byte was checked by CRC-32C or by an authenticated cipher. */
  readonly verified: boolean
  readonly skipped: readonly SkippedFile[]
  readonly notes: readonly Note[]
  /** What the receiver did before it said "done"; null where the peer does not say. */
  readonly durability: Durability | null
  /** Connections that carried file content. */
  readonly streams: number
  readonly technique: Technique | null
  readonly reason: Reason | null
  readonly fellBackFrom: readonly { readonly technique: Technique; readonly why: Reason }[]
  /** The options that `mmap` was to run with; null where it mapped nothing. */
  readonly mapOptions: readonly MapOptionReport[] | null
  /** System calls of the transfer's own threads by name; null where bytes went through Node. */
  readonly syscalls: Readonly<Record<string, number>> | null
  readonly contextSwitches: { readonly voluntary: number; readonly involuntary: number } | null
  /** CPU time of the transfer's own threads, in seconds. */
  readonly cpuSeconds: { readonly user: number; readonly system: number } | null
  /** CPU time of the whole process from the first byte to "done", in seconds. */
  readonly processCpuSeconds: { readonly user: number; readonly system: number }
  /** The range check: bytes that the CPU read for it and nothing else. */
  readonly check: { readonly mode: 'crc32c' | 'cipher' | 'off'; readonly bytes: number | null }
  readonly pageFaults: { readonly minor: number; readonly major: number } | null
  /** Bytes that passed through buffers in user space, not counting the check. */
  readonly userCopyBytes: number | null
  /** Bytes of `zerocopy` that the kernel said it copied after all; null where that technique moved none. */
  readonly kernelCopiedBytes: number | null
  readonly copies: CopyCount | null
  /** Largest resident set of the process so far, in bytes. */
  readonly peakRssBytes: number
}
