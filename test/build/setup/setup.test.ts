// Invariant: setup runs again exactly when its inputs have changed, and npm's settings do not affect it.
import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isInstalled } from '../../../build/setup/dependencies.mjs'
import { electronEnvironment, hasDisplay } from '../../../build/setup/electron/display.mjs'
import { nodeIsSupported } from '../../../build/setup/ensure.mjs'
import { cleanEnvironment } from '../../../build/setup/process.mjs'
import { hashOf, isStamped, stateOf, unstamp, writeStamp } from '../../../build/setup/compile/stamp.mjs'

const folder = mkdtempSync(join(tmpdir(), 'penstock-setup-'))
after(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('a hash follows contents, names and extra words, and nothing else', () => {
  const root = join(folder, 'sources')
  mkdirSync(join(root, 'src', 'deep'), { recursive: true })
  writeFileSync(join(root, 'src', 'a.cc'), 'one')
  writeFileSync(join(root, 'src', 'deep', 'b.cc'), 'two')
  const paths = ['src', 'missing']
  const hash = (): string => hashOf(root, { paths, words: ['x64'] })
  const first = hash()
  assert.equal(hash(), first)
  assert.notEqual(hashOf(root, { paths, words: ['arm64'] }), first)
  writeFileSync(join(root, 'src', 'deep', 'b.cc'), 'three')
  const changed = hash()
  assert.notEqual(changed, first)
  renameSync(join(root, 'src', 'a.cc'), join(root, 'src', 'c.cc'))
  assert.notEqual(hash(), changed)
  const renamed = hash()
  writeFileSync(join(root, 'src', 'd.cc'), '')
  assert.notEqual(hash(), renamed)
})

test('a stamp holds for the inputs that it was written for, until it is removed', () => {
  const root = join(folder, 'stamped')
  const stamp = join(folder, 'cache', 'addon.stamp')
  const source = join(root, 'a.cc')
  const inputs = { paths: ['a.cc'], words: ['x64'] }
  mkdirSync(root)
  writeFileSync(source, 'one')
  assert.equal(isStamped(stamp, root, inputs), false)
  writeStamp(stamp, stateOf(root, inputs))
  assert.equal(isStamped(stamp, root, inputs), true)
  assert.equal(isStamped(stamp, root, { ...inputs, words: ['arm64'] }), false)

  // The same bytes in a new file, as after a checkout and back.
  const before = readFileSync(stamp, 'utf8')
  writeFileSync(join(root, 'copy'), 'one')
  renameSync(join(root, 'copy'), source)
  assert.equal(isStamped(stamp, root, inputs), true)
  assert.notEqual(readFileSync(stamp, 'utf8'), before, 'the stamp takes the new facts')

  // Other bytes of the same length with the old time.
  const { atime, mtime } = statSync(source)
  writeFileSync(source, 'two')
  utimesSync(source, atime, mtime)
  assert.equal(isStamped(stamp, root, inputs), false)
  writeFileSync(source, 'one')
  assert.equal(isStamped(stamp, root, inputs), true)

  writeFileSync(stamp, 'torn')
  assert.equal(isStamped(stamp, root, inputs), false)
  unstamp(stamp)
  unstamp(stamp)
  assert.equal(isStamped(stamp, root, inputs), false)
})

test('packages are installed when each one of the lockfile is present in its version', () => {
  const locked = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-o', optional: true },
  }
  const a = locked['node_modules/a']
  assert.equal(isInstalled(locked, { 'node_modules/a': a }), true)
  assert.equal(isInstalled(locked, {}), false)
  assert.equal(isInstalled(locked, { 'node_modules/a': { ...a, version: '1.0.1' } }), false)
  assert.equal(isInstalled(locked, { 'node_modules/a': { ...a, integrity: 'sha512-b' } }), false)
})

test('the versions of Node that are supported', () => {
  for (const version of ['20.19.0', '20.20.2', '22.13.0', '23.1.0', '24.0.0']) {
    assert.equal(nodeIsSupported(version), true, version)
  }
  for (const version of ['18.20.0', '20.18.1', '21.7.0', '22.12.0']) {
    assert.equal(nodeIsSupported(version), false, version)
  }
})

test('settings of npm that point node-gyp elsewhere are removed, the rest stays', () => {
  const environment = {
    npm_config_nodedir: '/usr',
    NPM_CONFIG_NODEDIR: '/usr',
    npm_config_disturl: 'x',
    PATH: '/bin',
  }
  assert.deepEqual(cleanEnvironment(environment), { PATH: '/bin' })
})

test('a display is one of X or Wayland on Linux, and always there elsewhere', () => {
  assert.equal(hasDisplay({}, 'linux'), false)
  assert.equal(hasDisplay({ DISPLAY: '' }, 'linux'), false)
  assert.equal(hasDisplay({ DISPLAY: ':0' }, 'linux'), true)
  assert.equal(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), true)
  assert.equal(hasDisplay({}, 'win32'), true)
})

test('Electron gets a UTF-8 locale where there is none, and keeps the one there is', () => {
  assert.equal(electronEnvironment({ LANG: 'C' })['LC_ALL'], 'C.UTF-8')
  assert.equal(electronEnvironment({})['LC_ALL'], 'C.UTF-8')
  assert.equal(electronEnvironment({ LANG: 'zh_CN.utf8' })['LC_ALL'], undefined)
  assert.equal(electronEnvironment({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' })['LC_ALL'], 'C.UTF-8')
})
