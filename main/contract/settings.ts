import * as z from 'zod/mini'
import { ALIAS_MAX, cutAlias } from './alias.ts'
import { CONFLICT_RULES, DURABILITIES } from './report.ts'
import { object } from './schema.ts'
import { BUFFER_BYTES, RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from './technique.ts'

/** Version of the settings file. */
export const SETTINGS_VERSION = 1

/** Devices that are remembered after a transfer; the oldest go first. */
export const RECENT_DEVICES = 256

const fingerprint = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/** A device that the user always accepts from. */
export const alwaysAcceptSchema = object({
  alias: z.string(),
  /** ISO time of the user's decision. */
  since: z.string(),
  /** Whether its unencrypted transfers are accepted as well. */
  allowClear: z.boolean(),
})

/** A device that a transfer was completed with. */
export const recentDeviceSchema = object({
  fingerprint,
  alias: z.string(),
  /** ISO time when the last transfer with it was done. */
  at: z.string(),
})

/** Settings that the window shows and changes. */
const shown = {
  /** Null: the host name. */
  alias: z.nullable(z.string().check(z.minLength(1), z.maxLength(ALIAS_MAX))),
  security: z.enum(['encrypted', 'clear']),
  technique: z.enum([...SEND_TECHNIQUES, 'auto']),
  receiveTechnique: z.enum([...RECEIVE_TECHNIQUES, 'auto']),
  bufferBytes: z.int().check(z.minimum(BUFFER_BYTES.min), z.maximum(BUFFER_BYTES.max)),
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh']),
}

/** The settings as the window has them. */
export const windowSettingsSchema = object({
  ...shown,
  /** Where received files go; absolute. */
  folder: z.string().check(z.minLength(1)),
})
export type WindowSettings = z.infer<typeof windowSettingsSchema>

/** A change of some of them. */
export const windowSettingsChangeSchema = z.partial(windowSettingsSchema.def.innerType)

/** The settings file. A field that is missing has its default. */
export const settingsSchema = object({
  version: z.literal(SETTINGS_VERSION),
  // What an earlier version wrote is cut: a long name is no reason to set the user's settings aside.
  alias: z._default(
    z.pipe(
      z.nullable(z.string()),
      z.transform((alias) => (alias === null ? null : cutAlias(alias) || null)),
    ),
    null,
  ),
  /** Folder for received files; null: the platform's Downloads/Penstock. */
  folder: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  security: z._default(shown.security, 'encrypted'),
  technique: z._default(shown.technique, 'auto'),
  receiveTechnique: z._default(shown.receiveTechnique, 'auto'),
  bufferBytes: z._default(shown.bufferBytes, BUFFER_BYTES.default),
  check: z._default(z.boolean(), true),
  durability: z._default(z.enum(DURABILITIES), 'commit'),
  onConflict: z._default(z.enum(CONFLICT_RULES), 'keep-both'),
  theme: z._default(shown.theme, 'system'),
  language: z._default(shown.language, 'system'),
  /** Devices whose transfers are accepted without a question, by proved fingerprint. Written only on the user's decision. */
  alwaysAccept: z._default(z.readonly(z.record(fingerprint, alwaysAcceptSchema)), {}),
  /** Devices that a transfer was completed with, the latest first. It permits nothing. */
  recent: z._default(z.readonly(z.array(recentDeviceSchema).check(z.maxLength(RECENT_DEVICES))), []),
})
export type Settings = z.infer<typeof settingsSchema>
/** What a user may change; null and defaults are values like others. */
export type SettingsChange = Partial<Omit<Settings, 'version'>>
