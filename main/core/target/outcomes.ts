import type { Problem } from '../../contract/errors.ts'
import type { CommitOutcome, EntryChange, EntryNote } from '../../../native/index.ts'
import type { Note, NotDelivered } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { problemOfErrno } from '../errors/errno.ts'
import { nearPath, sentPath } from './names.ts'

type FailedStep = Extract<CommitOutcome, { readonly kind: 'failed' }>

/** What systems return for a link if the file system has none. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP']

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

/** The note about a change of a delivered entry, the same on both sides. */
export function noteOf(entry: Pick<ManifestEntry, 'path' | 'sentAs'>, { code, errno }: EntryChange): Note {
  const path = sentPath(entry)
  if (code === 'name-changed') {
    // The sender computes the names that follow from the name as sent; the others are the receiver's.
    const here = entry.sentAs === undefined ? nearPath(path) : entry.path
    return here === path
      ? { code: 'other-name', path }
      : { code: 'other-name', path, params: { name: nameOf(here) } }
  }
  return errno === undefined ? { code, path } : { code, path, params: { errno } }
}

/** The last name of a path. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Whether an entry has another name than it was sent with; one whose folder has is not listed. */
export function isRenamed({ path, sentAs }: Pick<ManifestEntry, 'path' | 'sentAs'>): boolean {
  return sentAs !== undefined && nameOf(path) !== nameOf(sentAs)
}

/** What happens to the entries of a commit: each is delivered or fails, once. */
export class Outcomes {
  readonly #settled = new Set<number>()
  readonly #notDelivered: EntryNotDelivered[] = []
  /** By path in the manifest: what is below such a folder fails for the same reason. */
  readonly #failedFolders = new Map<string, string>()
  /** Of delivered and other entries, by index and code. */
  readonly #changes = new Map<number, { readonly entry: ManifestEntry; readonly all: EntryChange[] }>()
  readonly #delivered = new Set<number>()
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

  /** Changes of the delivered entries. */
  get changes(): readonly EntryNote[] {
    return this.#changesOfDelivered().flatMap(({ entry, all }) =>
      all.map((change) => ({ index: entry.index, ...change })),
    )
  }

  get notes(): readonly Note[] {
    return this.#changesOfDelivered().flatMap(({ entry, all }) => all.map((change) => noteOf(entry, change)))
  }

  /** Counts once the entry is delivered, before or after this call. The first change of a code counts. */
  change(entry: ManifestEntry, changes: readonly EntryChange[] | undefined): void {
    for (const change of changes ?? []) {
      const { all } = this.#changes.get(entry.index) ?? { all: [] }
      if (all.some(({ code }) => code === change.code)) continue
      this.#changes.set(entry.index, { entry, all: [...all, change] })
    }
  }

  deliver(entry: ManifestEntry): void {
    if (!this.#settle(entry)) return
    this.#delivered.add(entry.index)
    if (isRenamed(entry)) this.change(entry, [{ code: 'name-changed' }])
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

  /** The outcome of a step for this entry that failed. */
  failStep(entry: ManifestEntry, { code, syscall }: Pick<FailedStep, 'code' | 'syscall'>): void {
    const hasLinks = syscall !== 'symlinkat' || !NO_LINKS.includes(code)
    if (hasLinks || this.#reasonAbove(entry.path) !== undefined) this.fail(entry, code)
    else this.leaveOut(entry, { code: 'links-unsupported', params: { path: sentPath(entry) } }, 'failure')
  }

  /** The folder at this path of the manifest cannot be created. */
  failFolder(path: string, entry: ManifestEntry | null, errno: string): void {
    if (entry) this.fail(entry, errno)
    this.#failedFolders.set(path, this.#reasonAbove(path) ?? errno)
  }

  leaveOut(entry: ManifestEntry, reason: Problem, by: NotDelivered['by']): void {
    if (this.#settle(entry)) this.#notDelivered.push(entryNotDelivered(entry, reason, by))
  }

  #changesOfDelivered() {
    return [...this.#changes.values()]
      .filter(({ entry }) => this.#delivered.has(entry.index))
      .sort((left, right) => left.entry.index - right.entry.index)
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
