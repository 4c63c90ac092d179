import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, ROOT } from '../setup/paths.mjs'
import { installPinned } from '../setup/pinned.mjs'
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
  if (!installPinned(SOURCE, draft))
    throw new Error('The types could not be fetched. Is a package registry within reach?')
  writeFileSync(join(draft, 'made-from'), wanted)
  rmSync(FOLDER, { recursive: true, force: true })
  renameSync(draft, FOLDER)
  return modules
}
