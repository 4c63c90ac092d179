import type { Device } from '../contract/device.ts'
import type { Problem } from '../contract/errors.ts'
import type { HistoryEntry } from '../contract/history.ts'
import type { ConflictRule, Durability, NotDelivered } from '../contract/report.ts'
import type { IncomingOffer, TerminalState, Totals, TransferView } from '../contract/transfer.ts'
import type { AlwaysAccept } from './device/trust.ts'
import type { LinkPages } from '../contract/link.ts'
import type { ProvedIdentity } from './device/proved.ts'
import type { TrustedDevices } from './device/trusted-devices.ts'
import type { ListenHost } from './protocol/http/listen.ts'
import type { Pairings } from './pairing/pairings.ts'
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
  /** This end's own random id. Both ends report {@link TransferView.transferId}. */
  readonly id: string
  readonly role: 'sender' | 'receiver'
  /** The device at the other end as proved by TLS; null if not proved, or not yet. */
  readonly peerIdentity: ProvedIdentity | null
  /** Whether the user of this end started or accepted it; false for an offer that is not accepted (yet). */
  readonly isWanted: boolean
  /** The current view; counters are sampled at the call. */
  view(): TransferView
  /** Called on each change of state, never for bytes; returns a function that removes the listener. */
  onChange(listener: () => void): () => void
  /** Resolves once, with the one terminal state. Never rejects. */
  readonly ended: Promise<TerminalState>
  /** Ends it from this side; no effect after the end. */
  cancel(): void
  /** Applies from the next range on. Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
}

export interface SendOptions {
  /** Files and folders, absolute or relative to the working directory. */
  readonly paths: readonly string[]
  /** Patterns of names and paths that are left out, as in .gitignore. */
  readonly exclude?: readonly string[]
  readonly to: Device
  readonly security: 'clear' | 'encrypted'
  /** `auto` lets the plan choose. */
  readonly technique: SendTechnique | 'auto'
  /** Connections for content, 1 to 16; `auto` lets the plan choose. */
  readonly streams: number | 'auto'
  /** What `mmap` does to its windows; by default, what is usual on this system. */
  readonly mapOptions?: readonly MapOption[]
  /** Whether `readwrite` leaves nothing in the page cache; by default as the plan decides. */
  readonly dontcache?: boolean
  /** Buffer of `readwrite` in bytes, 4096 to 16 MiB. */
  readonly bufferBytes: number
  readonly check: boolean
  readonly pin: string | null
  /**
   * The user confirmed that `to` is another device than the trusted one whose name or address it uses. Without it such a
   * transfer fails with `device-changed`.
   */
  readonly otherDevice?: boolean
  /**
   * If given, these slices of the only file at `paths` are sent, each as a separate file, as a message queue serves messages
   * from its log.
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
  /** As in {@link SendOptions}. */
  readonly exclude?: readonly string[]
  /** Created if missing. */
  readonly dir: string
  /** `auto` tries the techniques in order of copies, fewest first. */
  readonly technique: CopyTechnique | 'auto'
  readonly durability: Durability
  readonly onConflict: ConflictRule
}

export type Decision = { readonly accept: true } | { readonly accept: false; readonly problem: Problem }

export interface ReceiveOptions {
  /** Folder for received files; created if missing. */
  readonly dir: string
  /** `loopback` is reachable from this machine only and is never announced. */
  readonly host: ListenHost
  /** Fingerprint (64 lower-case hexadecimal digits) of the one device that is admitted; null admits every device. */
  readonly only: string | null
  /** Control port: a number, 0 for any free port, or `default` for 53317, else any free pair. */
  readonly port: number | 'default'
  /** Data port; `next` is the port after the control port if it is free. */
  readonly dataPort: number | 'next'
  readonly pin: string | null
  /** Permits the unencrypted data channel. */
  readonly clear: boolean
  readonly technique: ReceiveTechnique | 'auto'
  /** Whether `readwrite` leaves nothing in the page cache; by default as the plan decides. */
  readonly dontcache?: boolean
  readonly bufferBytes: number
  readonly durability: Durability
  readonly check: boolean
  readonly onConflict: ConflictRule
  /** Whether to announce this device and answer discovery; no effect on `loopback`. */
  readonly visible: boolean
  /**
   * Asks the user. The signal aborts when the sender withdraws the offer. `always` stores that this device is accepted from
   * now on; it is null for a device without a proved certificate, because another device could impersonate it.
   */
  decide(offer: IncomingOffer, signal: AbortSignal, always: AlwaysAccept | null): Promise<Decision>
  /** Called for each text message. Without it, a message is offered as a file. */
  readonly onText?: (message: ReceivedText) => void
}

/** A text message of another device. It is shown and can be copied; nothing is opened or stored. */
export interface ReceivedText {
  readonly alias: string
  readonly host: string
  /** Proved by TLS; empty if not proved. */
  readonly fingerprint: string
  readonly text: string
}

/** A receiver that listens. */
export interface Receiving {
  readonly port: number
  readonly dataPort: number | null
  readonly dir: string
  /** Called for each incoming offer, once its state is `offered`; returns a function that removes the listener. */
  onTransfer(listener: (transfer: Transfer) => void): () => void
  /**
   * Opens a page from which browsers send files to this receiver; each offer is decided like any other. It closes with the
   * receiver. Throws `port-in-use`, `no-permission`.
   */
  openLink(options: LinkOptions): Promise<Link>
  close(): Promise<void>
}

/** Files for browsers and LocalSend's download API. */
export interface ShareOptions {
  /** Files and folders, absolute or relative to the working directory. */
  readonly paths: readonly string[]
  /** As in {@link SendOptions}. */
  readonly exclude?: readonly string[]
  readonly host: ListenHost
  /** `default` is 53319, or any free port if that is taken; 0 is any free port. */
  readonly port: number | 'default'
  /** HTTPS with this device's certificate; else HTTP, which anyone on the way can read. */
  readonly secure: boolean
  /** Without one, the link itself holds a secret. */
  readonly pin: string | null
  /** After this time the share ends; null for no limit. */
  readonly seconds: number | null
  readonly pages: LinkPages
  /** Ends the search for the files. */
  readonly signal: AbortSignal
}

/** What a browser has received. */
export interface Shared {
  readonly address: string
  /** Null for all files in one archive. */
  readonly path: string | null
  readonly bytes: number
}

export type ShareEnd = 'stopped' | 'expired'

/** A link to something on this device. */
export interface Link {
  /** For browsers, the most likely to be reached first. */
  readonly links: readonly string[]
  readonly port: number
  /** SHA-256 of the certificate; null over HTTP. */
  readonly fingerprint: string | null
  /** Serves nothing more. */
  close(): Promise<void>
}

/** A page of a receiver, from which browsers send files. */
export type LinkOptions = Pick<ShareOptions, 'host' | 'port' | 'secure' | 'pages'>

/** A running share. */
export interface Share extends Link {
  readonly totals: Totals
  /** What was found and cannot be shared. */
  readonly notDelivered: readonly NotDelivered[]
  readonly ended: Promise<ShareEnd>
  /** Called for each file or archive that a browser has received; returns a function that removes the listener. */
  onShared(listener: (shared: Shared) => void): () => void
}

/** Devices nearby. */
export interface Peers {
  list(): readonly Device[]
  onChange(listener: () => void): () => void
  /** Starts multicast, and a subnet scan if nothing answers. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Resolves when a running search has tried every way once: multicast, and the scan of the subnets. */
  searched(): Promise<void>
  /** Address of another machine that uses this device's identity, as after a copy of its state; null if none was seen. */
  readonly twin: string | null
  /** Queries one address; throws `peer-unreachable` or `not-a-peer`. The default port is 53317. */
  probe(host: string, port?: number): Promise<Device>
  /**
   * Finds the device for a HOST[:PORT], alias or fingerprint; waits up to `waitMs` for it to appear. Throws
   * `peer-not-found`, `peer-ambiguous`.
   */
  resolve(to: string, waitMs: number): Promise<Device>
}

/** The whole product over one state folder. */
export interface Penstock {
  readonly fingerprint: string
  readonly alias: string
  readonly peers: Peers
  readonly settings: SettingsStore
  readonly trusted: TrustedDevices
  readonly pairing: Pick<Pairings, 'start' | 'onRequest'>
  send(options: SendOptions): Transfer
  /** Copies to a folder on this machine, without a socket. */
  copy(options: CopyOptions): Transfer
  /** Shares files by a link. Throws the errors of the search for them, `port-in-use`, `no-permission`. */
  share(options: ShareOptions): Promise<Share>
  /** Throws `port-in-use`, `state-in-use`, `no-permission`. */
  receive(options: ReceiveOptions): Promise<Receiving>
  history(limit: number): Promise<readonly HistoryEntry[]>
  close(): Promise<void>
}

export interface OpenOptions {
  /** Folder for identity, settings and history; created with mode 0700 if missing. */
  readonly stateDir: string
  /** Another state folder whose identity is used, so that peers see the same device. */
  readonly identityDir?: string
  /** Name shown to others; null for the host name. */
  readonly alias: string | null
  /**
   * Called once for each error of this program in a transfer, which has then ended as `internal`; `transferId` is null if it
   * belongs to none. If omitted, Node prints a warning.
   */
  readonly onProgrammingError?: (error: unknown, transferId: string | null) => void
  /** Default: {@link STREAM_LIMITS}. */
  readonly streamLimits?: Partial<StreamLimits>
}
