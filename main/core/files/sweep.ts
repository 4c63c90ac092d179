import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addon } from '../../../native/index.ts'
import { OWN_PREFIX } from './names.ts'

/** A folder is made before it is locked: one this young may be on its way to its owner. In milliseconds. */
const YOUNG_MS = 60_000

/**
 * Removes the staging folders in `dir` that no living process owns: what a crash or a power cut left. Links, files and
 * folders that cannot be judged stay. Never throws; resolves with the names that were removed.
 */
export async function sweepStaging(dir: string, youngMs = YOUNG_MS): Promise<readonly string[]> {
  const swept: string[] = []
  try {
    const names = (await readdir(dir)).filter((name) => name.startsWith(OWN_PREFIX))
    for (const name of names) {
      if (await removeOrphan(dir, name, youngMs)) swept.push(name)
    }
  } catch {
    // A folder that is not there yet, or that cannot be read, has nothing to sweep.
  }
  return swept
}

async function removeOrphan(dir: string, name: string, youngMs: number): Promise<boolean> {
  const path = join(dir, name)
  try {
    const facts = await lstat(path)
    if (!facts.isDirectory() || Date.now() - facts.ctimeMs < youngMs) return false
    if (!isOwnerless(path)) return false
    const parent = addon.openFolder(dir)
    try {
      await addon.removeStaging(parent, name)
    } finally {
      parent.close()
    }
    return true
  } catch {
    return false
  }
}

/** The lock is let go again: not every system removes what is open. */
function isOwnerless(path: string): boolean {
  const folder = addon.openFolder(path)
  try {
    return addon.tryLock(folder)
  } finally {
    folder.close()
  }
}
