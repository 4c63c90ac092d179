import * as z from 'zod/mini'
import { list, object } from './schema.ts'

/** Kind of a device (LocalSend `deviceType`). */
export const DEVICE_TYPES = ['mobile', 'desktop', 'web', 'headless', 'server'] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** How a device was found; one device found in several ways is listed once. */
export const FOUND_BY = ['multicast', 'scan', 'address'] as const
export type FoundBy = (typeof FOUND_BY)[number]

/** Fields that a Penstock announces in addition to LocalSend's; other programs ignore them. */
export const penstockAbilitiesSchema = object({
  /** Supported protocol versions; this build supports version 2. */
  versions: list(z.number()),
  /** TCP port of the data channel; null if there is none and bytes go in the HTTPS body. */
  dataPort: z.nullable(z.number()),
  /** Security modes that its user permits for the data channel. */
  ciphers: list(z.enum(['sealed', 'none'])),
})
export type PenstockAbilities = z.infer<typeof penstockAbilitiesSchema>

/** What the user knows of a device. */
export const recognisedFields = {
  /** Whether a transfer with it was completed before, in either direction. It permits nothing. */
  recent: z.boolean(),
  /** Whether the user trusts it. */
  trusted: z.boolean(),
  /** Name of the trusted device whose name or address this one uses under another key; null if there is none. */
  namesake: z.nullable(z.string()),
}

const device = {
  /** Unique in the list: the fingerprint if proved, else `http://HOST:PORT`. */
  id: z.string(),
  /** SHA-256 of the certificate's DER in lower-case hexadecimal, proved by TLS; empty over HTTP, which proves nothing. */
  fingerprint: z.string(),
  /** The name that the user knows, else the one that the device gives itself. */
  alias: z.string(),
  deviceModel: z.nullable(z.string()),
  deviceType: z.nullable(z.enum(DEVICE_TYPES)),
  kind: z.enum(['penstock', 'localsend']),
  /** Announced version of the LocalSend protocol, e.g. "2.1". */
  version: z.string(),
  protocol: z.enum(['https', 'http']),
  /** Address to connect to: the last one that answered. */
  host: z.string(),
  /** TCP port of the control channel. */
  port: z.number(),
  penstock: z.nullable(penstockAbilitiesSchema),
  foundBy: list(z.enum(FOUND_BY)),
  ...recognisedFields,
  /** Milliseconds since the epoch when it last answered or announced itself. */
  lastSeen: z.number(),
}

/** A device on the network, identified by its certificate's fingerprint; over HTTP, which has none, by its address. */
export const deviceSchema = object(device)
export type Device = z.infer<typeof deviceSchema>

/** A device as the window lists it. */
export const listedDeviceSchema = object({
  ...device,
  /** Whether it is this application's second receiver for trying things out. */
  demo: z.boolean(),
})
export type ListedDevice = z.infer<typeof listedDeviceSchema>

/** Fields of {@link PeerSummary}, for schemas with more fields. */
export const peerFields = {
  alias: z.string(),
  /** Proved by TLS; empty if not proved, and for a folder on this machine. */
  fingerprint: z.string(),
  kind: z.enum(['penstock', 'localsend', 'folder']),
}

/** Summary of a device, for reports and history. */
export const peerSummarySchema = object(peerFields)
export type PeerSummary = z.infer<typeof peerSummarySchema>
