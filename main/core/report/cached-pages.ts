import { addon } from '../../../native/index.ts'

/** Files of a transfer whose pages are counted; those of more files are not. */
const COUNTED_FILES = 1000
/** Time limit of the count, in milliseconds; it runs on another thread, after "done". */
const COUNT_MS = 50

/** Pages of these files in the page cache; null if they cannot be counted, or not within the limits. */
export async function cachedPagesOf(paths: Iterable<string> | null): Promise<number | null> {
  if (paths === null) return null
  const files = new Set<string>()
  for (const path of paths) {
    if (files.add(path).size > COUNTED_FILES) return null
  }
  return addon.cachedPages([...files], COUNT_MS)
}
