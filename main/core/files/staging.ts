import { join, resolve } from 'node:path'
import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, problemOfError } from './errno.ts'
import { makeFolders } from './make-folder.ts'
import { OWN_PREFIX } from './names.ts'

const TRANSFER_ID = /^[0-9a-zA-Z]{1,64}$/u

const TREE = 'tree'

/** Staging folders in use by this process; a second transfer with the same id must not take one away. */
const inUse = new Set<string>()

/** Where a transfer's files lie until they are whole: `.penstock-<transferId>/` in the target, mode 0700. */
export class Staging {
  readonly targetPath: string
  readonly path: string
  readonly target: Folder
  readonly folder: Folder
  /** Folder `tree` in staging, in which new top folders grow before they are moved. */
  readonly tree: Folder
  readonly #name: string
  #discarded: Promise<void> | null = null

  private constructor(targetPath: string, name: string, target: Folder, { folder, tree }: Made) {
    this.targetPath = targetPath
    this.path = join(targetPath, name)
    this.#name = name
    this.target = target
    this.folder = folder
    this.tree = tree
  }

  /**
   * Makes the target folder where it is missing, and an empty staging folder in it; what an attempt that
   * crashed left there is removed. Throws `no-permission`, `disk-full`, `name-taken` (the target is no
   * folder), `io`, and `busy` where this process has a transfer with this id into this folder.
   */
  static async create(targetDir: string, transferId: string): Promise<Staging> {
    if (!TRANSFER_ID.test(transferId)) throw new PenstockError('protocol', { field: 'transferId' })
    const targetPath = resolve(targetDir)
    const name = `${OWN_PREFIX}${transferId}`
    const path = join(targetPath, name)
    if (inUse.has(path)) throw new PenstockError('busy', { path })
    inUse.add(path)
    let target: Folder | null = null
    try {
      await makeFolders(targetPath)
      target = addon.openFolder(targetPath)
      return new Staging(targetPath, name, target, await makeEmpty(target, name))
    } catch (error) {
      target?.close()
      inUse.delete(path)
      throw problemOfError(error, { path: targetPath })
    }
  }

  /**
   * Removes the staging folder and all in it; harmless when done before. What was committed is not touched.
   */
  discard(): Promise<void> {
    this.#discarded ??= this.#remove()
    return this.#discarded
  }

  async #remove(): Promise<void> {
    this.tree.close()
    this.folder.close()
    try {
      await addon.removeStaging(this.target, this.#name)
    } finally {
      this.target.close()
      inUse.delete(this.path)
    }
  }
}

interface Made {
  readonly folder: Folder
  readonly tree: Folder
}

async function makeEmpty(target: Folder, name: string): Promise<Made> {
  let folder: Folder
  try {
    folder = addon.makeFolder(target, name)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    await addon.removeStaging(target, name)
    folder = addon.makeFolder(target, name)
  }
  // While it is locked nobody sweeps it away; where it cannot be locked, nobody sweeps.
  addon.tryLock(folder)
  try {
    return { folder, tree: addon.makeFolder(folder, TREE) }
  } catch (error) {
    folder.close()
    await addon.removeStaging(target, name).catch(() => undefined)
    throw error
  }
}
