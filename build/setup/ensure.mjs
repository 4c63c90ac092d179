import { addonIsReady, ensureAddon } from './compile/addon.mjs'
import { dependenciesAreReady, ensureDependencies } from './dependencies.mjs'
import { withLock } from './lock.mjs'
import { LOCK } from './paths.mjs'
import { giveUp, print } from './print.mjs'

/**
 * Whether the tools support this version of Node: the oldest of each supported line, or later.
 * @param {string} version
 */
export function nodeIsSupported(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major > 22
}

/**
 * Runs set-up work while no other process does.
 * @template T
 * @param {() => T | Promise<T>} work
 */
export function alone(work) {
  return withLock(LOCK, work, () => print('another shell is setting up; waiting for it'))
}

/** Installs packages and builds the addon, for the command line and its tests. Quick if both are ready. */
export async function ensureReady() {
  if (!nodeIsSupported())
    giveUp(`Node ${process.versions.node} is too old: install Node 20.19 or 22.13, or later`)
  if (dependenciesAreReady() && addonIsReady()) return
  await alone(() => {
    ensureDependencies()
    ensureAddon()
  })
}
