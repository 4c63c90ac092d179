import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensurePackages } from '../electron/debian.mjs'
import { CACHE, MODULES, ROOT } from '../paths.mjs'
import { has, step } from '../process.mjs'
import { giveUp, print } from '../print.mjs'
import { isStamped, stateOf, unstamp, writeStamp } from './stamp.mjs'

const STAMP = join(CACHE, 'addon.stamp')
const ADDON = join(ROOT, 'native', 'build', 'Release', 'penstock.node')
const MADE_IN = join(ROOT, 'native', 'build', 'made-in')
const SOURCES = ['native/binding.gyp', 'native/src']

/** Windows uses a prebuilt addon: build/windows/addon.mjs builds and tests it on Linux. */
const isBrought = process.platform === 'win32'

const versionOf = (name) => JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')).version

function inputs() {
  const versions = ['node-addon-api', 'node-api-headers'].map(versionOf)
  return { paths: SOURCES, words: [process.platform, process.arch, ...versions] }
}

/** Whether the addon was built from these sources; on Windows, whether it exists. */
export function addonIsReady() {
  if (isBrought) return existsSync(ADDON)
  return existsSync(ADDON) && existsSync(join(MODULES, 'node-addon-api')) && isStamped(STAMP, ROOT, inputs())
}

/** Node-API's headers in the layout that node-gyp expects, so that it downloads none. Returns the folder for --nodedir. */
export function makeHeaders() {
  const folder = join(CACHE, `headers-${versionOf('node-api-headers')}`)
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  const node = join(draft, 'include', 'node')
  mkdirSync(join(draft, 'include'), { recursive: true })
  cpSync(join(MODULES, 'node-api-headers', 'include'), node, { recursive: true })
  writeFileSync(
    join(node, 'common.gypi'),
    "{ 'target_defaults': { 'configurations': { 'Release': {}, 'Debug': {} }, 'default_configuration': 'Release' } }\n",
  )
  renameSync(draft, folder)
  return folder
}

/** Builds the addon if it is missing or its sources have changed. */
export function ensureAddon() {
  if (addonIsReady()) return
  if (isBrought) {
    giveUp(`the addon for Windows is made on Linux (node build/windows/addon.mjs): bring it to ${ADDON}`)
  }
  if (!has('python3') || !has('make') || !has('g++')) {
    ensurePackages(['python3', 'make', 'g++'], 'the native addon needs a compiler')
  }
  print('building the native addon')
  unstamp(STAMP)
  const state = stateOf(ROOT, inputs())
  const gyp = join(MODULES, 'node-gyp', 'bin', 'node-gyp.js')
  const options = [
    '--directory',
    'native',
    `--nodedir=${makeHeaders()}`,
    '--jobs',
    'max',
    '--loglevel',
    'warn',
  ]
  const build = (...commands) => step(process.execPath, [gyp, ...commands, ...options])
  // make's dependency files contain this folder's path and are wrong in a checkout that was moved.
  const isHere = existsSync(MADE_IN) && readFileSync(MADE_IN, 'utf8') === ROOT
  const built = isHere ? build('configure', 'build') : build('rebuild')
  if (existsSync(dirname(MADE_IN))) writeFileSync(MADE_IN, ROOT)
  if (!built) giveUp('the native addon could not be built; the reason stands above')
  if (!existsSync(ADDON)) giveUp('the native addon was built, but it is not where it should be')
  writeStamp(STAMP, state)
}
