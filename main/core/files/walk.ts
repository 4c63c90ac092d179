import { type BigIntStats, lstatSync } from 'node:fs'
import { isUtf8 } from 'node:buffer'
import { access, constants, lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { PenstockError, type ErrorCode } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import { errnoOf } from './errno.ts'
import { linkStaysInside, numbered, safePath } from './names.ts'

/** An entry of the manifest together with where it is on this machine. */
export interface SourceEntry extends ManifestEntry {
  readonly absolutePath: string
  /** Where the entry is a slice of the file there: where it begins, in bytes. */
  readonly offset?: number
}

/** What is to be sent: parents before their children, indexes from 0 in order. */
export interface Walked {
  readonly entries: readonly SourceEntry[]
  readonly skipped: readonly SkippedFile[]
  readonly totals: Totals
}

/** Entries of a folder that are looked at together; the event loop turns after each such piece. */
const ENTRIES_AT_ONCE = 64
/**
 * A folder with more entries is sent in the order in which the system lists it, since sorting would block.
 */
const MAX_SORTED = 10_000
/**
 * A file system that takes longer for one piece, in milliseconds, is asked without holding up the program from then on. One
 * that is quick is asked directly: handing each question to another thread takes several times as long as its answer.
 */
const QUICK_PIECE_MS = 50
/** Anyone may read: no need to ask the system whether this user may. */
const READABLE_BY_ALL = 0o444n

/** What was found at one path, before anything is made of it. */
type Look =
  | { readonly kind: 'found'; readonly facts: BigIntStats; readonly target: Buffer | null }
  | { readonly kind: 'failed'; readonly error: unknown }

async function look(absolutePath: string, followed: BigIntStats | null): Promise<Look> {
  try {
    const facts = followed ?? (await lstat(absolutePath, { bigint: true }))
    const ask = facts.isFile() && (facts.mode & READABLE_BY_ALL) !== READABLE_BY_ALL
    // Asked now, so that the user hears of it before the transfer and the others go on.
    if (ask) await access(absolutePath, constants.R_OK)
    const target = facts.isSymbolicLink() ? await readlink(absolutePath, { encoding: 'buffer' }) : null
    return { kind: 'found', facts, target }
  } catch (error) {
    return { kind: 'failed', error }
  }
}

/** What needs no second question, asked at once; null for everything else. */
function lookAtOnce(absolutePath: string): Look | null {
  try {
    const facts = lstatSync(absolutePath, { bigint: true })
    const readable = facts.isDirectory() || (facts.mode & READABLE_BY_ALL) === READABLE_BY_ALL
    return readable && !facts.isSymbolicLink() ? { kind: 'found', facts, target: null } : null
  } catch {
    return null
  }
}

/** The names in a folder as bytes, which not all systems hold to be text. */
async function namesIn(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder, { encoding: 'buffer' })
  return names.length > MAX_SORTED ? names : names.sort((left, right) => left.compare(right))
}

class Walk {
  readonly entries: SourceEntry[] = []
  readonly skipped: SkippedFile[] = []
  readonly #signal: AbortSignal
  #files = 0
  #directories = 0
  #symlinks = 0
  #bytes = 0
  #isQuick = true

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get totals(): Totals {
    return {
      files: this.#files,
      directories: this.#directories,
      symlinks: this.#symlinks,
      bytes: this.#bytes,
    }
  }

  /** Adds a top entry and all below it; its facts are those of what the path points to. */
  async addTop(name: string, absolutePath: string, facts: BigIntStats): Promise<void> {
    await this.#add(name, absolutePath, await look(absolutePath, facts))
  }

  /** Only a folder takes time. */
  #add(path: string, absolutePath: string, looked: Look): Promise<void> | null {
    const safe = safePath(path, 'posix')
    if (!safe.ok) {
      this.skipped.push({ path, problem: safe.problem, kind: 'failure' })
      return null
    }
    if (looked.kind === 'failed') {
      this.#unreadable(path, looked.error)
      return null
    }
    const { facts, target } = looked
    if (facts.isDirectory()) return this.#addDirectory(path, absolutePath, facts)
    if (facts.isFile()) this.#push('file', path, absolutePath, facts)
    else if (target) this.#addLink(path, absolutePath, facts, target)
    else this.#skip(path, 'not-regular', 'policy')
    return null
  }

  async #addDirectory(path: string, absolutePath: string, facts: BigIntStats): Promise<void> {
    let names: Buffer[]
    try {
      names = await namesIn(absolutePath)
    } catch (error) {
      this.#unreadable(path, error)
      return
    }
    this.#push('directory', path, absolutePath, facts)
    for (let at = 0; at < names.length; at += ENTRIES_AT_ONCE) {
      await this.#addPiece(path, absolutePath, names.slice(at, at + ENTRIES_AT_ONCE))
    }
  }

  async #addPiece(parent: string, absoluteParent: string, names: readonly Buffer[]): Promise<void> {
    await new Promise(setImmediate)
    this.#signal.throwIfAborted()
    const readable: string[] = []
    for (const name of names) {
      if (isUtf8(name)) readable.push(name.toString())
      else this.#skip(`${parent}/${name.toString()}`, 'name-not-utf8', 'failure')
    }
    const paths = readable.map((name) => join(absoluteParent, name))
    const looks = await this.#lookAt(paths)
    for (const [index, looked] of looks.entries()) {
      const [name = '', absolutePath = ''] = [readable[index], paths[index]]
      const added = this.#add(`${parent}/${name}`, absolutePath, looked)
      if (added) await added
    }
  }

  /** In the paths' order. */
  async #lookAt(paths: readonly string[]): Promise<Look[]> {
    const begun = performance.now()
    const answers = paths.map((path) => (this.#isQuick ? lookAtOnce(path) : null))
    this.#isQuick &&= performance.now() - begun < QUICK_PIECE_MS
    if (answers.every((answer) => answer !== null)) return answers
    return Promise.all(answers.map(async (answer, index) => answer ?? look(paths[index] ?? '', null)))
  }

  #addLink(path: string, absolutePath: string, facts: BigIntStats, written: Buffer): void {
    // What is sent parts folders by `/`, whatever this system does.
    const target = sep === '\\' ? written.toString().replaceAll(sep, '/') : written.toString()
    if (!isUtf8(written)) this.#skip(path, 'name-not-utf8', 'failure')
    else if (!linkStaysInside(path, target)) this.#skip(path, 'link-outside', 'policy', { target })
    else this.#push('symlink', path, absolutePath, facts, target)
  }

  #push(
    type: ManifestEntry['type'],
    path: string,
    absolutePath: string,
    facts: BigIntStats,
    target?: string,
  ): void {
    const size = type === 'file' ? Number(facts.size) : 0
    this.#bytes += size
    if (type === 'file') this.#files += 1
    else if (type === 'directory') this.#directories += 1
    else this.#symlinks += 1
    this.entries.push({
      index: this.entries.length,
      type,
      path,
      size,
      mode: Number(facts.mode & 0o7777n),
      mtimeNs: facts.mtimeNs,
      absolutePath,
      ...(target === undefined ? {} : { target }),
    })
  }

  #skip(path: string, code: ErrorCode, kind: SkippedFile['kind'], params: Record<string, string> = {}): void {
    this.skipped.push({ path, problem: { code, params: { path, ...params } }, kind })
  }

  #unreadable(path: string, error: unknown): void {
    const errno = errnoOf(error)
    // A name that went away between the listing and the look at it is no fault of its permissions.
    if (errno === 'ENOENT') this.#skip(path, 'file-vanished', 'failure')
    else this.#skip(path, 'not-readable', 'failure', { errno })
  }
}

/** The name that a path given by the user travels under; `.`, `..` and `/` have none of their own. */
async function topName(given: string): Promise<string> {
  const typed = basename(given)
  if (typed !== '' && typed !== '.' && typed !== '..') return typed
  const real = basename(await realpath(given))
  return real === '' ? 'root' : real
}

async function freeName(given: string, isFile: boolean, taken: ReadonlySet<string>): Promise<string> {
  const name = await topName(given)
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : numbered(name, count, isFile)
    if (!taken.has(candidate)) return candidate
  }
}

async function factsOf(given: string): Promise<BigIntStats> {
  try {
    return await stat(resolve(given), { bigint: true })
  } catch (error) {
    throw new PenstockError('no-such-path', { path: given, errno: errnoOf(error) }, { cause: error })
  }
}

/** Throws `no-such-path` for the first path that is not there, before anybody is troubled for the others. */
export async function assertPaths(paths: readonly string[]): Promise<void> {
  for (const path of paths) await factsOf(path)
}

/**
 * Everything that these paths name, as the manifest's entries. Links below them are never followed; a path
 * that is itself a link stands for what it points to, under the link's name. What cannot be sent is listed in
 * `skipped`. Throws `no-such-path` for a path that is not there or that cannot be looked at, and the signal's
 * reason when aborted.
 */
export async function walk(paths: readonly string[], signal: AbortSignal): Promise<Walked> {
  const walked = new Walk(signal)
  const taken = new Set<string>()
  for (const given of paths) {
    signal.throwIfAborted()
    const absolutePath = resolve(given)
    const facts = await factsOf(given)
    const name = await freeName(absolutePath, facts.isFile(), taken)
    taken.add(name)
    // The engine opens files without following a link at their end, so the path must be the real one.
    await walked.addTop(name, await realpath(absolutePath), facts)
  }
  return { entries: walked.entries, skipped: walked.skipped, totals: walked.totals }
}
