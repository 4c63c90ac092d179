import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Lays out the installed files below a folder, with the modes of a package.
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

/** Folders and programs 0755, libraries and files 0644, independent of the builder's umask; keeps the set-user-id bit. */
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

/** A maintainer script's text, or null if there is none. */
export function scriptText(path) {
  const text = readFileSync(path, 'utf8')
  const does = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return does.every((line) => line.trim() === 'exit 0') ? null : text
}

/** Runs a tool; throws its error output if it fails. */
export function runTool(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options })
  if (status !== 0)
    throw new Error(`${program} failed: ${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`)
  return stdout
}
