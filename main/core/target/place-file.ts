import { join } from 'node:path'
import { addon, type CommitEntry, type CommitOutcome } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { ConflictRule, Durability, Note } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { modeFor } from './commit-plan.ts'
import { MAX_NUMBER, REPLACE_RULES } from './conflict.ts'
import { Durable } from './durable.ts'
import { problemOfErrno, problemOfError } from '../errors/errno.ts'
import { numbered, sentPath, topOf } from './names.ts'
import { madeNote } from './near-notes.ts'
import { type EntryNotDelivered, entryNotDelivered, isRenamed, noteOf } from './outcomes.ts'
import type { Staging } from './staging.ts'

/** LocalSend transfers no permissions: a folder gets those of an ordinary new one. */
const FOLDER_MODE = 0o777

export interface PlaceOptions {
  readonly staging: Staging
  readonly onConflict: ConflictRule
  readonly durability: Durability
}

/**
 * Moves the files of one session to their names as each arrives. Files of one top folder go into one folder, whose name is
 * chosen with the first of them. Everything is opened relative to the handle of the target folder.
 */
export class FilePlacer {
  readonly #options: PlaceOptions
  /** Path below the target of each of the sender's folders, also while it is being created. */
  readonly #folders = new Map<string, Promise<string>>()
  readonly #saved = new Map<string, string>()
  /** By top entry that holds a placed file, and by file below it. */
  readonly #nameNotes = new Map<string, readonly Note[]>()
  readonly #fileNotes: Note[] = []
  readonly #durable: Durable
  #files = 0
  #bytes = 0

  constructor(options: PlaceOptions) {
    this.#options = options
    this.#durable = new Durable(options.durability, options.staging)
  }

  /** Deviations of the placed files. */
  get notes(): readonly Note[] {
    return [...this.#nameNotes.values()].flat().concat(this.#fileNotes, this.#durable.notes)
  }

  /** Absolute paths of the top entries that hold a placed file, in the order of the first file of each. */
  get savedAs(): readonly string[] {
    return [...this.#saved.values()]
  }

  /** Number of placed files. */
  get files(): number {
    return this.#files
  }

  /** Bytes of content in the placed files. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Moves the staging file of this entry, complete and, if required, durable, to its name by the conflict rule. Null on
   * success; else the reason, and the staging file stays. Never rejects.
   */
  async place(entry: ManifestEntry): Promise<EntryNotDelivered | null> {
    const { path } = entry
    try {
      const [folder, name] = split(path)
      const into = folder === '' ? '' : await this.#folder(folder)
      return await this.#placeIn(into, name, entry)
    } catch (error) {
      return entryNotDelivered(entry, problemOfError(error, { path: sentPath(entry) }).toProblem())
    }
  }

  async #placeIn(folder: string, name: string, entry: ManifestEntry): Promise<EntryNotDelivered | null> {
    const { onConflict, staging } = this.#options
    const { path } = entry
    for (let count = 1; ; count++) {
      const at = under(folder, count === 1 ? name : numbered(name, count, true))
      const outcome = await this.#run(this.#stepFor(entry, at))
      if (outcome.kind === 'done') {
        const [top = at] = at.split('/')
        const [planned = path] = path.split('/')
        this.#saved.set(planned, join(staging.targetPath, top))
        this.#nameNotes.set(planned, madeNote(topOf(sentPath(entry)), planned))
        if (isRenamed(entry) && path !== planned)
          this.#nameNotes.set(path, [noteOf(entry, { code: 'name-changed' })])
        this.#fileNotes.push(...(outcome.changes ?? []).map((change) => noteOf(entry, change)))
        this.#files += 1
        this.#bytes += entry.size
        await this.#durable.nameOf(at)
        return null
      }
      if (outcome.kind === 'failed' && outcome.code !== 'EEXIST')
        throw problemOfErrno(outcome.code, { path: sentPath(entry) })
      if (onConflict !== 'keep-both' || count === MAX_NUMBER) {
        const by = onConflict === 'skip' || onConflict === 'newer' ? 'policy' : 'failure'
        return entryNotDelivered(entry, { code: 'name-taken', params: { path: sentPath(entry) } }, by)
      }
    }
  }

  /** Path of one of the sender's folders below the target; created with the first file in it. */
  #folder(path: string): Promise<string> {
    const known = this.#folders.get(path)
    if (known) return known
    const made = this.#makeFolder(path)
    this.#folders.set(path, made)
    // The next file tries again: there may be room then.
    made.catch(() => this.#folders.delete(path))
    return made
  }

  async #makeFolder(path: string): Promise<string> {
    const [above, name] = split(path)
    const parent = above === '' ? '' : await this.#folder(above)
    // The content of a top folder follows the top folder.
    const last = above === '' && this.#options.onConflict === 'keep-both' ? MAX_NUMBER : 1
    for (let count = 1; ; count++) {
      const at = under(parent, count === 1 ? name : numbered(name, count, false))
      const mode = FOLDER_MODE
      const outcome = await this.#run({ kind: 'directory', path: at, mode })
      if (outcome.kind === 'done') {
        await this.#run({
          kind: 'directory-times',
          path: at,
          mode,
          mtimeNs: BigInt(new Date().getTime()) * 1_000_000n,
        })
        await this.#durable.nameOf(at)
        return at
      }
      const isFolder = outcome.kind === 'kept-existing'
      if (isFolder && last === 1) return at
      const taken = isFolder || outcome.code === 'EEXIST' || outcome.code === 'ENOTDIR'
      if (taken && count < last) continue
      throw isFolder ? new PenstockError('name-taken', { path }) : problemOfErrno(outcome.code, { path })
    }
  }

  #stepFor(entry: ManifestEntry, path: string): CommitEntry {
    const { index, size, mtimeNs } = entry
    const replace = REPLACE_RULES[this.#options.onConflict]
    return { kind: 'file', path, stagingName: String(index), size, mode: modeFor(entry), mtimeNs, replace }
  }

  async #run(step: CommitEntry): Promise<CommitOutcome> {
    const { target, folder } = this.#options.staging
    const [outcome] = await addon.commit(target, folder, [step])
    if (!outcome) throw new PenstockError('internal', { message: 'the addon returned no outcome' })
    return outcome
  }
}

/** The folder of a path, empty at the top, and its last name. */
function split(path: string): readonly [string, string] {
  const slash = path.lastIndexOf('/')
  return [slash < 0 ? '' : path.slice(0, slash), path.slice(slash + 1)]
}

function under(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
