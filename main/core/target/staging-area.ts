import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { addon, type Folder } from '../../../native/index.ts'
import { OWN_PREFIX } from './names.ts'
import { Staging, type StagingNames } from './staging.ts'

const ID_BYTES = 16

/**
 * Makes the staging folders of one state folder, and recognises those that a process left. Each holds a marker: an
 * HMAC-SHA-256, under a key of the state folder, of its name and of what tells the folder itself from any other. A folder
 * that was copied, renamed, given away or made by anyone else has no valid marker, and is left alone.
 */
export class StagingArea {
  readonly #names: StagingNames

  /** `key`: 32 random bytes of the state folder. */
  constructor(key: Uint8Array) {
    this.#names = {
      next: () => OWN_PREFIX + randomBytes(ID_BYTES).toString('hex'),
      markerOf: (name, folder) =>
        createHmac('sha256', key)
          .update(`penstock staging\0${name}\0${addon.identityOf(folder)}`)
          .digest(),
    }
  }

  /** As {@link Staging.create}. */
  create(targetDir: string): Promise<Staging> {
    return Staging.create(targetDir, this.#names)
  }

  /**
   * Removes the staging folders in `dir` whose process is gone: what a kill or a power cut left. Never throws; resolves
   * with the names that were removed.
   */
  async sweep(dir: string): Promise<readonly string[]> {
    const swept: string[] = []
    let target: Folder | null = null
    try {
      const names = (await readdir(dir)).filter((name) => name.startsWith(OWN_PREFIX))
      if (names.length === 0) return []
      target = addon.openFolder(dir)
      for (const name of names) {
        if (await this.#removeOrphan(target, name)) swept.push(name)
      }
    } catch {
      // A folder that is not there yet, or that cannot be read, has nothing to sweep.
    } finally {
      target?.close()
    }
    return swept
  }

  async #removeOrphan(target: Folder, name: string): Promise<boolean> {
    let folder: Folder | null = null
    try {
      folder = addon.openFolderIn(target, name)
      if (!this.#isMarked(name, folder) || !addon.tryLock(folder)) return false
      await addon.removeStaging(target, name, folder)
      return true
    } catch {
      // What cannot be opened or removed stays for the next time.
      return false
    } finally {
      folder?.close()
    }
  }

  #isMarked(name: string, folder: Folder): boolean {
    const found = addon.readMarker(folder)
    const expected = this.#names.markerOf(name, folder)
    return found !== null && found.length === expected.length && timingSafeEqual(found, expected)
  }
}
