import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * The inputs of a setup step: files and folders below the project's folder (a missing one counts as nothing), and
 * words such as versions.
 * @typedef {{ paths: readonly string[], words?: readonly string[] }} Inputs
 */

/**
 * The inputs at one moment. `content` changes with a name or a byte; `facts` changes with a name, a size, a time or an
 * inode, and is read without opening a file.
 * @typedef {{ content: string, facts: string }} State
 */

function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function hashFiles(root, { paths, words = [] }, describe) {
  const hash = createHash('sha256')
  for (const word of words) hash.update(`${word}\0`)
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    hash.update(`${relative(root, file)}\0`)
    describe(hash, file)
  }
  return hash.digest('hex')
}

/**
 * A hash of the words and of the names and contents of all files.
 * @param {string} root the folder that paths are relative to
 * @param {Inputs} inputs
 * @returns {string}
 */
export function hashOf(root, inputs) {
  return hashFiles(root, inputs, (hash, file) => {
    const content = readFileSync(file)
    hash.update(`${content.length}\0`).update(content)
  })
}

function factsOf(root, inputs) {
  return hashFiles(root, inputs, (hash, file) => {
    const { size, mtimeNs, ctimeNs, ino } = statSync(file, { bigint: true })
    hash.update(`${size} ${mtimeNs} ${ctimeNs} ${ino}\0`)
  })
}

/**
 * @param {string} root
 * @param {Inputs} inputs
 * @returns {State}
 */
export function stateOf(root, inputs) {
  // The facts first: a file that changes between the two reads shows as changed at the next check.
  const facts = factsOf(root, inputs)
  return { content: hashOf(root, inputs), facts }
}

/** @returns {State | null} */
function read(stamp) {
  try {
    const [content, facts] = readFileSync(stamp, 'utf8').split('\n')
    return content && facts ? { content, facts } : null
  } catch {
    return null
  }
}

/**
 * Whether the stamp was written for these inputs. Opens files only if their facts have changed, as in a checkout of
 * another branch; if the contents are the same, the stamp takes the new facts.
 * @param {string} stamp
 * @param {string} root
 * @param {Inputs} inputs
 */
export function isStamped(stamp, root, inputs) {
  const stamped = read(stamp)
  if (stamped === null) return false
  const facts = factsOf(root, inputs)
  if (stamped.facts === facts) return true
  if (stamped.content !== hashOf(root, inputs)) return false
  writeStamp(stamp, { content: stamped.content, facts })
  return true
}

/**
 * Removes the stamp before a build, so that a build that fails leaves none.
 * @param {string} stamp
 */
export function unstamp(stamp) {
  rmSync(stamp, { force: true })
}

/**
 * @param {string} stamp
 * @param {State} state taken before the build: a change during the build is built the next time
 */
export function writeStamp(stamp, { content, facts }) {
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, `${content}\n${facts}\n`)
}
