import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, constants, copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, problemOfError } from '../errors/errno.ts'
import { makeFolders } from '../target/make-folder.ts'

/** What the choice of the state folder depends on; handed in so that tests can be any platform. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * The folder for identity, settings and history where none is named: `PENSTOCK_STATE`, else
 * `$XDG_STATE_HOME/penstock` (`~/.local/state/penstock`), `~/Library/Application Support/Penstock`,
 * `%LOCALAPPDATA%\Penstock`.
 */
export function defaultStateFolder(
  { platform, env, home }: Surroundings = { platform: process.platform, env: process.env, home: homedir() },
): string {
  if (env['PENSTOCK_STATE']) return resolve(env['PENSTOCK_STATE'])
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Penstock')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Penstock')
  const base = env['XDG_STATE_HOME']
  // The XDG specification: a relative path there is to be ignored.
  return join(base && isAbsolute(base) ? base : join(home, '.local', 'state'), 'penstock')
}

/** Makes the state folder (mode 0700) where it is missing. Throws `no-permission`, `disk-full`, `state-unreadable`. */
export async function makeStateFolder(stateDir: string): Promise<void> {
  try {
    if (await makeFolders(stateDir, 0o700)) await chmod(stateDir, 0o700)
  } catch (error) {
    const problem = problemOfError(error, { path: stateDir })
    if (problem.code === 'no-permission' || problem.code === 'disk-full') throw problem
    // There is something else than a folder, or nothing can be there.
    throw new PenstockError('state-unreadable', { path: stateDir, detail: errnoOf(error) }, { cause: error })
  }
}

const lockSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() })
type Holder = z.infer<typeof lockSchema>

export interface ReceiverLock {
  /** Gives the state free; harmless when done before. */
  release(): Promise<void>
}

const LOCK_NAME = 'receiver.lock'
const ATTEMPTS = 5

/**
 * Takes the state for one receiver. A lock whose process is gone is taken over: a process is told from a
 * later one with its number by the time at which it started. Throws `state-in-use` {path, pid}.
 */
export async function lockReceiver(stateDir: string): Promise<ReceiverLock> {
  await makeStateFolder(stateDir)
  const path = join(stateDir, LOCK_NAME)
  const mine: Holder = { pid: process.pid, startedAt: (await startTime(process.pid)) ?? '' }
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, JSON.stringify(mine), { mode: 0o600, flag: 'wx' })
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await takeName(draft, path)) return releaser(path)
      await clearStale(path)
    }
    throw new PenstockError('state-in-use', { path: stateDir, pid: 0 })
  } catch (error) {
    throw problemOfError(error, { path })
  } finally {
    await rm(draft, { force: true })
  }
}

/** A hard link appears with its content or not at all, and never over another. */
async function takeName(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errno)) throw error
  }
  // A file system without hard links.
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function clearStale(path: string): Promise<void> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const holder = parseHolder(text)
  if (holder && (await isRunning(holder))) throw new PenstockError('state-in-use', { path, pid: holder.pid })
  await removeIfStill(path, text)
}

/** Another process may have taken a stale lock over since it was read; then its lock is put back. */
async function removeIfStill(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== text) await takeName(aside, path)
  await rm(aside, { force: true })
}

function parseHolder(text: string): Holder | null {
  try {
    return lockSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function releaser(path: string): ReceiverLock {
  let released: Promise<void> | null = null
  return {
    release() {
      released ??= rm(path, { force: true })
      return released
    },
  }
}

async function isRunning({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    if (errnoOf(error) !== 'EPERM') return false
  }
  const now = await startTime(pid)
  return now === null || startedAt === '' || now === startedAt
}

/** When a process started, in the platform's own words; null where it cannot be asked. */
async function startTime(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await linuxStartTime(pid)
    if (process.platform === 'win32') return null
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)])
    return stdout.trim() || null
  } catch {
    return null
  }
}

async function linuxStartTime(pid: number): Promise<string | null> {
  const [text, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ])
  // Field 22; the name in field 2 may hold spaces and brackets, so the fields are counted from its last
  // bracket.
  const ticks = text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  return ticks === undefined ? null : `${boot.trim()} ${ticks}`
}
