import type { Problem } from './errors.ts'
import type { PeerSummary } from './device.ts'
import type { CopyCount, Security, TransferReport } from './report.ts'
import type { Choice, Technique } from './technique.ts'

/** Where a transfer stands. The last four are terminal; exactly one of them is ever reached, once. */
export type TransferState =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'offered' }
  | { readonly kind: 'running' }
  | { readonly kind: 'committing' }
  | { readonly kind: 'done'; readonly report: TransferReport }
  | { readonly kind: 'refused'; readonly by: 'here' | 'peer'; readonly problem: Problem }
  | { readonly kind: 'cancelled'; readonly by: 'here' | 'peer'; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly problem: Problem }

export type TerminalState = Extract<TransferState, { kind: 'done' | 'refused' | 'cancelled' | 'failed' }>

/** What is offered, in totals; links and folders count as entries without bytes. */
export interface Totals {
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  readonly bytes: number
}

/** Counters sampled from the transfer's own threads; see {@link TransferReport} for units. */
export interface LiveCounters {
  readonly syscalls: Readonly<Record<string, number>> | null
  readonly contextSwitches: { readonly voluntary: number; readonly involuntary: number } | null
  readonly cpuSeconds: { readonly user: number; readonly system: number } | null
  readonly userCopyBytes: number | null
  /** Bytes of `zerocopy` that the kernel said it copied after all; null where that technique moved none. */
  readonly kernelCopiedBytes: number | null
}

/** A transfer as a shell shows it at one moment. */
export interface TransferView {
  readonly transferId: string
  readonly role: 'sender' | 'receiver'
  readonly peer: PeerSummary
  /** What a person would call it: the name of the only top entry, or of the first. */
  readonly title: string
  readonly topEntries: number
  readonly totals: Totals
  readonly state: TransferState
  readonly security: Security
  readonly choice: Choice | null
  /** What carries the bytes at the other end, as it said last; null where it does not say. */
  readonly peerTechnique: Technique | null
  /** What the other end had tried first; null where nothing was refused there, or it does not say. */
  readonly peerFellBackFrom: Technique | null
  /** Copies per byte on this machine by the rules of the report: as it stands, or the report's own when it is done. */
  readonly copies: CopyCount | null
  /** The other machine's, derived from `peerTechnique`; null where no rule applies or it does not say. */
  readonly peerCopies: CopyCount | null
  /** Content bytes moved so far. */
  readonly bytes: number
  /** Files whose content is complete. */
  readonly files: number
  /** Milliseconds since the epoch: when it began, and when the first byte moved. */
  readonly startedAt: number
  readonly movingSince: number | null
  /** The folder that the files go to; null for a sender to another machine. */
  readonly folder: string | null
  /** Where `folder` is not null, once committed: the paths of the top entries as they are on this disk. */
  readonly savedAs: readonly string[]
  readonly counters: LiveCounters | null
}

/** What the receiver's user has decided about the device that an offer came from. */
export interface PeerTrust {
  /** The one that TLS proved on this connection; empty where it proved none. */
  readonly fingerprint: string
  /** Whether the device proved its certificate on this connection. Without that the other two are false. */
  readonly proved: boolean
  /** Whether a transfer with it was completed before. It permits nothing. */
  readonly recent: boolean
  /** Whether the user always accepts its transfers with the security of this one. */
  readonly alwaysAccept: boolean
}

/** What a receiver's user is asked. */
export interface IncomingOffer {
  /** The receiver's own id, random: names the offer, its answer and its transfer. */
  readonly offerId: string
  /** The sender's id for the transfer, under which both sides report it. Another sender may use the same one. */
  readonly transferId: string
  readonly peer: PeerSummary & PeerTrust & { readonly host: string }
  readonly totals: Totals
  readonly security: Security
  readonly title: string
  /** The first entries of what is offered, at most 10 000, for the dialog's list. */
  readonly preview: readonly { readonly path: string; readonly type: EntryType; readonly size: number }[]
  readonly folder: string
}

export type EntryType = 'file' | 'directory' | 'symlink'

/** One entry of a manifest, as it travels (WIRE.md) and as the core handles it. */
export interface ManifestEntry {
  /** Position in the manifest, from 0; frames name files by it. */
  readonly index: number
  readonly type: EntryType
  /** Relative path as it is on the sender's disk, `/` between components, never empty. */
  readonly path: string
  /** Bytes of content; 0 for folders and links. */
  readonly size: number
  /** Permission bits (07777). */
  readonly mode: number
  /** Modification time in nanoseconds since the epoch. */
  readonly mtimeNs: bigint
  /** Symlinks only: what it points to, as written. */
  readonly target?: string
}
