import { createHash } from 'node:crypto'
import type { ErrorCode, Problem } from '../../contract/errors.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'

/** The rules for names at the target. */
export type NameRules = 'posix' | 'windows'

export type SafePath =
  | { readonly ok: true; readonly path: string; readonly components: readonly string[] }
  | { readonly ok: false; readonly problem: Problem }

/** Limits in components and in the units of the system: bytes of UTF-8, on Windows units of UTF-16. */
export const NAME_LIMITS = { component: 255, path: 4096, depth: 256 } as const

/** Prefix of Penstock's own names at the top of a target. */
export const OWN_PREFIX = '.penstock-'

/** Top names reserved for staging, and the names derived from them. */
const KEPT = /^_*\.penstock-/iu

/** Hex digits that distinguish cut names. */
const CUT_MARK_DIGITS = 8

/**
 * The path under which an entry is created: a top name reserved for staging gets an underscore in front, to differ from
 * Penstock's own folders. Different paths stay different. Both ends compute it, by the same rules on every system.
 */
export function nearPath(path: string): string {
  if (!KEPT.test(path)) return path
  const top = topOf(path)
  return `${nearTop(top)}${path.slice(top.length)}`
}

/** The entry with the path under which it is created, and with the top name under which it was sent if that differs. */
export function underNearPath<Entry extends { readonly path: string }>(
  entry: Entry,
): Entry & { readonly sentTop?: string } {
  const path = nearPath(entry.path)
  return path === entry.path ? entry : { ...entry, path, sentTop: topOf(entry.path) }
}

function topOf(path: string): string {
  return path.split('/', 1)[0] ?? path
}

/** A name that the underscore makes too long is cut before its extension and marked by a hash of the full name. */
function nearTop(name: string): string {
  const near = `_${name}`
  if (Buffer.byteLength(near) <= NAME_LIMITS.component) return near
  const mark = createHash('sha256').update(name).digest('hex').slice(0, CUT_MARK_DIGITS)
  const prefix = KEPT.exec(near)?.[0] ?? ''
  const dot = near.lastIndexOf('.')
  return cutTo(dot > prefix.length ? dot : near.length, near, `~${mark}`)
}

/** This machine's rules. */
export const HERE: NameRules = process.platform === 'win32' ? 'windows' : 'posix'

/** Most names: no control characters and no surrogates. One test replaces the two below. */
const PLAIN = /^[ -~\u00a0-\ud7ff\ue000-\uffff]*$/
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u
const WINDOWS_FORBIDDEN = /[<>:"|?*\\]/u
const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/iu
const LONE_SURROGATE = /\p{Surrogate}/u
const DRIVE = /^[a-z]:/iu

/** Why one component of a path may not be used, as the problem's `why`; null if it may. */
function componentFault(name: string, rules: NameRules): string | null {
  if (name === '') return 'empty'
  if (name === '.' || name === '..') return 'dots'
  if (!PLAIN.test(name)) {
    if (LONE_SURROGATE.test(name)) return 'surrogate'
    if (CONTROL.test(name)) return 'control'
  }
  if (rules === 'posix') return null
  if (WINDOWS_FORBIDDEN.test(name)) return 'character'
  if (name.endsWith('.') || name.endsWith(' ')) return 'trailing'
  // Windows opens the device for "NUL.txt" and "con .log" as well.
  const stem = name.split('.', 1)[0] ?? name
  return WINDOWS_RESERVED.test(stem.trimEnd()) ? 'reserved' : null
}

/** The most bytes of UTF-8 for one unit of UTF-16. */
const UTF8_PER_UNIT = 3

function isLonger(text: string, limit: number, rules: NameRules): boolean {
  if (rules === 'windows' || text.length > limit) return text.length > limit
  return text.length * UTF8_PER_UNIT > limit && Buffer.byteLength(text) > limit
}

function unsafe(path: string, why: string, code: ErrorCode = 'unsafe-name'): SafePath {
  return { ok: false, problem: { code, params: { path, why } } }
}

/**
 * Whether a path of a manifest may be created below a target. An accepted path stays inside: no `..`, absolute path, drive
 * letter, backslash where it separates folders, or device name. Problems are `unsafe-name` and `name-too-long`, with the
 * fault in `why`.
 */
export function safePath(path: string, rules: NameRules = HERE): SafePath {
  if (path === '') return unsafe(path, 'empty')
  if (path.startsWith('/')) return unsafe(path, 'absolute')
  if (rules === 'windows' && DRIVE.test(path)) return unsafe(path, 'drive')
  const components = path.split('/')
  if (components.length > NAME_LIMITS.depth) return unsafe(path, 'depth', 'name-too-long')
  for (const name of components) {
    const fault = componentFault(name, rules)
    if (fault !== null) return unsafe(path, fault)
    if (isLonger(name, NAME_LIMITS.component, rules)) return unsafe(path, 'component', 'name-too-long')
  }
  if (isLonger(path, NAME_LIMITS.path, rules)) return unsafe(path, 'path', 'name-too-long')
  if (components[0]?.toLowerCase().startsWith(OWN_PREFIX)) return unsafe(path, 'own')
  return { ok: true, path, components }
}

/**
 * Whether a link's target, resolved by its text alone, stays inside the link's top entry. `..` is allowed only at the start:
 * after a name that is itself a link, it would continue from that link's target.
 */
export function linkStaysInside(linkPath: string, target: string): boolean {
  if (target === '' || LONE_SURROGATE.test(target) || CONTROL.test(target)) return false
  if (target.startsWith('/') || DRIVE.test(target)) return false
  // Where backslashes separate folders, they could hide a way out.
  if (/(?:^|[\\/])\.\.\\|\\\.\.(?:[\\/]|$)|^\\/u.test(target)) return false
  let depth = linkPath.split('/').length - 1
  let named = false
  for (const step of target.split('/')) {
    if (step === '' || step === '.') continue
    if (step !== '..') {
      named = true
      continue
    }
    depth -= 1
    if (named || depth < 1) return false
  }
  // A link that is itself the top entry can only point outside.
  return depth >= 1
}

/** `photo.jpg` → `photo (2).jpg`; folders and dot files are not split at a dot. Shortened to fit 255 bytes. */
export function numbered(name: string, count: number, isFile: boolean): string {
  const dot = isFile ? name.lastIndexOf('.') : -1
  return cutTo(dot > 0 ? dot : name.length, name, ` (${count})`)
}

/**
 * The name with a suffix before its extension, which begins at `dot`. If there is no room for both, the extension is
 * dropped.
 */
function cutTo(dot: number, name: string, suffix: string): string {
  const extension = name.slice(dot)
  const room = NAME_LIMITS.component - Buffer.byteLength(suffix) - Buffer.byteLength(extension)
  return room > 0
    ? `${shorten(name.slice(0, dot), room)}${suffix}${extension}`
    : `${shorten(name, NAME_LIMITS.component - suffix.length)}${suffix}`
}

function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const kept: string[] = []
  let used = 0
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    kept.push(character)
  }
  return kept.join('')
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
