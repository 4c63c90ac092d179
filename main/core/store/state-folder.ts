import { chmod } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, posix, resolve, win32 } from 'node:path'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, problemOfError } from '../errors/errno.ts'
import { makeFolders } from '../target/make-folder.ts'

/** What the choice of the state folder depends on; a parameter, so that tests can simulate each platform. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home folder; may throw if there is none. */
  readonly home: () => string
}

/**
 * The folder for identity, settings and history if none is given: `PENSTOCK_STATE`, else `$XDG_STATE_HOME/penstock`
 * (`~/.local/state/penstock`), `~/Library/Application Support/Penstock`, `%LOCALAPPDATA%\\Penstock`. Throws `usage` if that
 * needs a home folder and there is none.
 */
export function defaultStateFolder(
  around: Surroundings = { platform: process.platform, env: process.env, home: homedir },
): string {
  const { platform, env } = around
  if (env['PENSTOCK_STATE']) return resolve(env['PENSTOCK_STATE'])
  if (platform === 'darwin') return join(homeOf(around), 'Library', 'Application Support', 'Penstock')
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? ''
    return join(win32.isAbsolute(local) ? local : join(homeOf(around), 'AppData', 'Local'), 'Penstock')
  }
  const base = env['XDG_STATE_HOME'] ?? ''
  // The XDG specification: a relative path must be ignored.
  return join(isAbsolute(base) ? base : join(homeOf(around), '.local', 'state'), 'penstock')
}

/** The home folder. A relative or empty one would depend on the folder in which the program is started. */
function homeOf({ platform, home }: Surroundings): string {
  let path = ''
  try {
    path = home()
  } catch {
    // No variable is set, and the user database has no entry.
  }
  if ((platform === 'win32' ? win32 : posix).isAbsolute(path)) return path
  throw new PenstockError('usage', { why: 'no-home', ...(path === '' ? {} : { value: path }) })
}

/** Creates the state folder (mode 0700) if it is missing. Throws `no-permission`, `disk-full`, `state-unreadable`. */
export async function makeStateFolder(stateDir: string): Promise<void> {
  try {
    if (await makeFolders(stateDir, 0o700)) await chmod(stateDir, 0o700)
  } catch (error) {
    throw stateProblem(error, stateDir)
  }
}

/** The error code for a state folder that cannot be used: `state-unreadable` if it is not a folder or cannot be created. */
export function stateProblem(error: unknown, path: string): PenstockError {
  const problem = problemOfError(error, { path })
  if (error instanceof PenstockError || problem.code === 'no-permission' || problem.code === 'disk-full')
    return problem
  return new PenstockError('state-unreadable', { path, detail: errnoOf(error) }, { cause: error })
}
