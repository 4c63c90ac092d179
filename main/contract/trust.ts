import * as z from 'zod/mini'
import { isAlias } from './alias.ts'
import { list, object } from './schema.ts'

/** Version of the file of trusted devices. */
export const TRUSTED_VERSION = 1

export const TRUSTED_LIMITS = {
  /** Most trusted devices. One more is refused, because none is dropped without the user. */
  devices: 1024,
  /** Most addresses bound to one device; the oldest is dropped first. */
  addresses: 4,
} as const

/** SHA-256 of a certificate's DER, lower-case hexadecimal. */
export const fingerprintSchema = z.string().check(z.regex(/^[0-9a-f]{64}$/))

const name = z.string().check(z.refine(isAlias))

/** An address at which a device has proved its identity; the port is null if only the device connected from there. */
export const boundAddressSchema = object({ host: z.string(), port: z.nullable(z.number()) })
export type BoundAddress = z.infer<typeof boundAddressSchema>

/** A device that the user paired with, or whose fingerprint the user confirmed. */
export const trustedDeviceSchema = object({
  fingerprint: fingerprintSchema,
  /** The name that the user knows; null until the device has proved itself for the first time. */
  name: z.nullable(name),
  /** The name that the device last gave itself. */
  alias: z.nullable(z.string()),
  /** Latest first. */
  addresses: list(boundAddressSchema).check(z.maxLength(TRUSTED_LIMITS.addresses)),
  /** ISO time of the user's decision. */
  since: z.string(),
  /** Whether its encrypted transfers are accepted without a prompt. */
  alwaysAccept: z.boolean(),
  /** Whether it may send unencrypted, and with `alwaysAccept` without a prompt. */
  mayClear: z.boolean(),
})
export type TrustedDevice = z.infer<typeof trustedDeviceSchema>

/** The file of trusted devices. */
export const trustedFileSchema = object({
  version: z.literal(TRUSTED_VERSION),
  devices: list(trustedDeviceSchema).check(z.maxLength(TRUSTED_LIMITS.devices)),
})

/** What the user changes of a trusted device. */
export const trustedChangeSchema = object({
  name: z.optional(name),
  alwaysAccept: z.optional(z.boolean()),
  mayClear: z.optional(z.boolean()),
})
export type TrustedChange = z.infer<typeof trustedChangeSchema>

/** The name of a trusted device on screens. */
export function trustedName({ name, alias, fingerprint }: TrustedDevice): string {
  return name ?? alias ?? fingerprint.slice(0, 16)
}
