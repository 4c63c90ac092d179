import { chmod } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
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
    throw stateProblem(error, stateDir)
  }
}

/** What a failure to use the state folder is called: `state-unreadable` for one that is no folder, or that cannot be one. */
export function stateProblem(error: unknown, path: string): PenstockError {
  const problem = problemOfError(error, { path })
  if (error instanceof PenstockError || problem.code === 'no-permission' || problem.code === 'disk-full')
    return problem
  return new PenstockError('state-unreadable', { path, detail: errnoOf(error) }, { cause: error })
}
