import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Note } from '../../contract/report.ts'
import { errnoOf, problemOfError } from '../errors/errno.ts'
import { makeFolders } from './make-folder.ts'
import type { TargetNames } from './commit-plan.ts'

const TREE = 'tree'
/** Random names to try before giving up; the second is needed once in 2^128 tries. */
const MAX_NAMES = 8

/** Path of a placed file below the staging folder. */
export function inTree(path: string): string {
  return `${TREE}/${path}`
}

/** How staging folders are named and marked. */
export interface StagingNames {
  /** A name not used before. */
  next(): string
  /** Content of the marker for this folder under this name. */
  markerOf(name: string, folder: Folder): Uint8Array
}

/** Holds a transfer's files until they are complete: a folder of this program in the target, mode 0700. */
export class Staging {
  readonly targetPath: string
  readonly path: string
  readonly target: Folder
  readonly folder: Folder
  /** Folder `tree` in staging, in which new top folders grow before they are moved. */
  readonly tree: Folder
  readonly #name: string
  #discarded: Promise<void> | null = null

  private constructor(targetPath: string, target: Folder, { name, folder, tree }: Made) {
    this.targetPath = targetPath
    this.path = join(targetPath, name)
    this.#name = name
    this.target = target
    this.folder = folder
    this.tree = tree
  }

  /**
   * Creates the target folder if it is missing, and in it an empty staging folder under a free name. Throws `no-permission`,
   * `disk-full`, `target-unusable` (it is not a folder or cannot be created), `io`.
   */
  static async create(targetDir: string, names: StagingNames): Promise<Staging> {
    const targetPath = resolve(targetDir)
    let target: Folder | null = null
    try {
      await makeFolders(targetPath)
      target = addon.openFolder(targetPath)
      return new Staging(targetPath, target, await make(target, names))
    } catch (error) {
      target?.close()
      throw targetProblem(error, targetPath)
    }
  }

  /** Which differences between names the target's file system ignores, and which names it refuses. Throws `disk-full`, `no-permission`, `io`. */
  async folding(): Promise<TargetNames> {
    try {
      return await addon.foldsNames(this.folder)
    } catch (error) {
      throw problemOfError(error, { path: this.targetPath })
    }
  }

  /** Throws `target-unusable` if the folder was removed, as with the target. */
  assertPresent(): void {
    try {
      addon.openFolderIn(this.target, this.#name).close()
    } catch (error) {
      // What else has its name is never touched: the handle leads to the folder.
      if (errnoOf(error) === 'ENOENT') throw targetProblem(error, this.targetPath)
    }
  }

  /** Removes the staging folder with its content. May be called more than once. Committed entries are not touched. */
  discard(): Promise<void> {
    this.#discarded ??= this.#remove()
    return this.#discarded
  }

  /** As {@link discard} for a delivered transfer, which stays delivered if this fails. Never throws. */
  async finish(): Promise<readonly Note[]> {
    try {
      await this.discard()
      return []
    } catch (error) {
      return [{ code: 'staging-left', path: this.path, params: { errno: errnoOf(error) } }]
    }
  }

  async #remove(): Promise<void> {
    this.tree.close()
    try {
      await addon.removeStaging(this.target, this.#name, this.folder)
    } finally {
      this.folder.close()
      this.target.close()
    }
  }
}

interface Made {
  readonly name: string
  readonly folder: Folder
  readonly tree: Folder
}

/** The part of a path that exists and is not a folder; empty if there is none. */
function fileIn(path: string): { readonly file?: string } {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    try {
      return statSync(at).isDirectory() ? {} : { file: at }
    } catch {
      // Continue with the parent.
    }
  }
  return {}
}

/** The problem with the target folder itself, for the receiver's user and for the sender. */
export function targetProblem(error: unknown, path: string): PenstockError {
  const errno = errnoOf(error)
  return ['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errno)
    ? new PenstockError('target-unusable', { path, errno, ...fileIn(path) })
    : problemOfError(error, { path })
}

async function make(target: Folder, names: StagingNames): Promise<Made> {
  const { name, folder } = makeFree(target, names)
  try {
    // The marker is written under the lock: a folder with a marker but no lock has lost its owner. If the file system has no
    // locks, there is no marker, and the folder is never swept.
    if (isLockable(folder)) addon.writeMarker(folder, names.markerOf(name, folder))
    return { name, folder, tree: addon.makeFolder(folder, TREE) }
  } catch (error) {
    await addon.removeStaging(target, name, folder).catch(() => undefined)
    folder.close()
    throw error
  }
}

/** Locks a new folder; false if the file system has no locks. */
function isLockable(folder: Folder): boolean {
  try {
    return addon.tryLock(folder)
  } catch {
    return false
  }
}

/** Creates a folder under a free name; never touches an existing entry. */
function makeFree(target: Folder, names: StagingNames): Pick<Made, 'name' | 'folder'> {
  for (let count = 1; ; count += 1) {
    const name = names.next()
    try {
      return { name, folder: addon.makeFolder(target, name) }
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST' || count === MAX_NAMES) throw error
    }
  }
}
