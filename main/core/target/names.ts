import { addon } from '../../../native/index.ts'
import type { Problem } from '../../contract/errors.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'

/** The rules for names at the target. */
export type NameRules = 'posix' | 'windows'

export type SafePath =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly problem: Problem }

/** Prefix of Penstock's own names at the top of a target. */
export const OWN_PREFIX = '.penstock-'

/** This machine's rules. */
export const HERE: NameRules = process.platform === 'win32' ? 'windows' : 'posix'

/**
 * The path under which an entry is created: a top name reserved for staging gets an underscore in front, to differ from
 * Penstock's own folders. Different paths stay different. Both ends compute it, by the same rules on every system.
 */
export function nearPath(path: string): string {
  // Most paths start otherwise, and need no call.
  return path.startsWith('.') || path.startsWith('_') ? addon.nearPath(path) : path
}

/** The entry with the path under which it is created, and with the one under which it was sent if that differs. */
export function underNearPath<Entry extends { readonly path: string }>(
  entry: Entry,
): Entry & { readonly sentAs?: string } {
  const path = nearPath(entry.path)
  return path === entry.path ? entry : { ...entry, path, sentAs: entry.path }
}

/** The path under which an entry was sent. */
export function sentPath({ path, sentAs }: { readonly path: string; readonly sentAs?: string }): string {
  return sentAs ?? path
}

/** The first name of a path. */
export function topOf(path: string): string {
  return path.split('/', 1)[0] ?? path
}

/**
 * Whether a path of a manifest may be created below a target. An accepted path stays inside: no `..`, absolute path, drive
 * letter, backslash where it separates folders, or device name. Problems are `unsafe-name` and `name-too-long`, with the
 * fault in `why`.
 */
export function safePath(path: string, rules: NameRules = HERE): SafePath {
  const problem = addon.pathProblem(path, rules === 'windows')
  if (problem === null) return { ok: true, path }
  return { ok: false, problem: { code: problem.code, params: { path, why: problem.why } } }
}

/**
 * Whether a link's target, resolved by its text alone, stays inside the link's top entry. `..` is allowed only at the start:
 * after a name that is itself a link, it would continue from that link's target.
 */
export function linkStaysInside(linkPath: string, target: string): boolean {
  return addon.linkStaysInside(linkPath, target)
}

/** `photo.jpg` → `photo (2).jpg`; folders and dot files are not split at a dot. Shortened to fit 255 bytes. */
export function numbered(name: string, count: number, isFile: boolean): string {
  return addon.numbered(name, count, isFile)
}

/** Differences between names that the target's file system ignores. */
export interface NameFolding {
  readonly caseFolds: boolean
  readonly normalisationFolds: boolean
}

export const NO_FOLDING: NameFolding = { caseFolds: false, normalisationFolds: false }

/** The entry at one folded path. */
interface Held {
  readonly path: string
  readonly type: ManifestEntry['type'] | 'implied'
}

/**
 * The names of one manifest, added in order. Refuses two names that are the same on the target, a file or link with
 * something below it, and a path through a link.
 */
export class NameRegistry {
  readonly #folding: NameFolding
  readonly #held = new Map<string, Held>()
  /** Folders that can hold entries: checked once, because a held name never changes its kind. */
  readonly #folders = new Set<string>()

  constructor(folding: NameFolding = NO_FOLDING) {
    this.#folding = folding
  }

  /** Reserves the entry's name, or returns why it cannot (`name-collision`, `unsafe-name`) and reserves nothing. */
  add(entry: Pick<ManifestEntry, 'path' | 'type'>): Problem | null {
    const folder = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')))
    const parents = this.#folders.has(folder) ? [] : foldersAbove(entry.path)
    for (const parent of parents) {
      const held = this.#held.get(this.#fold(parent))
      if (!held) continue
      if (held.type === 'symlink')
        return { code: 'unsafe-name', params: { path: entry.path, why: 'through-link' } }
      if (held.type === 'file' || held.path !== parent) return collision(entry.path, held.path)
    }
    const key = this.#fold(entry.path)
    const there = this.#held.get(key)
    const becomesKnown = there?.type === 'implied' && there.path === entry.path && entry.type === 'directory'
    if (there && !becomesKnown) return collision(entry.path, there.path)
    for (const parent of parents) {
      const parentKey = this.#fold(parent)
      if (!this.#held.has(parentKey)) this.#held.set(parentKey, { path: parent, type: 'implied' })
      this.#folders.add(parent)
    }
    this.#held.set(key, { path: entry.path, type: entry.type })
    return null
  }

  #fold(path: string): string {
    const normal = this.#folding.normalisationFolds ? path.normalize('NFC') : path
    // Converting to upper and then lower case also unites letters such as ß and ẞ, ı and I, as a file system may.
    return this.#folding.caseFolds ? normal.toUpperCase().toLowerCase().normalize('NFC') : normal
  }
}

/** `a/b/c` → `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const above: string[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) above.push(path.slice(0, at))
  return above
}

function collision(path: string, other: string): Problem {
  return { code: 'name-collision', params: { path, other } }
}
