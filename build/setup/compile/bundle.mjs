import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from '../ensure.mjs'
import { ADDON_TYPESCRIPT, CACHE, MODULES, ROOT } from '../paths.mjs'
import { step } from '../process.mjs'
import { giveUp, print } from '../print.mjs'
import { isStamped, stateOf, unstamp, writeStamp } from './stamp.mjs'

const STAMP = join(CACHE, 'bundle.stamp')
const MADE = [
  'out/main/entry.mjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/packages/renderer.json',
]
const SOURCES = ['main', 'renderer', ...ADDON_TYPESCRIPT, 'build/bundle', 'assets']
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.web.json']

const INPUTS = { paths: [...SOURCES, ...SETTINGS] }
const isReady = () => MADE.every((file) => existsSync(join(ROOT, file))) && isStamped(STAMP, ROOT, INPUTS)

/** Whether this checkout has an application to build. */
export const hasApplication = () =>
  ['renderer/index.html', 'main/desktop/index.ts'].every((file) => existsSync(join(ROOT, file)))

/** Builds the application into out/ if its sources have changed. */
export async function ensureBundle() {
  if (isReady()) return
  await alone(() => {
    if (isReady()) return
    print('building the application')
    unstamp(STAMP)
    const state = stateOf(ROOT, INPUTS)
    const program = join(MODULES, 'electron-vite', 'bin', 'electron-vite.js')
    const config = join('build', 'bundle', 'electron.vite.config.ts')
    if (!step(process.execPath, [program, 'build', '--config', config, '--logLevel', 'warn'])) {
      giveUp('the application could not be built; the reason stands above')
    }
    writeStamp(STAMP, state)
  })
}
