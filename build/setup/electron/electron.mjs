import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { alone, ensureReady } from '../ensure.mjs'
import { MODULES } from '../paths.mjs'
import { cleanEnvironment } from '../process.mjs'
import { giveUp, print } from '../print.mjs'
import { makeStandIn, unpackedStandIn } from './stand-in.mjs'

const PACKAGE = join(MODULES, 'electron')
const PROBE_MS = 5000
const EXECUTABLES = { darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'), win32: 'electron.exe' }
const executableIn = (folder) => join(folder, EXECUTABLES[process.platform] ?? 'electron')

/** Where Electron's own installer puts its download. */
function downloadAddress() {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const base =
    process.env['ELECTRON_MIRROR'] ??
    process.env['npm_config_electron_mirror'] ??
    'https://github.com/electron/electron/releases/download/'
  return `${base}v${version}/electron-v${version}-${process.platform}-${process.arch}.zip`
}

async function canBeDownloaded() {
  try {
    const options = { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) }
    const { ok } = await fetch(downloadAddress(), options)
    return ok
  } catch {
    return false
  }
}

/** Downloads the official Electron. The time limit applies to the probe only, not to the download. */
function download() {
  print('downloading Electron')
  const { status, stderr } = spawnSync(process.execPath, [join(PACKAGE, 'install.js')], {
    env: cleanEnvironment(),
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
  })
  if (status === 0) return true
  process.stderr.write(stderr)
  // Something in the network served other bytes. Setup must stop here and must not fall back.
  if (/checksum|sha-?256/iu.test(stderr)) giveUp('what was downloaded is not the Electron that was asked for')
  return false
}

function installed() {
  const official = executableIn(join(PACKAGE, 'dist'))
  return existsSync(official) && existsSync(join(PACKAGE, 'path.txt')) ? official : unpackedStandIn()
}

/**
 * Finds an Electron: the folder in ELECTRON_OVERRIDE_DIST_PATH, the official one, or a stand-in.
 * @param {{ install?: boolean }} options whether it may be downloaded
 * @returns {Promise<string | null>} its executable, or null if there is none
 */
export async function resolveElectron({ install = false } = {}) {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) {
    const executable = executableIn(override)
    if (!existsSync(executable)) giveUp(`ELECTRON_OVERRIDE_DIST_PATH: there is no ${executable}`)
    return executable
  }
  const there = installed()
  if (there !== null || !install) return there
  return alone(async () => {
    const meanwhile = installed()
    if (meanwhile !== null) return meanwhile
    if ((await canBeDownloaded()) && download()) return installed()
    print('the official Electron cannot be downloaded here')
    return makeStandIn()
  })
}

/** `node build/setup/electron/electron.mjs [--print]`: fetches what is missing; --print writes the path to standard output. */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureReady()
  const executable = await resolveElectron({ install: true })
  if (executable === null) giveUp('no Electron can be had on this machine')
  if (process.argv.includes('--print')) process.stdout.write(`${executable}\n`)
}
