import { join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'

/** What goes beside the application in a Linux package, laid out as it will be installed. */
export const STAGED = join(ROOT, 'out', 'package', 'linux')
/** Where installers and archives appear. */
export const DIST = join(ROOT, 'dist')
