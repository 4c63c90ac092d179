import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Lays everything out below a folder as it will be installed, with the modes that a package has.
 * @param {string} root
 * @param {readonly { from: string, to: string }[]} copies
 */
export function layOut(root, copies) {
  for (const { from, to } of copies) {
    const target = join(root, to)
    mkdirSync(from.endsWith('/') ? target : dirname(target), { recursive: true })
    cpSync(from, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  }
  plainModes(root)
}

const LIBRARY = /\.(?:so(?:\.\d+)*|node)$/u

/** Folders and programs 0755, libraries and files 0644, whatever the builder's umask was; the set-user-id bit stays. */
function plainModes(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) continue
    if (entry.isDirectory()) plainModes(path)
    else {
      const { mode } = lstatSync(path)
      chmodSync(path, (mode & 0o4000) | (mode & 0o100 && !LIBRARY.test(entry.name) ? 0o755 : 0o644))
    }
  }
}

/** Every path below a folder, relative to it, in order. */
export function pathsBelow(folder) {
  return readdirSync(folder, { recursive: true }).sort()
}

/** A maintainer script's text, or null where it has nothing to do. */
export function scriptText(path) {
  const text = readFileSync(path, 'utf8')
  const does = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return does.every((line) => line.trim() === 'exit 0') ? null : text
}

/** Runs a tool, and throws with its words where it fails. */
export function runTool(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options })
  if (status !== 0)
    throw new Error(`${program} failed: ${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`)
  return stdout
}
