import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../errors/errno.ts'
import { stateProblem } from './state-folder.ts'

const KEY_NAME = 'staging.key'
const KEY_BYTES = 32
/** Errors of a file system without hard links. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/**
 * The random key (32 bytes) by which this state folder recognises its staging folders. It is created once, mode 0600; a file
 * that holds no key is replaced. Throws `state-unreadable`, `no-permission`, `disk-full`.
 */
export async function stagingKey(stateDir: string): Promise<Buffer> {
  const path = join(stateDir, KEY_NAME)
  try {
    const there = await readKey(path)
    if (there) return there
    await createKey(path)
    const made = await readKey(path)
    if (made) return made
    // A file under the name holds no key.
    return await replaceKey(path)
  } catch (error) {
    throw stateProblem(error, path)
  }
}

/** Null if there is no file, or it holds no key. */
async function readKey(path: string): Promise<Buffer | null> {
  let file
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EMLINK'].includes(errnoOf(error))) return null
    throw error
  }
  try {
    if (!(await file.stat()).isFile()) return null
    const { buffer, bytesRead } = await file.read(Buffer.alloc(KEY_BYTES + 1), 0, KEY_BYTES + 1, 0)
    return bytesRead === KEY_BYTES ? buffer.subarray(0, KEY_BYTES) : null
  } finally {
    await file.close()
  }
}

/** If two processes do this at once, the key of the first stays. */
async function createKey(path: string): Promise<void> {
  const draft = await draftKey(path)
  try {
    // A hard link appears with its content and never replaces another file.
    await link(draft, path)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EEXIST') return
    if (!NO_LINKS.includes(errno)) throw error
    // The key of the last process stays; folders under another key are then left alone.
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
}

async function replaceKey(path: string): Promise<Buffer> {
  const draft = await draftKey(path)
  try {
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  const key = await readKey(path)
  if (!key) throw Object.assign(new Error('the key cannot be read back'), { code: 'EIO' })
  return key
}

/** A new key in a file beside `path`. */
async function draftKey(path: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder for this and does not need it.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
