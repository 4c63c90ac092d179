import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NPM, ROOT } from './paths.mjs'
import { step } from './process.mjs'

/**
 * Installs, into a new folder, the packages that the lockfile in a folder of this repository pins. No scripts of theirs run.
 * @param {string} from relative to the repository
 * @param {string} to
 * @param {readonly string[]} options further ones of npm
 * @returns {boolean} whether all are there
 */
export function installPinned(from, to, options = []) {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(ROOT, from, name), join(to, name))
  }
  return step(NPM, ['ci', ...options, '--ignore-scripts', '--loglevel=error'], { cwd: to })
}
