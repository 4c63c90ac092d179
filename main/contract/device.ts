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

/** A device on the network. Identified by its certificate's fingerprint, not by its address. */
export interface Device {
  /** SHA-256 of the certificate's DER in lower-case hexadecimal (HTTPS), or the announced string (HTTP). */
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
  /** True when this user has accepted or sent to it before. */
  readonly known: boolean
  /** Milliseconds since the epoch when it was last heard. */
  readonly lastSeen: number
}

/** A device in short, for reports and history; a folder on this machine has no fingerprint. */
export interface PeerSummary {
  readonly alias: string
  readonly fingerprint: string
  readonly kind: 'penstock' | 'localsend' | 'folder'
}
