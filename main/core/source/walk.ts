import { isUtf8 } from 'node:buffer'
import type { BigIntStats } from 'node:fs'
import { access, constants, readlink } from 'node:fs/promises'
import { sep } from 'node:path'
import { addon, type TreePiece } from '../../../native/index.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { NotDelivered } from '../../contract/report.ts'
import type { ManifestEntry, Totals } from '../../contract/transfer.ts'
import { errnoOf } from '../errors/errno.ts'
import { type GivenPath, lookAt, unusable } from './given-paths.ts'
import { linkStaysInside, nearPath, safePath } from '../target/names.ts'

/** An entry of the manifest with its path on this machine. */
export interface SourceEntry extends ManifestEntry {
  readonly absolutePath: string
  /** The real path of the given folder that the entry lies below; undefined for an entry that was given itself. */
  readonly root?: string | undefined
  /** If the entry is a slice of the file: its start in bytes. */
  readonly offset?: number
}

/** The entries to send: parents before their children, indexes in order from 0. */
export interface Walked {
  readonly entries: readonly SourceEntry[]
  readonly notDelivered: readonly NotDelivered[]
  readonly totals: Totals
}

/** Entries processed and yielded together, some milliseconds of work. */
const ENTRIES_AT_ONCE = 1024
/** Type bits of a mode (POSIX, sys/stat.h), the same on every system. */
const TYPE = { bits: 0o170000, folder: 0o040000, file: 0o100000, link: 0o120000 } as const

/** The addon's code for a file whose size the system does not report correctly. */
const SIZE_UNKNOWN = 'SIZE_UNKNOWN'

/** Facts of one entry. */
interface Facts {
  readonly mode: number
  readonly size: number
  readonly mtimeNs: bigint
}

/** The folder that prefixes the names of its entries; null if it is left out, with everything below it. */
type Parent = { readonly path: string; readonly absolutePath: string; readonly root?: string } | null

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Where the links of a piece point, in order; empty if the system leaves that to Node. */
function* targetsOf({ targets }: TreePiece): Generator<Buffer, void, void> {
  const bytes = bufferOf(targets)
  for (let from = 0; from < bytes.length;) {
    const until = bytes.indexOf(0, from)
    yield bytes.subarray(from, until)
    from = until + 1
  }
}

/** The names of a piece; null for a name that is not UTF-8, with an approximation for display. */
function namesOf(names: Uint8Array): { name: string | null; shown: string }[] {
  const bytes = bufferOf(names)
  const all = bytes.toString().split('\0').slice(0, -1)
  if (isUtf8(bytes)) return all.map((name) => ({ name, shown: name }))
  // Invalid UTF-8 decodes to another character, but never to a zero byte, so the parts of the text stay aligned.
  let from = 0
  return all.map((shown) => {
    const until = bytes.indexOf(0, from)
    const own = isUtf8(bytes.subarray(from, until))
    from = until + 1
    return { name: own ? shown : null, shown }
  })
}

/** What has been found so far. */
class Found implements Walked {
  readonly entries: SourceEntry[] = []
  readonly notDelivered: NotDelivered[] = []
  readonly totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }
}

/** A search for what to send, which yields entries while it runs. */
export class Walk {
  readonly #paths: readonly string[]
  readonly #signal: AbortSignal
  readonly #found = new Found()
  #handedOn = 0

  constructor(paths: readonly string[], signal: AbortSignal) {
    this.#paths = paths
    this.#signal = signal
  }

  /** The complete result; valid after the last piece. */
  get found(): Walked {
    return this.#found
  }

  /**
   * The entries in order, in pieces of about a thousand; may be iterated once. Links below the paths are never followed; a
   * path that is itself a link is sent as its target, under the link's name. What cannot be sent is listed in
   * `notDelivered`; a path that does not exist is listed under the path itself. Throws the signal's reason when aborted.
   */
  async *pieces(): AsyncGenerator<readonly SourceEntry[], void, void> {
    const taken = new Set<string>()
    for (const given of this.#paths) {
      this.#signal.throwIfAborted()
      const top = await this.#lookAt(given, taken)
      if (!top) continue
      taken.add(top.name)
      yield* this.#addTop(top.name, top.absolutePath, top.facts)
    }
    if (this.#waiting > 0) yield this.#handOn()
  }

  /** Examines a given path. Null if that fails; the path is then listed. */
  async #lookAt(given: string, taken: ReadonlySet<string>): Promise<GivenPath | null> {
    try {
      return await lookAt(given, taken)
    } catch (error) {
      this.#found.notDelivered.push(unusable(given, error))
      return null
    }
  }

  /** Number of entries not yet yielded. */
  get #waiting(): number {
    return this.#found.entries.length - this.#handedOn
  }

  #handOn(): readonly SourceEntry[] {
    const piece = this.#found.entries.slice(this.#handedOn)
    this.#handedOn += piece.length
    return piece
  }

  /** Adds a top entry and everything below it; its facts are those of the path's target. */
  async *#addTop(
    name: string,
    absolutePath: string,
    facts: BigIntStats,
  ): AsyncGenerator<readonly SourceEntry[], void, void> {
    if (!this.#isSafe(name)) return
    const known = { mode: Number(facts.mode), size: Number(facts.size), mtimeNs: facts.mtimeNs }
    if (facts.isDirectory()) {
      yield* this.#addTree(name, absolutePath, known)
      return
    }
    if (!facts.isFile()) {
      // The user named it, so leaving it out is a failure and not a rule.
      this.#skip(name, 'not-regular', 'failure')
      return
    }
    try {
      // Checked now, so that the error is reported before the transfer and the other files continue.
      await access(absolutePath, constants.R_OK)
      if (await addon.reportsSize(absolutePath)) this.#push('file', { path: name, absolutePath }, known)
      else this.#skip(name, 'size-unknown', 'failure')
    } catch (error) {
      this.#unreadable(name, errnoOf(error))
    }
    if (this.#waiting >= ENTRIES_AT_ONCE) yield this.#handOn()
  }

  async *#addTree(
    path: string,
    absolutePath: string,
    facts: Facts,
  ): AsyncGenerator<readonly SourceEntry[], void, void> {
    const next = addon.walkTree(absolutePath)
    let piece: TreePiece
    try {
      piece = await next(ENTRIES_AT_ONCE)
    } catch (error) {
      this.#unreadable(path, errnoOf(error))
      return
    }
    const top = { path, absolutePath, root: absolutePath }
    this.#push('directory', top, facts)
    const parents: Parent[] = []
    while (piece.modes.length > 0) {
      this.#signal.throwIfAborted()
      // The next piece is fetched while this one is processed.
      const coming = next(ENTRIES_AT_ONCE)
      // Prevents an unhandled rejection if no one awaits it.
      coming.catch(() => undefined)
      await this.#addPiece(piece, top, parents)
      if (this.#waiting >= ENTRIES_AT_ONCE) yield this.#handOn()
      piece = await coming
    }
  }

  async #addPiece(piece: TreePiece, top: Parent, parents: Parent[]): Promise<void> {
    const failed = new Map(piece.failures.map(({ at, code }) => [at, code]))
    const targets = targetsOf(piece)
    for (const [at, { name, shown }] of namesOf(piece.names).entries()) {
      const number = piece.parents[at] ?? -1
      const parent = number < 0 ? top : parents[number]
      const path = parent ? `${parent.path}/${shown}` : ''
      const place = parent ? { ...parent, path, absolutePath: `${parent.absolutePath}${sep}${shown}` } : null
      const mode = piece.modes[at] ?? 0
      const target = (mode & TYPE.bits) === TYPE.link ? targets.next().value : undefined
      const code = failed.get(at)
      const taken = place && this.#isTaken(path, name, code)
      parents.push(taken && (mode & TYPE.bits) === TYPE.folder ? place : null)
      if (!taken) continue
      const facts = { mode, size: piece.sizes[at] ?? 0, mtimeNs: piece.timesNs[at] ?? 0n }
      const added = this.#add(place, facts, target ?? null)
      if (added) await added
    }
  }

  /** Whether an entry may be sent; if not, lists it with the reason. */
  #isTaken(path: string, name: string | null, code: string | undefined): boolean {
    if (name === null) this.#skip(path, 'name-not-utf8', 'failure')
    else if (!this.#isSafe(path)) return false
    else if (code !== undefined) this.#unreadable(path, code)
    else return true
    return false
  }

  #isSafe(path: string): boolean {
    // The receiver creates it under its near name.
    const safe = safePath(nearPath(path))
    if (!safe.ok) this.#found.notDelivered.push({ path, reason: safe.problem, by: 'failure' })
    return safe.ok
  }

  /** Only a link needs to wait. */
  #add(place: NonNullable<Parent>, facts: Facts, target: Buffer | null): Promise<void> | null {
    const type = facts.mode & TYPE.bits
    if (type === TYPE.folder) this.#push('directory', place, facts)
    else if (type === TYPE.file) this.#push('file', place, facts)
    else if (type === TYPE.link && target !== null) this.#addLink(place, facts, target)
    else if (type === TYPE.link) return this.#readLink(place, facts)
    else this.#skip(place.path, 'not-regular', 'policy')
    return null
  }

  async #readLink(place: NonNullable<Parent>, facts: Facts): Promise<void> {
    try {
      this.#addLink(place, facts, await readlink(place.absolutePath, { encoding: 'buffer' }))
    } catch (error) {
      this.#unreadable(place.path, errnoOf(error))
    }
  }

  #addLink(place: NonNullable<Parent>, facts: Facts, written: Buffer): void {
    const { path } = place
    // Sent paths use `/` on every system.
    const target = sep === '\\' ? written.toString().replaceAll(sep, '/') : written.toString()
    if (!isUtf8(written)) this.#skip(path, 'name-not-utf8', 'failure')
    else if (!linkStaysInside(path, target)) this.#skip(path, 'link-outside', 'policy', { target })
    else this.#push('symlink', place, facts, target)
  }

  #push(type: ManifestEntry['type'], place: NonNullable<Parent>, facts: Facts, target?: string): void {
    const { entries, totals } = this.#found
    const size = type === 'file' ? facts.size : 0
    totals.bytes += size
    if (type === 'file') totals.files += 1
    else if (type === 'directory') totals.directories += 1
    else totals.symlinks += 1
    entries.push({
      index: entries.length,
      type,
      path: place.path,
      size,
      mode: facts.mode & 0o7777,
      mtimeNs: facts.mtimeNs,
      absolutePath: place.absolutePath,
      root: place.root,
      ...(target === undefined ? {} : { target }),
    })
  }

  #skip(path: string, code: ErrorCode, by: NotDelivered['by'], params: Record<string, string> = {}): void {
    this.#found.notDelivered.push({ path, reason: { code, params: { path, ...params } }, by })
  }

  #unreadable(path: string, errno: string): void {
    // A name that disappeared after the listing is not a permission problem.
    if (errno === 'ENOENT') this.#skip(path, 'file-vanished', 'failure')
    else if (errno === SIZE_UNKNOWN) this.#skip(path, 'size-unknown', 'failure')
    else this.#skip(path, 'not-readable', 'failure', { errno })
  }
}

/** Runs the search to its end without using the pieces. Throws what the search throws. */
export async function toTheEnd(pieces: AsyncGenerator<unknown, void, void>): Promise<void> {
  while (!(await pieces.next()).done);
}

/** All entries of these paths at once; as {@link Walk.pieces}. */
export async function walk(paths: readonly string[], signal: AbortSignal): Promise<Walked> {
  const walking = new Walk(paths, signal)
  await toTheEnd(walking.pieces())
  return walking.found
}
