import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's top folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const MODULES = join(ROOT, 'node_modules')
/** What set-up makes and can make again. */
export const CACHE = join(MODULES, '.cache', 'penstock')
