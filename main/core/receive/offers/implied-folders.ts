import { randomInt } from 'node:crypto'

/** Memory of a folder that only the path of an entry names, in the plan and in the table of names, in bytes. */
export const IMPLIED_FOLDER_BYTES = 512
/** Memory of the hash of a folder that is an entry itself, in bytes. */
export const NAMED_FOLDER_BYTES = 48

const FNV_PRIME = 0x01000193

/**
 * Counts the folders that paths imply without an earlier entry. It stores no paths, only a 31-bit hash per folder, with a
 * seed that the sender cannot predict. Folders whose hashes collide count once.
 */
export class ImpliedFolders {
  readonly #seen = new Set<number>()
  readonly #seed = randomInt(2 ** 31)
  #last = ''

  /** The number of new folders above this entry. A folder that is an entry itself costs what its entry costs. */
  add(path: string, isFolder: boolean): number {
    const slash = path.lastIndexOf('/')
    const folder = slash < 0 ? '' : path.slice(0, slash)
    const fresh = folder === this.#last ? 0 : this.#above(folder)
    this.#last = folder
    if (isFolder) this.#seen.add(this.#hash(path, path.length))
    return fresh
  }

  #above(folder: string): number {
    let fresh = 0
    // From the deepest up: if a folder is known, so are all above it.
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) {
      const hash = this.#hash(folder, end)
      if (this.#seen.has(hash)) break
      this.#seen.add(hash)
      fresh += 1
    }
    return fresh
  }

  /** FNV-1a of the first `end` characters. */
  #hash(text: string, end: number): number {
    let hash = this.#seed
    for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME)
    return hash >>> 1
  }
}
