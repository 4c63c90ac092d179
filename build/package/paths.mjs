import { join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'

export { ROOT }
const PACKAGE = join(ROOT, 'out', 'package')
/** The staged application, input of electron-builder. */
export const APP = join(PACKAGE, 'app')
/** What a Linux package installs beside the application, laid out as installed. */
export const BESIDE = join(PACKAGE, 'linux')
/** Licences of the bundled packages. */
export const NOTICES = join(PACKAGE, 'LICENSES.packages.txt')
/** Names of the bundled packages, one file for each part of the application. */
export const TAKEN_IN = join(ROOT, 'out', 'packages')
/** Output folder of installers and archives. */
export const DIST = join(ROOT, 'dist')
