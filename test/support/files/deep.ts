import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** Bytes of a path that one system call takes, the zero byte included. */
export const PATH_MAX = process.platform === 'darwin' ? 1024 : 4096
/** Short enough for the folder itself to be named. */
const ROOT_BYTES = Math.floor(PATH_MAX * 0.6)
const NAME_BYTES = 200

/** A folder whose path has about six tenths of {@link PATH_MAX}. It is removed after the tests of the file. */
function deepFolder(): string {
  const top = mkdtempSync(join(tmpdir(), 'penstock-deep-'))
  // Node removes by paths, which are too long.
  after(() => execFileSync('rm', ['-rf', top]))
  let path = top
  while (path.length < ROOT_BYTES)
    path = join(path, 'r'.repeat(Math.min(NAME_BYTES, ROOT_BYTES - path.length)))
  mkdirSync(path, { recursive: true })
  return path
}

/**
 * Makes folders in `folder`, each in the one before, with a file of this content. Returns the paths of the files; below a
 * deep folder the last are longer than {@link PATH_MAX}.
 */
export function makeNested(folder: string, content: (index: number) => Uint8Array): string[] {
  const files: string[] = []
  let at = folder
  while (at.length - folder.length < PATH_MAX - ROOT_BYTES + 2 * NAME_BYTES) {
    at = join(at, 'd'.repeat(NAME_BYTES))
    mkdirSync(at, { recursive: true })
    const file = join(at, `file ${String(files.length)}`)
    writeFileSync(file, content(files.length))
    files.push(file.slice(folder.length + 1))
  }
  return files
}

/** Moves a folder to where the paths below it are too long for a system call. Returns its new path. */
export function moveDeep(folder: string): string {
  const deep = join(deepFolder(), 'top')
  renameSync(folder, deep)
  return deep
}
