import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

/**
 * A hash of the names and contents of files and of everything below folders, with extra words such as versions.
 * @param {string} root the folder that names are counted from
 * @param {readonly string[]} paths files and folders below it; a missing one counts as nothing
 * @param {readonly string[]} extra
 * @returns {string}
 */
export function hashOf(root, paths, extra = []) {
  const hash = createHash('sha256')
  for (const word of extra) hash.update(`${word}\0`)
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Whether the stamp says that this hash was built.
 * @param {string} stamp
 * @param {string} hash
 */
export function isStamped(stamp, hash) {
  try {
    return readFileSync(stamp, 'utf8') === hash
  } catch {
    return false
  }
}

/**
 * Forgets what was built, before it is built anew: a build that fails leaves no stamp.
 * @param {string} stamp
 */
export function unstamp(stamp) {
  rmSync(stamp, { force: true })
}

/**
 * @param {string} stamp
 * @param {string} hash
 */
export function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}
