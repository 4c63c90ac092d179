import type { Problem } from '../../contract/errors.ts'
import type { Note, NotDelivered } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { problemOfErrno } from '../errors/errno.ts'
import { sentPath } from './names.ts'
import { belowNote } from './near-notes.ts'

/** An entry of the manifest that was not delivered. */
export interface EntryNotDelivered extends NotDelivered {
  readonly index: number
}

/** Why an entry is not delivered. `path` is the one under which it was sent. */
export function entryNotDelivered(
  entry: Pick<ManifestEntry, 'index' | 'path' | 'sentAs'>,
  reason: Problem,
  by: NotDelivered['by'] = 'failure',
): EntryNotDelivered {
  return { index: entry.index, path: sentPath(entry), reason, by }
}

/** What happens to the entries of a commit: each is delivered or fails, once. */
export class Outcomes {
  readonly #settled = new Set<number>()
  readonly #notDelivered: EntryNotDelivered[] = []
  readonly #notes: Note[] = []
  /** By path in the manifest: what is below such a folder fails for the same reason. */
  readonly #failedFolders = new Map<string, string>()
  #entries = 0
  #files = 0
  #bytes = 0

  /** Number of files, folders and links that are delivered. */
  get entries(): number {
    return this.#entries
  }

  /** Number of files among them. */
  get files(): number {
    return this.#files
  }

  get bytes(): number {
    return this.#bytes
  }

  get notDelivered(): readonly EntryNotDelivered[] {
    return this.#notDelivered
  }

  /** Entries below a top entry that are delivered under another name. */
  get notes(): readonly Note[] {
    return this.#notes
  }

  deliver(entry: ManifestEntry): void {
    if (!this.#settle(entry)) return
    if (entry.sentAs !== undefined) this.#notes.push(...belowNote(entry.sentAs, entry.path))
    this.#entries += 1
    if (entry.type === 'file') this.#files += 1
    this.#bytes += entry.size
  }

  /** An errno of the system. Where a folder above has failed, its reason is the reason. */
  fail(entry: ManifestEntry, errno: string): void {
    const params = { path: sentPath(entry) }
    this.leaveOut(
      entry,
      problemOfErrno(this.#reasonAbove(entry.path) ?? errno, params).toProblem(),
      'failure',
    )
  }

  /** The folder at this path of the manifest cannot be created. */
  failFolder(path: string, entry: ManifestEntry | null, errno: string): void {
    if (entry) this.fail(entry, errno)
    this.#failedFolders.set(path, this.#reasonAbove(path) ?? errno)
  }

  leaveOut(entry: ManifestEntry, reason: Problem, by: NotDelivered['by']): void {
    if (this.#settle(entry)) this.#notDelivered.push(entryNotDelivered(entry, reason, by))
  }

  #settle({ index }: ManifestEntry): boolean {
    if (this.#settled.has(index)) return false
    this.#settled.add(index)
    return true
  }

  #reasonAbove(path: string): string | undefined {
    if (this.#failedFolders.size === 0) return undefined
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const errno = this.#failedFolders.get(path.slice(0, at))
      if (errno !== undefined) return errno
    }
    return undefined
  }
}
