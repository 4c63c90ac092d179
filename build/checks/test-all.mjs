import { spawnSync } from 'node:child_process'
import { hasApplication } from '../setup/compile/bundle.mjs'
import { isDebian } from '../setup/electron/debian.mjs'
import { electronEnvironment, ensureLibraries, hasDisplay } from '../setup/electron/display.mjs'
import { resolveElectron } from '../setup/electron/electron.mjs'
import { ensureReady } from '../setup/ensure.mjs'
import { filesBelow, nodeTests, runAll, testsBelow } from './groups.mjs'
import { whyNoGuest } from '../guest/guest.mjs'
import { whyNoWine } from '../windows/wine.mjs'
import { whyNoFuzz } from '../../test/fuzz/run.mjs'

/** The user's consent to install packages on a machine outside CI. */
const CONSENT = '--yes'
const IN_ELECTRON = 'test/e2e/electron-addon.test.ts'

/** The Electron to test with, or the reason why there is none. */
async function findElectron() {
  const path = await resolveElectron({ install: true })
  if (path === null) return { notRun: 'no Electron can be had on this machine' }
  const toDo = ensureLibraries({ virtualDisplay: !hasDisplay() })
  return toDo === null ? { path } : { notRun: `Electron needs system libraries. ${toDo}` }
}

/** Checks the format of C++. Releases of clang-format differ, so the release is fixed. */
function nativeFormat() {
  const name = 'format-native'
  const program = 'clang-format-14'
  if (spawnSync(program, ['--version']).status !== 0) return { name, notRun: `${program} is not installed` }
  const folders = ['native/src', 'native/driver', 'build/windows', 'test/windows', 'test/fuzz']
  const files = folders.flatMap((folder) => filesBelow(folder, /\.(?:cc|h)$/u))
  return { name, command: [program, '--dry-run', '-Werror', ...files] }
}

/** The engine's plain C++ driver under a sanitizer. */
function sanitized(kind) {
  return process.platform === 'linux'
    ? { name: kind, command: ['bash', 'native/driver/run.sh', kind] }
    : { name: kind, notRun: 'the driver is made for Linux' }
}

/** Decoders under a fuzzer, for a short time. */
function fuzzed() {
  const name = 'fuzz'
  const why = whyNoFuzz()
  return why === null ? { name, command: [process.execPath, 'test/fuzz/run.mjs'] } : { name, notRun: why }
}

/** The addon's tests in an Electron that acts as Node. */
function addonTests({ path, notRun }) {
  const name = 'addon-in-electron'
  if (path === undefined) return { name, notRun }
  const env = { ...electronEnvironment(), ELECTRON_RUN_AS_NODE: '1' }
  return { name, ...nodeTests([IN_ELECTRON, ...testsBelow('test/native')], { node: path, env }) }
}

/** Compiles the addon for macOS; running it takes a Mac. */
function macosCompile() {
  const name = 'macos'
  return process.platform === 'linux' && process.arch === 'x64'
    ? { name, command: [process.execPath, 'build/macos/check.mjs'] }
    : { name, notRun: 'its cross compiler is for Linux on x86-64' }
}

/** A short run of the benchmark, so that it keeps working. */
function smallBench() {
  const name = 'bench'
  if (process.platform !== 'linux') return { name, notRun: 'it makes network namespaces of Linux' }
  if (process.getuid?.() !== 0) return { name, notRun: 'it makes network namespaces, which takes root' }
  return { name, command: [process.execPath, '--import', 'tsx', 'test/bench/run.ts', '--quick'] }
}

/** Playwright's tests of real windows, one file at a time. */
function windowTests({ path, notRun }) {
  const name = 'windows'
  if (path === undefined) return { name, notRun }
  const files = testsBelow('test/e2e', (file) => file === IN_ELECTRON)
  const { command, countsTests } = nodeTests(files, { concurrency: 1, timeoutMs: 600_000 })
  const starter = [process.execPath, 'build/setup/run.mjs', '--electron', '--']
  return { name, command: [...starter, ...command], countsTests }
}

/** Takes the pictures of the documentation into a temporary folder. */
function pictures({ path, notRun }) {
  const name = 'screenshots'
  if (path === undefined) return { name, notRun }
  const starter = [process.execPath, 'build/setup/run.mjs', '--electron', '--']
  const program = [process.execPath, '--import', 'tsx', 'test/e2e/screenshots/run.ts', '--check']
  return { name, command: [...starter, ...program] }
}

/** The reason why packages are not built and installed here, or null. */
function whyNoPackages({ notRun }) {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !isDebian()) return 'made for Debian on x64'
  if (notRun !== undefined) return notRun
  if (process.getuid?.() !== 0) return 'installing needs root'
  if ((process.env['CI'] ?? '') === '' && !process.argv.includes(CONSENT))
    return `it installs and removes Penstock on this machine; say ${CONSENT} if that is meant`
  return null
}

/** Builds, inspects, installs, drives and removes the packages. */
function packageTests(electron) {
  const name = 'package'
  const why = whyNoPackages(electron)
  if (why !== null) return { name, notRun: why }
  return { name, command: [process.execPath, 'build/package/test.mjs'], countsTests: true }
}

/** Windows' own Node and the cross-built addon, under Wine; speeds measured there mean nothing. */
function wineTests() {
  const name = 'wine'
  const why = whyNoWine()
  if (why !== null) return { name, notRun: why }
  const { command, countsTests } = nodeTests(testsBelow('test/windows'), {
    concurrency: 1,
    timeoutMs: 600_000,
  })
  return { name, command: [process.execPath, 'build/windows/wine.mjs', '--', ...command], countsTests }
}

/** Tests that start a Linux of their own in QEMU. */
function inGuest(name, files) {
  const why = whyNoGuest()
  if (why !== null) return { name, notRun: why }
  // Each test has a limit of its own.
  const { command, countsTests } = nodeTests(files, { concurrency: 1, timeoutMs: 3_600_000 })
  return { name, command: [process.execPath, 'build/guest/guest.mjs', '--', ...command], countsTests }
}

/** `npm run test:all`: the checks that need root, more time or an Electron; `npm test` has the rest. Arguments choose groups. */
await ensureReady()
const electron = await findElectron()
await runAll(
  [
    nativeFormat(),
    sanitized('asan'),
    sanitized('tsan'),
    fuzzed(),
    { name: 'interop', ...nodeTests(testsBelow('test/interop'), { concurrency: 1, timeoutMs: 600_000 }) },
    { name: 'faults', ...nodeTests(testsBelow('test/faults'), { concurrency: 1, timeoutMs: 600_000 }) },
    { name: 'witness', ...nodeTests(testsBelow('test/witness'), { concurrency: 1, timeoutMs: 600_000 }) },
    // Its network card reads memory by DMA, as in a real machine.
    inGuest('guest', ['test/guest/zerocopy.test.ts']),
    // It has the kernel's tls module.
    inGuest('ktls', ['test/guest/ktls.test.ts']),
    macosCompile(),
    wineTests(),
    smallBench(),
    {
      name: 'filesystems',
      ...nodeTests(testsBelow('test/filesystems'), { concurrency: 1, timeoutMs: 600_000 }),
    },
    addonTests(electron),
    ...(hasApplication() ? [windowTests(electron), pictures(electron)] : []),
    { name: 'versions', ...nodeTests(testsBelow('test/versions')) },
    packageTests(electron),
  ],
  process.argv.slice(2).filter((word) => word !== CONSENT),
)
