import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, NPM, ROOT } from '../setup/paths.mjs'
import { step } from '../setup/process.mjs'
import { print } from '../setup/print.mjs'
import { hashOf } from '../setup/compile/stamp.mjs'

const SOURCE = join('build', 'oldest-types')
const FOLDER = join(CACHE, 'oldest-types')
const MADE_FROM = join(FOLDER, 'made-from')

/**
 * Installs the types of the oldest Electron and Node that the application supports, pinned by a lockfile of their own.
 * @returns {string} the folder of these packages
 */
export function oldestTypes() {
  const modules = join(FOLDER, 'node_modules')
  const wanted = hashOf(ROOT, { paths: [SOURCE] })
  if (existsSync(MADE_FROM) && readFileSync(MADE_FROM, 'utf8') === wanted) return modules
  print('fetching the types of the oldest Electron and Node')
  const draft = `${FOLDER}.${process.pid}`
  mkdirSync(draft, { recursive: true })
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(ROOT, SOURCE, name), join(draft, name))
  }
  const fetched = step(NPM, ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: draft })
  if (!fetched) throw new Error('The types could not be fetched. Is a package registry within reach?')
  writeFileSync(join(draft, 'made-from'), wanted)
  rmSync(FOLDER, { recursive: true, force: true })
  renameSync(draft, FOLDER)
  return modules
}
