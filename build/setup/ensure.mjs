import { join } from 'node:path'
import { addonIsReady, ensureAddon } from './addon.mjs'
import { dependenciesAreReady, ensureDependencies } from './dependencies.mjs'
import { withLock } from './lock.mjs'
import { ROOT } from './paths.mjs'
import { giveUp, say } from './say.mjs'

/** The oldest Node of each line that the tools run on. */
export function nodeIsSupported(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major > 22
}

/** Makes the command line and its tests ready to run: packages and addon. Quick when they are. */
export async function ensureReady() {
  if (!nodeIsSupported())
    giveUp(`Node ${process.versions.node} is too old: install Node 20.19 or 22.13, or later`)
  if (dependenciesAreReady() && addonIsReady()) return
  await withLock(
    join(ROOT, '.setup.lock'),
    () => {
      ensureDependencies()
      ensureAddon()
    },
    () => say('another shell is setting up; waiting for it'),
  )
}
