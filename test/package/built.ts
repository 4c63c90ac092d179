import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const ROOT = join(import.meta.dirname, '..', '..')
/** Where build/package/test.mjs has put the packages of this version, and one of a later version. */
const PACKAGES = join(ROOT, 'out', 'package', 'test')
export const THIS = join(PACKAGES, 'this')
const LATER = join(PACKAGES, 'later')

/** The version that the packages are of. */
export const VERSION = z
  .looseObject({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).version

function packageIn(folder: string, ending: string): string {
  const found = readdirSync(folder).filter((name) => name.endsWith(ending))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`Expected one ${ending} in ${folder}`)
  return join(folder, only)
}

export const deb = (): string => packageIn(THIS, '.deb')
export const laterDeb = (): string => packageIn(LATER, '.deb')
export const rpm = (): string => packageIn(THIS, '.rpm')
export const tarball = (): string => packageIn(THIS, '.tar.gz')
/** The application as it is packed. */
export const UNPACKED = join(THIS, 'linux-unpacked')

/** Runs a program to its end and returns its output; throws if it fails. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/** Runs a program that may fail; returns its exit code and all that it printed. */
export function outcome(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return { status, text: `${stdout}${stderr}` }
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')
