import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBundle } from '../setup/compile/bundle.mjs'
import { ensureReady } from '../setup/ensure.mjs'
import { MODULES, ROOT } from '../setup/paths.mjs'
import { step } from '../setup/process.mjs'
import { giveUp, print } from '../setup/print.mjs'
import { makeStandIn, VERSION } from '../setup/electron/stand-in.mjs'
import { DIST } from './paths.mjs'

/**
 * `node build/package/build.mjs [--closed] [--set-version V] [--out DIR] [--publish WHEN] [TARGET…]`: installers into dist/. With --closed nothing is
 * downloaded but from package registries: the Electron is build/setup's stand-in and fpm is ours. Such a package is for
 * trying and for tests and is never shipped.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    closed: { type: 'boolean' },
    'set-version': { type: 'string' },
    out: { type: 'string', default: DIST },
    publish: { type: 'string', default: 'never' },
  },
})

const PLATFORMS = { linux: '--linux', darwin: '--mac', win32: '--win' }

/** The path of a system program. */
function pathOf(program) {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' })
  return stdout.trim()
}

/** Variables that stop electron-builder from downloading. */
async function closedEnvironment() {
  const electron = await makeStandIn()
  if (electron === null) giveUp('there is a stand-in for Electron on Linux x64 only')
  const sevenZip = pathOf('7za')
  return {
    ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
    PENSTOCK_ELECTRON_DIST: dirname(electron),
    PENSTOCK_ELECTRON_VERSION: VERSION,
    CUSTOM_FPM_PATH: join(ROOT, 'build', 'package', 'fpm.mjs'),
    ...(sevenZip === '' ? {} : { ELECTRON_BUILDER_7ZIP_PATH: sevenZip }),
  }
}

await ensureReady()
await ensureBundle()
const version = values['set-version'] ?? JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
const staging = ['--import', 'tsx', join('build', 'package', 'stage.ts'), version]
if (!step(process.execPath, staging)) giveUp('the application could not be laid out')
const environment = values.closed ? await closedEnvironment() : {}
const builder = join(MODULES, 'electron-builder', 'cli.js')
const config = join('build', 'package', 'electron-builder.config.mjs')
const targets = positionals.length > 0 ? [PLATFORMS[process.platform], ...positionals] : []
print(`packaging ${version}`)
const places = ['--config', config, `-c.directories.output=${values.out}`]
const args = [builder, ...targets, ...places, '--publish', values.publish]
if (!step(process.execPath, args, { env: { ...process.env, ...environment } }))
  giveUp('electron-builder failed')
