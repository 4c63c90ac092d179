import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, MODULES, NPM, ROOT } from './paths.mjs'
import { step } from './process.mjs'
import { giveUp, print } from './print.mjs'
import { isStamped, stateOf, writeStamp } from './compile/stamp.mjs'

const STAMP = join(CACHE, 'dependencies.stamp')

const INPUTS = { paths: ['package-lock.json'], words: [process.platform, process.arch] }

/** Whether the packages of the lockfile are installed. */
export function dependenciesAreReady() {
  return existsSync(join(MODULES, 'tsx')) && isStamped(STAMP, ROOT, INPUTS)
}

/**
 * Whether the packages that npm records as installed match the lockfile.
 * @param {Record<string, { version?: string, integrity?: string, optional?: boolean, peer?: boolean }>} locked
 * @param {Record<string, { version?: string, integrity?: string }>} installed
 */
export function isInstalled(locked, installed) {
  return Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const there = installed[path]
    if (there === undefined) return optional === true
    return there.version === version && there.integrity === integrity
  })
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null
  } catch {
    return null
  }
}

/** Whether the user has already run `npm install` or `npm ci`. */
function areInstalled() {
  const locked = packagesIn(join(ROOT, 'package-lock.json'))
  const installed = packagesIn(join(MODULES, '.package-lock.json'))
  return locked !== null && installed !== null && isInstalled(locked, installed)
}

/** npm empties node_modules first; this keeps what setup has made there, such as an Electron. */
function keepingCache(work) {
  const folder = join(MODULES, '.cache')
  const aside = join(ROOT, '.setup-cache')
  if (existsSync(folder) && !existsSync(aside)) renameSync(folder, aside)
  const done = work()
  if (existsSync(aside) && existsSync(MODULES) && !existsSync(folder)) renameSync(aside, folder)
  return done
}

/** Installs the packages of the lockfile if they are missing or differ. */
export function ensureDependencies() {
  if (dependenciesAreReady()) return
  if (!areInstalled()) {
    print('installing dependencies (npm ci)')
    // No package that we use needs an install script; a separate step builds the addon.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    if (!keepingCache(() => step(NPM, args))) giveUp('npm ci failed. Is a package registry within reach?')
  }
  writeStamp(STAMP, stateOf(ROOT, INPUTS))
}
