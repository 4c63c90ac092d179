import { addon } from '../../../native/index.ts'
import type { Durability, Note } from '../../contract/report.ts'
import { errnoOf } from '../errors/errno.ts'
import type { Staging } from './staging.ts'

/** Files that could not be written to the medium: path below the staging folder, and errno name. */
export type LostFiles = ReadonlyMap<string, string>

/** Makes the content and the names of a commit durable, if its durability level requires it. */
export class Durable {
  readonly #isWanted: boolean
  readonly #staging: Staging
  /** Folders of the target with new names that are not durable yet; the target itself is ''. */
  readonly #folders = new Set<string>()
  #notDurable: Note | null = null

  constructor(durability: Durability, staging: Staging) {
    this.#isWanted = durability === 'commit' || durability === 'through'
    this.#staging = staging
  }

  /** Syncs everything in staging. Resolves with the files that were lost; rejects if they cannot be identified. */
  async content(): Promise<LostFiles> {
    const lost = new Map<string, string>()
    if (!this.#isWanted) return lost
    for (const { path, code, isFolder } of await addon.syncTree(this.#staging.folder)) {
      if (isFolder) this.#note(code)
      else lost.set(path, code)
    }
    return lost
  }

  /** Records that an entry of the target has this path. */
  named(path: string): void {
    if (this.#isWanted) this.#folders.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  }

  /** As {@link named}, and makes the name durable. */
  async nameOf(path: string): Promise<void> {
    this.named(path)
    await this.names()
  }

  /** Syncs the names since the previous call. Failures become notes: the names exist, but may not survive a power cut. */
  async names(): Promise<void> {
    const { target } = this.#staging
    const folders = [...this.#folders]
    this.#folders.clear()
    for (const path of folders) {
      try {
        await (path === '' ? addon.syncFolder(target) : addon.syncFolder(target, path))
      } catch (error) {
        this.#note(errnoOf(error))
      }
    }
  }

  get notes(): readonly Note[] {
    return this.#notDurable === null ? [] : [this.#notDurable]
  }

  /** Once per transfer: a file system without support fails for every folder. */
  #note(errno: string): void {
    this.#notDurable ??= { code: 'names-not-durable', path: this.#staging.targetPath, params: { errno } }
  }
}
