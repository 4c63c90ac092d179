import * as z from 'zod/mini'
import { ALIAS_MAX, cutAlias } from './alias.ts'
import { CONFLICT_RULES, DURABILITIES } from './report.ts'
import { object } from './schema.ts'
import { BUFFER_BYTES, RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from './technique.ts'
import { fingerprintSchema } from './trust.ts'

/** Version of the settings file. */
export const SETTINGS_VERSION = 1

/** Most devices stored after a transfer; the oldest are dropped first. */
export const RECENT_DEVICES = 256

/** Most characters of a PIN. */
export const PIN_MAX = 64

/** Files that file managers write into the folders that they show. */
export const SYSTEM_FILES: readonly string[] = ['.DS_Store', 'Thumbs.db']

/** A device of a completed transfer. */
export const recentDeviceSchema = object({
  fingerprint: fingerprintSchema,
  alias: z.string(),
  /** ISO time of the end of the last transfer with it. */
  at: z.string(),
})

/** Settings that the window shows and changes. */
const shown = {
  /** Null for the host name. */
  alias: z.nullable(z.string().check(z.minLength(1), z.maxLength(ALIAS_MAX))),
  security: z.enum(['encrypted', 'clear']),
  /** What senders must enter; null for none. */
  pin: z.nullable(z.string().check(z.minLength(1), z.maxLength(PIN_MAX))),
  /** Whether this device is neither announced nor found. */
  hidden: z.boolean(),
  technique: z.enum([...SEND_TECHNIQUES, 'auto']),
  receiveTechnique: z.enum([...RECEIVE_TECHNIQUES, 'auto']),
  bufferBytes: z.int().check(z.minimum(BUFFER_BYTES.min), z.maximum(BUFFER_BYTES.max)),
  /** Whether transfers from the window leave out {@link SYSTEM_FILES}. */
  leaveOutSystemFiles: z.boolean(),
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh']),
}

/** The settings as the window holds them. */
export const windowSettingsSchema = object({
  ...shown,
  /** Absolute path of the folder for received files. */
  folder: z.string().check(z.minLength(1)),
})
export type WindowSettings = z.infer<typeof windowSettingsSchema>

/** A change of some of them. */
export const windowSettingsChangeSchema = z.partial(windowSettingsSchema.def.innerType)

/** The settings file. A missing field has its default. */
export const settingsSchema = object({
  version: z.literal(SETTINGS_VERSION),
  // A long name, as earlier versions wrote it, is cut, so that it does not invalidate the user's settings.
  alias: z._default(
    z.pipe(
      z.nullable(z.string()),
      z.transform((alias) => (alias === null ? null : cutAlias(alias) || null)),
    ),
    null,
  ),
  /** Folder for received files; null for the platform's Downloads/Penstock. */
  folder: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  security: z._default(shown.security, 'encrypted'),
  pin: z._default(shown.pin, null),
  hidden: z._default(shown.hidden, false),
  technique: z._default(shown.technique, 'auto'),
  receiveTechnique: z._default(shown.receiveTechnique, 'auto'),
  bufferBytes: z._default(shown.bufferBytes, BUFFER_BYTES.default),
  check: z._default(z.boolean(), true),
  durability: z._default(z.enum(DURABILITIES), 'commit'),
  onConflict: z._default(z.enum(CONFLICT_RULES), 'keep-both'),
  leaveOutSystemFiles: z._default(shown.leaveOutSystemFiles, false),
  theme: z._default(shown.theme, 'system'),
  language: z._default(shown.language, 'system'),
  /** Devices of completed transfers, latest first. Being listed permits nothing. */
  recent: z._default(z.readonly(z.array(recentDeviceSchema).check(z.maxLength(RECENT_DEVICES))), []),
})
export type Settings = z.infer<typeof settingsSchema>
/** The settings that a user may change, null and default values included. */
export type SettingsChange = Partial<Omit<Settings, 'version'>>
