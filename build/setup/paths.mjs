import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's top folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const MODULES = join(ROOT, 'node_modules')
/** What setup makes and can make again. */
export const CACHE = join(MODULES, '.cache', 'penstock')
/** Held during setup; outside node_modules, which npm empties. */
export const LOCK = join(ROOT, '.setup.lock')
/** The addon's TypeScript; its other sources are compiled. */
export const ADDON_TYPESCRIPT = ['native/index.ts', 'native/load.ts', 'native/manifest.ts', 'native/types']
export const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm'
