/** How a device says what it is (LocalSend `deviceType`). */
export type DeviceType = 'mobile' | 'desktop' | 'web' | 'headless' | 'server'

/** How a device was found; one device found in several ways is still listed once. */
export type FoundBy = 'multicast' | 'scan' | 'address'

/** What a Penstock says of itself beside the LocalSend fields; other programs ignore it. */
export interface PenstockAbilities {
  /** Versions of the wire that it speaks; this build speaks 1. */
  readonly versions: readonly number[]
  /** TCP port of the data channel; null where there is none and bytes go in the HTTPS body. */
  readonly dataPort: number | null
  /** Security modes that its user permits for the data channel. */
  readonly security: readonly ('sealed' | 'clear')[]
}

/** A device on the network. Identified by its certificate's fingerprint; over HTTP, where there is none, by its address. */
export interface Device {
  /** Unique in the list: the fingerprint of a device that proved it, else `http://HOST:PORT`. */
  readonly id: string
  /** SHA-256 of the certificate's DER in lower-case hexadecimal, proved by TLS; empty over HTTP, which proves nothing. */
  readonly fingerprint: string
  readonly alias: string
  readonly deviceModel: string | null
  readonly deviceType: DeviceType | null
  readonly kind: 'penstock' | 'localsend'
  /** LocalSend protocol version that it announced, e.g. "2.1". */
  readonly version: string
  readonly protocol: 'https' | 'http'
  /** Address to connect to: the last one that answered. */
  readonly host: string
  /** TCP port of the control channel. */
  readonly port: number
  readonly penstock: PenstockAbilities | null
  readonly foundBy: readonly FoundBy[]
  /** Whether a transfer with it was completed before, in either direction. It permits nothing. */
  readonly recent: boolean
  /** Milliseconds since the epoch when it was last heard. */
  readonly lastSeen: number
}

/** A device in short, for reports and history. */
export interface PeerSummary {
  readonly alias: string
  /** Proved by TLS; empty where nothing was proved, and for a folder on this machine. */
  readonly fingerprint: string
  readonly kind: 'penstock' | 'localsend' | 'folder'
}
