import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { addon, type Folder } from '../../../native/index.ts'
import { OWN_PREFIX } from './names.ts'
import { Staging, type StagingNames } from './staging.ts'

const ID_BYTES = 16

/**
 * Creates the staging folders of one state folder, and recognises those that a process left behind. Each holds a marker: an
 * HMAC-SHA-256, under a key of the state folder, of its name and of the folder's file identity. A folder that was copied,
 * renamed, given another owner or created by another program has no valid marker and is left alone.
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
   * Removes the staging folders in `dir` whose process has ended, as after a kill or a power cut. Never throws; resolves
   * with the removed names.
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
      // A folder that does not exist or cannot be read has nothing to sweep.
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
      // A folder that cannot be opened or removed is left for the next sweep.
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
