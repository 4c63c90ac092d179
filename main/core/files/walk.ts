import type { BigIntStats } from 'node:fs'
import { access, constants, lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { PenstockError, type ErrorCode } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import { errnoOf } from './errno.ts'
import { linkStaysInside, numbered } from './names.ts'

/** An entry of the manifest together with where it is on this machine. */
export interface SourceEntry extends ManifestEntry {
  readonly absolutePath: string
}

/** What is to be sent: parents before their children, indexes from 0 in order. */
export interface Walked {
  readonly entries: readonly SourceEntry[]
  readonly skipped: readonly SkippedFile[]
  readonly totals: Totals
}

/** Entries that are looked at between two turns of the event loop. */
const ENTRIES_PER_TURN = 200
/** Folders deeper than this are not entered; the receiver refuses them too. */
const MAX_DEPTH = 255

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A name's text, or null where its bytes are not UTF-8. */
function decodeName(name: Buffer): string | null {
  try {
    return utf8.decode(name)
  } catch {
    return null
  }
}

/** A name for people where its bytes are no text: what cannot be read becomes U+FFFD. */
function nameForPeople(name: Buffer): string {
  return name.toString('utf8')
}

function comparePaths(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

class Walk {
  readonly entries: SourceEntry[] = []
  readonly skipped: SkippedFile[] = []
  readonly #signal: AbortSignal
  #files = 0
  #directories = 0
  #symlinks = 0
  #bytes = 0
  #sinceTurn = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get totals(): Totals {
    return { files: this.#files, directories: this.#directories, symlinks: this.#symlinks, bytes: this.#bytes }
  }

  /** Adds a path and all below it; `facts` are given where the path itself was followed. */
  async add(path: string, absolutePath: string, followed: BigIntStats | null): Promise<void> {
    let facts: BigIntStats
    try {
      facts = followed ?? (await lstat(absolutePath, { bigint: true }))
    } catch (error) {
      this.#unreadable(path, error)
      return
    }
    await this.#turn()
    if (facts.isDirectory()) await this.#addDirectory(path, absolutePath, facts)
    else if (facts.isFile()) await this.#addFile(path, absolutePath, facts)
    else if (facts.isSymbolicLink()) await this.#addLink(path, absolutePath, facts)
    else this.#skip(path, 'not-regular', 'policy')
  }

  async #addDirectory(path: string, absolutePath: string, facts: BigIntStats): Promise<void> {
    let names: Buffer[]
    try {
      names = await readdir(Buffer.from(absolutePath), { encoding: 'buffer' })
    } catch (error) {
      this.#unreadable(path, error)
      return
    }
    this.#push('directory', path, absolutePath, facts)
    if (path.split('/').length > MAX_DEPTH) {
      this.#skip(path, 'name-too-long', 'failure')
      return
    }
    const readable: string[] = []
    for (const name of names) {
      const text = decodeName(name)
      if (text === null) this.#skip(`${path}/${nameForPeople(name)}`, 'name-not-utf8', 'failure')
      else readable.push(text)
    }
    for (const name of readable.sort(comparePaths)) {
      await this.add(`${path}/${name}`, join(absolutePath, name), null)
    }
  }

  async #addFile(path: string, absolutePath: string, facts: BigIntStats): Promise<void> {
    try {
      // Asked now, so that the user hears of it before the transfer and the others go on.
      await access(absolutePath, constants.R_OK)
    } catch (error) {
      this.#unreadable(path, error)
      return
    }
    this.#push('file', path, absolutePath, facts)
  }

  async #addLink(path: string, absolutePath: string, facts: BigIntStats): Promise<void> {
    let written: Buffer
    try {
      written = await readlink(absolutePath, { encoding: 'buffer' })
    } catch (error) {
      this.#unreadable(path, error)
      return
    }
    const target = decodeName(written)
    if (target === null) this.#skip(path, 'name-not-utf8', 'failure')
    else if (!linkStaysInside(path, target)) this.#skip(path, 'link-outside', 'policy', { target })
    else this.#push('symlink', path, absolutePath, facts, target)
  }

  #push(type: ManifestEntry['type'], path: string, absolutePath: string, facts: BigIntStats, target?: string): void {
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

  async #turn(): Promise<void> {
    this.#sinceTurn += 1
    if (this.#sinceTurn < ENTRIES_PER_TURN) return
    this.#sinceTurn = 0
    await new Promise(setImmediate)
    this.#signal.throwIfAborted()
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

/**
 * Everything that these paths name, as the manifest's entries. Links below them are never followed; a path that is
 * itself a link stands for what it points to, under the link's name. What cannot be sent is listed in `skipped`.
 * Throws `no-such-path` for a path that is not there or that cannot be looked at, and the signal's reason when aborted.
 */
export async function walk(paths: readonly string[], signal: AbortSignal): Promise<Walked> {
  const walked = new Walk(signal)
  const taken = new Set<string>()
  for (const given of paths) {
    signal.throwIfAborted()
    const absolutePath = resolve(given)
    let facts: BigIntStats
    try {
      facts = await stat(absolutePath, { bigint: true })
    } catch (error) {
      throw new PenstockError('no-such-path', { path: given, errno: errnoOf(error) }, { cause: error })
    }
    const name = await freeName(absolutePath, facts.isFile(), taken)
    taken.add(name)
    // The engine opens files without following a link at their end, so the path must be the real one.
    await walked.add(name, await realpath(absolutePath), facts)
  }
  return { entries: walked.entries, skipped: walked.skipped, totals: walked.totals }
}
