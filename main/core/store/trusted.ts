import { statSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import {
  fingerprintSchema,
  TRUSTED_LIMITS,
  TRUSTED_VERSION,
  trustedFileSchema,
  type TrustedDevice,
} from '../../contract/trust.ts'
import { errnoOf, problemOfError } from '../errors/errno.ts'
import { makeFolders } from '../target/make-folder.ts'
import { writeAtomically } from './atomic-file.ts'
import { readStateFile } from './state-file.ts'

/** How long a writer waits for another process that writes, in milliseconds, and between two tries. */
const LOCK_MS = 5000
const TRY_MS = 20

type Devices = readonly TrustedDevice[]

/** The devices that earlier versions stored in `settings.json` as always accepted. */
const earlierSchema = z.object({
  alwaysAccept: z.record(
    fingerprintSchema,
    z.object({ alias: z.string(), since: z.string(), allowClear: z.boolean() }),
  ),
})

/**
 * The trusted devices: one file in a folder of the state folder, which several processes read and change. Each reader sees a
 * change at once, so that a running receiver follows what another process revokes.
 */
export class TrustedStore {
  readonly #folder: string
  readonly #path: string
  #devices: Devices
  /** Identifies the file that was read last; empty if there was none. */
  #stamp: string
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(folder: string, path: string) {
    this.#folder = folder
    this.#path = path
    this.#devices = []
    this.#stamp = ''
  }

  /** Throws `state-unreadable` if the file exists and cannot be used; it is never replaced. `no-permission`, `io`. */
  static async open(stateDir: string): Promise<TrustedStore> {
    const folder = join(stateDir, 'trusted')
    const store = new TrustedStore(folder, join(folder, 'devices.json'))
    if (store.#read() === null) {
      const earlier = await earlierDevices(stateDir)
      if (earlier.length > 0) await store.update((devices) => (devices.length > 0 ? devices : earlier))
    }
    return store
  }

  /** All of them. If the file can no longer be read, those that were read last, without any permission. */
  get devices(): Devices {
    try {
      this.#read()
    } catch {
      this.#devices = this.#devices.map((device) => ({ ...device, alwaysAccept: false, mayClear: false }))
      this.#stamp = ''
    }
    return this.#devices
  }

  /**
   * Changes the list. Changes of other processes are kept. Throws `state-unreadable`, `state-in-use`, `usage` if there are
   * too many, `no-permission`, `disk-full`, `io`.
   */
  update(change: (devices: Devices) => Devices): Promise<void> {
    const written = this.#writing.then(() => this.#locked(change))
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #locked(change: (devices: Devices) => Devices): Promise<void> {
    let folder: Folder | null = null
    try {
      await makeFolders(this.#folder, 0o700)
      folder = addon.openFolder(this.#folder)
      await lock(folder, this.#folder)
      const before = this.#read() ?? []
      const devices = change(before)
      if (devices === before) return
      if (devices.length > TRUSTED_LIMITS.devices)
        throw new PenstockError('usage', { detail: `over ${TRUSTED_LIMITS.devices} trusted devices` })
      const text = JSON.stringify(trustedFileSchema.parse({ version: TRUSTED_VERSION, devices }), null, 2)
      await writeAtomically(this.#path, `${text}\n`)
      this.#read()
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    } finally {
      folder?.close()
    }
  }

  /** Reads the file if it has changed; null if there is none. Throws `state-unreadable`. */
  #read(): Devices | null {
    try {
      const file = statSync(this.#path, { bigint: true })
      // Opening a pipe would wait for a writer.
      if (!file.isFile()) throw new PenstockError('state-unreadable', { path: this.#path })
      const stamp = `${file.ino} ${file.mtimeNs} ${file.size}`
      if (stamp !== this.#stamp) {
        this.#devices = trustedFileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).devices
        this.#stamp = stamp
      }
      return this.#devices
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT')
        throw new PenstockError('state-unreadable', { path: this.#path }, { cause: error })
      this.#devices = []
      this.#stamp = ''
      return null
    }
  }
}

async function lock(folder: Folder, path: string): Promise<void> {
  const deadline = performance.now() + LOCK_MS
  while (!addon.tryLock(folder)) {
    if (performance.now() > deadline) throw new PenstockError('state-in-use', { path })
    await sleep(TRY_MS)
  }
}

async function earlierDevices(stateDir: string): Promise<TrustedDevice[]> {
  const text = await readStateFile(join(stateDir, 'settings.json'))
  const found = earlierSchema.safeParse(jsonOf(text))
  if (!found.success) return []
  return Object.entries(found.data.alwaysAccept).map(([fingerprint, { alias, since, allowClear }]) => ({
    ...{ fingerprint, name: alias || null, alias: alias || null, addresses: [], since },
    ...{ alwaysAccept: true, mayClear: allowClear },
  }))
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
