import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errnoOf } from '../errors/errno.ts'

type Outcome = 'made' | 'present' | 'parent-missing'

/** Makes one folder. ENOENT is not an error yet: the caller may make the parent. */
async function makeOne(path: string, mode: number): Promise<Outcome> {
  try {
    await mkdir(path, { mode })
    return 'made'
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'parent-missing'
    // Systems differ in what they answer for a folder that exists: EEXIST, EISDIR, EPERM, EROFS.
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
 * Makes a folder and its missing parents, with `mode` less the umask. A folder that exists is left as it is.
 *
 * It takes the place of Node's recursive `mkdir`, which loops for ever where `mkdir` answers ENOENT although the parent
 * exists: in /proc, in a folder that was removed while it is open, on some FUSE file systems. Here each component is
 * tried at most twice.
 * @returns whether the last folder was made by this call
 * @throws Node's error of the call that failed: ENOENT where the parent exists or vanished, ENOTDIR or EEXIST where a
 *   component is something else than a folder, ELOOP, EACCES, EPERM, EROFS, ENOSPC, ENAMETOOLONG
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
