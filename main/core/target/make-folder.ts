import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errnoOf } from '../errors/errno.ts'

type Outcome = 'made' | 'present' | 'parent-missing'

/** Creates one folder. ENOENT is not an error yet: the caller may create the parent. */
async function makeOne(path: string, mode: number): Promise<Outcome> {
  try {
    await mkdir(path, { mode })
    return 'made'
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'parent-missing'
    // Systems return different errors for an existing folder: EEXIST, EISDIR, EPERM, EROFS.
    if (await isFolder(path)) return 'present'
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/**
 * Creates a folder and its missing parents, with `mode` less the umask. An existing folder is not changed.
 *
 * Replaces Node's recursive `mkdir`, which loops forever if `mkdir` returns ENOENT although the parent exists: in /proc, in
 * a folder that was removed while open, on some FUSE file systems. Here each component is tried at most twice.
 * @returns whether this call created the last folder
 * @throws Node's error of the call that failed: ENOENT if the parent exists or vanished, ENOTDIR or EEXIST if a component is
 * not a folder, ELOOP, EACCES, EPERM, EROFS, ENOSPC, ENAMETOOLONG
 */
export async function makeFolders(path: string, mode = 0o777): Promise<boolean> {
  const missing: string[] = []
  let at = resolve(path)
  let outcome = await makeOne(at, mode)
  while (outcome === 'parent-missing' && dirname(at) !== at) {
    missing.push(at)
    at = dirname(at)
    outcome = await makeOne(at, mode)
  }
  for (const folder of missing.reverse()) {
    outcome = await makeOne(folder, mode)
    if (outcome === 'parent-missing') throw notMade(folder)
  }
  if (outcome === 'parent-missing') throw notMade(at)
  return outcome === 'made'
}

function notMade(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, mkdir '${path}'`), {
    code: 'ENOENT',
    syscall: 'mkdir',
    path,
  })
}
