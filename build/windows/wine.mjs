import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { installPackages } from '../setup/electron/debian.mjs'
import { ensureReady } from '../setup/ensure.mjs'
import { cleanEnvironment } from '../setup/process.mjs'
import { giveUp, print } from '../setup/print.mjs'
import { ensureWindowsAddon } from './addon.mjs'
import { ensureBundles } from './bundle.mjs'
import { ensureWindowsNode } from './runtime.mjs'

// Debian keeps the 64-bit programs out of PATH, which would find those of a 32-bit Wine.
const WINE = '/usr/lib/wine/wine64'
const SERVER = '/usr/lib/wine/wineserver64'
const PREPARE_MS = 300_000

/** Programs that tests run on Windows' Node, and tests that run there themselves. */
const BUNDLES = {
  penstock: 'main/cli/index.ts',
  'line-reporter': 'test/support/line-reporter.ts',
  conformance: 'test/native/conformance.test.ts',
  sealed: 'test/native/session/sealed.test.ts',
  slices: 'test/native/session/slices.test.ts',
  'data-port': 'test/native/session/data-port.test.ts',
}

/** The reason why this machine cannot run Windows programs; null if it can. Installs what is missing where it may. */
export function whyNoWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Wine is set up on Linux on x86-64 only'
  const toDo = installPackages(['g++-mingw-w64-x86-64-posix', 'wine64'])
  if (toDo !== null) return `Windows is tested with Wine and a cross compiler. ${toDo}`
  return existsSync(WINE) && existsSync(SERVER) ? null : `there is no ${WINE}`
}

/** A Wine prefix in a new folder. */
function makePrefix() {
  const prefix = mkdtempSync(join(tmpdir(), 'penstock-wine-'))
  const env = {
    ...cleanEnvironment(),
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // Without these overrides Wine opens a window to install .NET and a browser.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
  }
  const run = (...args) => spawnSync(WINE, args, { env, stdio: 'ignore', timeout: PREPARE_MS }).status === 0
  const asWindows10 = ['reg', 'add', String.raw`HKCU\Software\Wine`, '/v', 'Version', '/d', 'win10', '/f']
  const made = run('wineboot', '-i') && run(...asWindows10)
  return { env, made, remove: () => remove(env) }
}

function remove(env) {
  spawnSync(SERVER, ['-k'], { env, stdio: 'ignore', timeout: 30_000 })
  spawnSync(SERVER, ['-w'], { env, stdio: 'ignore', timeout: 30_000 })
  rmSync(env.WINEPREFIX, { recursive: true, force: true })
}

/** Runs a command with a prepared Wine prefix; variables that begin with PENSTOCK_WINE give its place. */
async function runWithWine([program = '', ...args]) {
  const why = whyNoWine()
  if (why !== null) giveUp(why)
  const node = ensureWindowsNode()
  if (node === null) giveUp("Windows' Node cannot be had here")
  const addon = ensureWindowsAddon()
  const bundles = await ensureBundles(BUNDLES)
  print('starting a Windows (Wine)')
  const { env, made, remove: end } = makePrefix()
  process.on('exit', end)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]))
  }
  if (!made) giveUp('Wine could not be started')
  const where = { PENSTOCK_WINE: WINE, PENSTOCK_WINE_NODE: node, PENSTOCK_WINE_ADDON: addon }
  const { status } = spawnSync(program, args, {
    env: { ...env, ...where, PENSTOCK_WINE_BUNDLES: dirname(bundles.penstock) },
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

/** `node build/windows/wine.mjs -- COMMAND…` */
if (process.argv[1] === import.meta.filename) {
  await ensureReady()
  await runWithWine(process.argv.slice(process.argv.indexOf('--') + 1))
}
