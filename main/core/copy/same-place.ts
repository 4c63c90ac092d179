import type { BigIntStats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../errors/errno.ts'
import type { SourceEntry } from '../source/entries.ts'

async function factsAt(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null
    throw new PenstockError('no-permission', { path, syscall: 'stat' }, { cause: error })
  }
}

/** Compares device and inode, which sees through links and mounts. */
function isSame(left: BigIntStats, right: BigIntStats): boolean {
  return left.dev === right.dev && left.ino === right.ino
}

/** The real path of the folder, or of its nearest existing parent. */
export async function nearestFolder(dir: string): Promise<string> {
  for (let at = resolve(dir); at !== dirname(at); at = dirname(at)) {
    if (await factsAt(at)) return realpath(at)
  }
  return resolve('/')
}

/** Throws `folder-into-itself` if `dir` is one of these folders or lies in one. */
export async function refuseIntoItself(paths: readonly string[], dir: string): Promise<void> {
  const folders: { readonly path: string; readonly facts: BigIntStats }[] = []
  for (const path of paths) {
    // A path that cannot be examined cannot contain this folder. The walk lists it.
    const facts = await factsAt(resolve(path)).catch(() => null)
    if (facts?.isDirectory() === true) folders.push({ path, facts })
  }
  if (folders.length === 0) return
  for (let at = await nearestFolder(dir); ; at = dirname(at)) {
    const facts = await factsAt(at)
    const around = facts && folders.find((folder) => isSame(folder.facts, facts))
    if (around) throw new PenstockError('folder-into-itself', { path: around.path, folder: dir })
    if (at === dirname(at)) return
  }
}

/** Throws `file-onto-itself` if a top entry would be copied to its own path. */
export async function refuseOntoItself(entries: readonly SourceEntry[], dir: string): Promise<void> {
  for (const { path, absolutePath } of entries) {
    if (path.includes('/')) continue
    const [source, there] = await Promise.all([factsAt(absolutePath), factsAt(join(resolve(dir), path))])
    if (source && there && isSame(source, there))
      throw new PenstockError('file-onto-itself', { path: absolutePath })
  }
}
