import type { Device } from '../contract/device.ts'
import type { Problem } from '../contract/errors.ts'
import type { HistoryEntry } from '../contract/history.ts'
import type { ConflictRule, Durability } from '../contract/report.ts'
import type { IncomingOffer, TerminalState, TransferView } from '../contract/transfer.ts'
import type { AlwaysAccept } from './device/trust.ts'
import type { ProvedIdentity } from './device/proved.ts'
import type { ListenHost } from './protocol/http/listen.ts'
import type { SettingsStore } from './store/settings.ts'
import type { StreamLimits } from './transfer/limits.ts'
import type {
  CopyTechnique,
  MapOption,
  ReceiveTechnique,
  SendTechnique,
  Technique,
} from '../contract/technique.ts'

/** A running or finished transfer, in either direction. */
export interface Transfer {
  /** This end's own id, random; the one that both ends report is {@link TransferView.transferId}. */
  readonly id: string
  readonly role: 'sender' | 'receiver'
  /** The device at the other end as TLS proved it; null where nothing was proved, or not yet. */
  readonly peerIdentity: ProvedIdentity | null
  /** Whether the user of this end started it or accepted it; false for an offer that is not accepted yet, or never was. */
  readonly isWanted: boolean
  /** The transfer as it stands now; counters are sampled when this is called. */
  view(): TransferView
  /** Called on each change of state, never for bytes; returns the function that ends it. */
  onChange(listener: () => void): () => void
  /** Resolves once, with the one terminal state. Never rejects. */
  readonly ended: Promise<TerminalState>
  /** Ends it from this side; harmless when it has ended. */
  cancel(): void
  /** For the ranges that follow. Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
}

export interface SendOptions {
  /** Files and folders, absolute or relative to the working directory. */
  readonly paths: readonly string[]
  readonly to: Device
  readonly security: 'clear' | 'encrypted'
  /** `auto` lets the plan choose. */
  readonly technique: SendTechnique | 'auto'
  /** Connections for content, 1 to 16; `auto` lets the plan choose. */
  readonly streams: number | 'auto'
  /** What `mmap` does to its windows; where it is not given, what is usual on this system. */
  readonly mapOptions?: readonly MapOption[]
  /** Buffer of `readwrite` in bytes, 4096 to 16 MiB. */
  readonly bufferBytes: number
  readonly check: boolean
  readonly pin: string | null
  /**
   * Where there are some, not the files at `paths` are sent but these slices of the only one, each as a file of its own:
   * what a queue does that serves messages out of its log.
   */
  readonly slices?: readonly Slice[]
}

/** A part of a file, in bytes. */
export interface Slice {
  readonly offset: number
  readonly length: number
}

/** A copy to a folder on this machine. */
export interface CopyOptions {
  /** Files and folders, absolute or relative to the working directory. */
  readonly paths: readonly string[]
  /** Made where it is missing. */
  readonly dir: string
  /** `auto` tries what copies least first. */
  readonly technique: CopyTechnique | 'auto'
  readonly durability: Durability
  readonly onConflict: ConflictRule
}

export type Decision = { readonly accept: true } | { readonly accept: false; readonly problem: Problem }

export interface ReceiveOptions {
  /** Folder that received files go to; made if missing. */
  readonly dir: string
  /** `loopback` is reached from this machine only, and is never announced. */
  readonly host: ListenHost
  /** Fingerprint (64 lower-case hexadecimal digits) of the one device that is admitted; null admits every device. */
  readonly only: string | null
  /** Control port: a number, 0 for any free one, or `default` for 53317 and else any free pair. */
  readonly port: number | 'default'
  /** Data port; `next` is the one after the control port where it is free. */
  readonly dataPort: number | 'next'
  readonly pin: string | null
  /** Permits the unencrypted data channel. */
  readonly clear: boolean
  readonly technique: ReceiveTechnique | 'auto'
  readonly bufferBytes: number
  readonly durability: Durability
  readonly check: boolean
  readonly onConflict: ConflictRule
  /** Whether to announce and to answer discovery; without effect on `loopback`. */
  readonly visible: boolean
  /**
   * Asks the user. The signal aborts when the sender takes the offer back. `always` stores the user's word that this device
   * is accepted from now on; it is null for a device that proved no certificate, because another one could pass for it.
   */
  decide(offer: IncomingOffer, signal: AbortSignal, always: AlwaysAccept | null): Promise<Decision>
}

/** A receiver that listens. */
export interface Receiving {
  readonly port: number
  readonly dataPort: number | null
  readonly dir: string
  /** Called for each offer that comes in, once its state is `offered`; returns the function that ends it. */
  onTransfer(listener: (transfer: Transfer) => void): () => void
  close(): Promise<void>
}

/** Devices nearby. */
export interface Peers {
  list(): readonly Device[]
  onChange(listener: () => void): () => void
  /** Starts multicast, and a subnet scan where nothing answers. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Asks one address; throws `peer-unreachable` or `not-a-peer`. Port 53317 where none is given. */
  probe(host: string, port?: number): Promise<Device>
  /** HOST[:PORT], alias or fingerprint to a device, waiting up to `waitMs` for it to appear; throws `peer-not-found`, `peer-ambiguous`. */
  resolve(to: string, waitMs: number): Promise<Device>
}

/** The whole product over one state folder. */
export interface Penstock {
  readonly fingerprint: string
  readonly alias: string
  readonly peers: Peers
  readonly settings: SettingsStore
  send(options: SendOptions): Transfer
  /** To a folder on this machine, without a socket. */
  copy(options: CopyOptions): Transfer
  /** Throws `port-in-use`, `state-in-use`, `no-permission`. */
  receive(options: ReceiveOptions): Promise<Receiving>
  history(limit: number): Promise<readonly HistoryEntry[]>
  close(): Promise<void>
}

export interface OpenOptions {
  /** Folder for identity, settings and history; made with mode 0700 if missing. */
  readonly stateDir: string
  /** Folder of another state whose identity is taken, so that peers know this device by it. */
  readonly identityDir?: string
  /** Name shown to others; the host name where it is null. */
  readonly alias: string | null
  /**
   * Called once for each error of this program in a transfer, which has then ended as `internal`; `transferId` is null where
   * it belongs to none. Left out: Node prints it as a warning.
   */
  readonly onProgrammingError?: (error: unknown, transferId: string | null) => void
  /** Left out: {@link STREAM_LIMITS}. */
  readonly streamLimits?: Partial<StreamLimits>
}
