import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PenstockError } from '../../contract/errors.ts'
import {
  SETTINGS_VERSION,
  settingsSchema,
  type Settings,
  type SettingsChange,
} from '../../contract/settings.ts'
import { problemOfError } from '../errors/errno.ts'
import { writeAtomically } from './atomic-file.ts'
import { readStateFile } from './state-file.ts'
import { makeStateFolder } from './state-folder.ts'

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({ version: SETTINGS_VERSION })

/** Step N turns the file of version N into that of version N + 1. */
const MIGRATIONS: Readonly<
  Record<number, (old: Readonly<Record<string, unknown>>) => Record<string, unknown>>
> = {
  // Files from before the version field existed.
  0: (old) => ({ ...old, version: 1 }),
}

const anyVersionSchema = z.looseObject({ version: z.number().int().min(0).default(0) })

/** Reads the content of a settings file of any known version; throws a ZodError or SyntaxError on others. */
export function parseSettings(text: string): Settings {
  let data = anyVersionSchema.parse(JSON.parse(text))
  while (data.version < SETTINGS_VERSION) {
    const migrate = MIGRATIONS[data.version]
    if (!migrate) break
    data = anyVersionSchema.parse(migrate(data))
  }
  return settingsSchema.parse(data)
}

/** The user's settings: one JSON file in the state folder. */
export class SettingsStore {
  readonly #path: string
  #current: Settings
  #writing: Promise<unknown> = Promise.resolve()
  /** Where an unreadable file was moved to; null if there was none. */
  readonly keptAside: string | null

  private constructor(path: string, current: Settings, keptAside: string | null) {
    this.#path = path
    this.#current = current
    this.keptAside = keptAside
  }

  /**
   * Reads `settings.json`; uses the defaults if there is none. A file that cannot be parsed is renamed to
   * `settings.json.broken-<time>`, named in `keptAside`, and the defaults apply. Throws `state-unreadable`, `no-permission`,
   * `io`.
   */
  static async open(stateDir: string): Promise<SettingsStore> {
    await makeStateFolder(stateDir)
    const path = join(stateDir, 'settings.json')
    try {
      const text = await readStateFile(path)
      if (text === null) return new SettingsStore(path, DEFAULT_SETTINGS, null)
      const settings = understood(text)
      if (settings) return new SettingsStore(path, settings, null)
      const aside = `${path}.broken-${new Date().toISOString().replaceAll(':', '-')}`
      await rename(path, aside)
      return new SettingsStore(path, DEFAULT_SETTINGS, aside)
    } catch (error) {
      throw problemOfError(error, { path })
    }
  }

  get current(): Settings {
    return this.#current
  }

  /**
   * Changes some settings and writes them. Calls take effect in order, and only once they are written. Changes by another
   * process are kept. Throws `usage` on values out of range, `no-permission`, `disk-full`, `io`.
   */
  update(change: SettingsChange | ((current: Settings) => SettingsChange)): Promise<Settings> {
    const written = this.#writing.then(() => this.#write(change))
    // A failed write is reported to its own caller; it does not affect the next one.
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #write(change: SettingsChange | ((current: Settings) => SettingsChange)): Promise<Settings> {
    try {
      const text = await readStateFile(this.#path)
      const present = (text === null ? null : understood(text)) ?? this.#current
      const next = changed(present, typeof change === 'function' ? change(present) : change)
      await writeAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`)
      this.#current = next
      return next
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    }
  }
}

function changed(present: Settings, fields: SettingsChange): Settings {
  const parsed = settingsSchema.safeParse({ ...present, ...fields })
  if (parsed.success) return parsed.data
  throw new PenstockError('usage', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
}

function understood(text: string): Settings | null {
  try {
    return parseSettings(text)
  } catch {
    return null
  }
}
