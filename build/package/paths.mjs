import { join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'

export { ROOT }
const PACKAGE = join(ROOT, 'out', 'package')
/** The application as electron-builder takes it. */
export const APP = join(PACKAGE, 'app')
/** What goes beside the application in a Linux package, laid out as it will be installed. */
export const BESIDE = join(PACKAGE, 'linux')
/** Licences of the packages that the bundler took in. */
export const NOTICES = join(PACKAGE, 'LICENSES.packages.txt')
/** Names of these packages, one file for each part of the application. */
export const TAKEN_IN = join(ROOT, 'out', 'packages')
/** Where installers and archives appear. */
export const DIST = join(ROOT, 'dist')
