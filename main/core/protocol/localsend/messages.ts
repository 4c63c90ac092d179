import { z } from 'zod'
import { cutAlias } from '../../../contract/alias.ts'
import type { DeviceType, PenstockAbilities } from '../../../contract/device.ts'
import { PenstockError } from '../../../contract/errors.ts'

/** LocalSend protocol version that this build announces. */
export const LOCALSEND_VERSION = '2.1'
/** Default port of control and multicast. */
export const DEFAULT_PORT = 53317
export const API_PREFIX = '/api/localsend/v2'
/** Where LocalSend 1.17 and earlier look for a typed address, a favourite, and the devices of their subnet. */
export const INFO_PATH_1 = '/api/localsend/v1/info'
/** Paths between two Penstocks: frames in a request body, and the technique in use. */
export const STREAM_PATH = '/api/penstock/v1/stream'
export const TECHNIQUE_PATH = '/api/penstock/v1/technique'
/** Content type of an offer between two Penstocks. */
export const NDJSON = 'application/x-ndjson'

/** Limits of received messages, in characters unless marked; anything beyond is refused. */
export const MESSAGE_LIMITS = {
  deviceModel: 256,
  /** Longer names are cut; only an invalid name is refused. */
  aliasText: 4096,
  fingerprint: 128,
  fileName: 4096,
  fileId: 256,
  preview: 1024 * 1024,
  /** Files of one LocalSend offer, which must also fit the largest body. */
  files: 50_000,
} as const

// Control characters and direction marks could spoof what a terminal or a list shows.
const UNSAFE_TEXT = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

const shown = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => text.replace(UNSAFE_TEXT, '').trim())
const Port = z.int().min(1).max(65535)
// Empty for one that is malformed or missing: then the certificate alone identifies the device.
const Fingerprint = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .max(MESSAGE_LIMITS.fingerprint)
  .transform(normalizeFingerprint)
  .catch('')
const Version = z.string().regex(/^\d{1,4}(\.\d{1,4}){0,2}$/)
const Kind = z.enum(['mobile', 'desktop', 'web', 'headless', 'server'])

/** Ciphers of the data port. */
const STREAM_CIPHERS = ['sealed', 'none'] as const
type StreamCipher = (typeof STREAM_CIPHERS)[number]

const abilitiesSchema = z.object({
  // Empty for a Penstock that only searches and does not receive.
  versions: z.array(z.int().min(1).max(65535)).max(16),
  dataPort: Port.nullable(),
  // Ciphers that a later version may add are ignored, not refused.
  ciphers: z
    .array(z.string().max(32))
    .max(16)
    .transform((names): StreamCipher[] => STREAM_CIPHERS.filter((cipher) => names.includes(cipher))),
})

const abilitiesOrNone = abilitiesSchema.nullable().default(null).catch(null)

const about = {
  alias: shown(MESSAGE_LIMITS.aliasText).transform(cutAlias).catch(''),
  version: Version.catch('1.0'),
  deviceModel: shown(MESSAGE_LIMITS.deviceModel).nullable().default(null).catch(null),
  deviceType: Kind.nullable().default(null).catch(null),
  fingerprint: Fingerprint,
  penstock: abilitiesOrNone,
}

/** The name of a device that sends none and has no model. */
const NAMELESS = 'LocalSend'

interface Named {
  readonly alias: string
  readonly deviceModel: string | null
  readonly fingerprint: string
}

/** Whether an object describes a device; one without a name and a fingerprint is another program's. */
function isAboutDevice({ alias, fingerprint }: Named): boolean {
  return alias !== '' || fingerprint !== ''
}

function named<Device extends Named>(device: Device): Device {
  return { ...device, alias: device.alias || cutAlias(device.deviceModel ?? '') || NAMELESS }
}

const NOT_A_DEVICE = 'Expected an alias or a fingerprint'

/** Answer of `info` and `register`: the device without its port and protocol. */
export const infoSchema = z.object(about).refine(isAboutDevice, NOT_A_DEVICE).transform(named)
/** Body of `register`, and `info` of an upload offer: port and protocol may be missing. */
export const registrationSchema = z
  .object({
    ...about,
    port: Port.nullable().default(null).catch(null),
    protocol: z.enum(['http', 'https']).nullable().default(null).catch(null),
  })
  .transform(named)
/** A datagram. `announce` is false in an answer; version 1 called it `announcement`. */
export const announcementSchema = z
  .object({
    ...about,
    port: Port.catch(DEFAULT_PORT),
    protocol: z.enum(['http', 'https']).catch('https'),
    announce: z.boolean().nullish().catch(null),
    announcement: z.boolean().nullish().catch(null),
  })
  .refine(isAboutDevice, NOT_A_DEVICE)
  .transform(({ announcement, announce, ...rest }) => ({
    ...named(rest),
    announce: announce ?? announcement ?? false,
  }))

const metadataSchema = z
  .object({
    modified: z.string().max(64).nullable().catch(null),
    accessed: z.string().max(64).nullable().catch(null),
  })
  .nullable()
  .default(null)
  .catch(null)

/**
 * A malformed field costs that file at most: an empty name cannot be created, and a body longer than its size is refused when
 * it arrives.
 */
const fileSchema = z.object({
  fileName: z.string().max(MESSAGE_LIMITS.fileName).catch(''),
  size: z.int().min(0).catch(0),
  fileType: z.string().max(256).catch('application/octet-stream'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .transform((hex) => hex.toLowerCase())
    .nullable()
    .default(null)
    .catch(null),
  preview: z.string().max(MESSAGE_LIMITS.preview).nullable().default(null).catch(null),
  metadata: metadataSchema,
})

/** Body of `prepare-upload` from a LocalSend device; the key of each file is its `id`. */
export const uploadOfferSchema = z.object({
  info: registrationSchema,
  files: z.record(z.string().min(1).max(MESSAGE_LIMITS.fileId), z.unknown()).transform((record, context) => {
    const files: LocalSendFile[] = []
    for (const [id, value] of Object.entries(record)) {
      const file = fileSchema.safeParse(value)
      if (!file.success) {
        context.addIssue({ code: 'custom', message: `Expected a file under the key ${JSON.stringify(id)}` })
        return z.NEVER
      }
      files.push({ id, ...file.data })
    }
    return files
  }),
})

/** Answer to `prepare-upload`: a token for each accepted file. If there is none, there may be no session. */
export const uploadAnswerSchema = z.object({
  sessionId: z.string().max(256).default(''),
  files: z.record(z.string().max(MESSAGE_LIMITS.fileId), z.string().min(1).max(1024)),
})

export type DeviceInfo = z.infer<typeof infoSchema>
export type Registration = z.infer<typeof registrationSchema>
export type Announcement = z.infer<typeof announcementSchema>
export type LocalSendFile = z.infer<typeof fileSchema> & { readonly id: string }
export type UploadOffer = z.infer<typeof uploadOfferSchema>
export type UploadAnswer = z.infer<typeof uploadAnswerSchema>

/** What this device sends about itself. `port` is that of its control channel. */
export interface SelfInfo {
  readonly alias: string
  readonly deviceModel: string | null
  readonly deviceType: DeviceType
  readonly fingerprint: string
  readonly port: number
  readonly penstock: PenstockAbilities
}

const OF_CERTIFICATE = /^[0-9a-fA-F]{64}$/

/** A certificate's fingerprint in lower case; the random string of an HTTP device unchanged. */
export function normalizeFingerprint(text: string): string {
  return OF_CERTIFICATE.test(text) ? text.toLowerCase() : text
}

/** Whether a claimed fingerprint can be that of a certificate; any other is ignored beside a certificate. */
export function isOfCertificate(fingerprint: string): boolean {
  return OF_CERTIFICATE.test(fingerprint)
}

/** Body of an `info` or `register` answer. */
export function infoBody(self: SelfInfo): object {
  const { alias, deviceModel, deviceType, fingerprint, penstock } = self
  return {
    alias,
    version: LOCALSEND_VERSION,
    deviceModel,
    deviceType,
    fingerprint,
    download: false,
    penstock,
  }
}

/** Body of `register` and `info` of an offer. */
export function registrationBody(self: SelfInfo): object {
  return { ...infoBody(self), port: self.port, protocol: 'https' }
}

/** A datagram; `announce` requests answers. */
export function announcementBody(self: SelfInfo, announce: boolean): object {
  return { ...registrationBody(self), announce, announcement: announce }
}

/** Parses unknown JSON text with a schema; throws `protocol` with the error. */
export function parseMessage<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new PenstockError('protocol', { detail: `${what}: not JSON` })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [first] = result.error.issues
  const where = first === undefined ? '' : `${first.path.join('.')} ${first.message}`
  throw new PenstockError('protocol', { detail: `${what}: ${where}`.slice(0, 300) })
}
