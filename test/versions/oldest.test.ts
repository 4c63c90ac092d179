// Invariant: the code that ships with the newest Electron also runs in the oldest tested one: the code checks for newer features of
// Electron or Node before it uses them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { oldestTypes } from '../../build/checks/oldest-types.mjs'
import { VERSION as STAND_IN } from '../../build/setup/electron/stand-in.mjs'

const ROOT = join(import.meta.dirname, '..', '..')
const SOURCES = ['main/desktop', 'main/core', 'main/cli', 'main/contract', 'main/messages', 'native/*.ts']

const NEWER = {
  'electron.ts':
    "import type { BrowserWindow } from 'electron'\nexport const now = (window: BrowserWindow) => window.isContentProtected()\n",
  'node.ts': "import { registerHooks } from 'node:module'\nexport const hooks = registerHooks\n",
}
const GUARDED = {
  'guarded.ts': [
    "import type { BrowserWindow } from 'electron'",
    'export const now = (window: BrowserWindow): unknown =>',
    "  'isContentProtected' in window && typeof window.isContentProtected === 'function'",
    '    ? window.isContentProtected()',
    '    : null',
    '',
  ].join('\n'),
}

let modules = ''
let place = ''

before(() => {
  modules = oldestTypes()
  // Below the project, so that its packages are found.
  mkdirSync(join(ROOT, 'out'), { recursive: true })
  place = mkdtempSync(join(ROOT, 'out', 'oldest-'))
})
after(() => {
  rmSync(place, { recursive: true })
})

/** The compiler's messages for these files, with the types of the oldest Electron and Node. */
function complaints(include: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
  const settings = {
    extends: join(ROOT, 'tsconfig.web.json'),
    compilerOptions: {
      types: ['node'],
      typeRoots: [join(modules, '@types')],
      paths: {
        electron: [join(modules, 'electron', 'electron.d.ts')],
        'undici-types': [join(modules, 'undici-types')],
      },
    },
    include,
    exclude: [],
  }
  const path = join(place, 'tsconfig.json')
  writeFileSync(path, JSON.stringify(settings))
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '-p', path], { encoding: 'utf8' }).stdout
}

test('the types are those of the stand-in, and are the only ones', () => {
  const versionOf = (name: string): string =>
    z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))).version
  assert.equal(versionOf('electron'), STAND_IN)
  assert.match(versionOf('@types/node'), /^20\.(?:\d|1[0-8])\./u)
})

/** Agent.createConnection is older than Node 20; only its types came later. */
const ONLY_TYPES = /connection\.ts\(\d+,\d+\): error TS4113: .* in the base class 'Agent'\.$/u

test('nothing newer is used unguarded', () => {
  const found = complaints(SOURCES.map((path) => join(ROOT, path))).split('\n')
  assert.deepEqual(
    found.filter((line) => line !== '' && !ONLY_TYPES.test(line)),
    [],
  )
})

test('something newer would be found, and something newer that is asked for first would not', () => {
  const found = complaints(Object.keys(NEWER), NEWER)
  assert.match(found, /electron\.ts\(2,\d+\): error TS2339: Property 'isContentProtected' does not exist/u)
  assert.match(found, /node\.ts\(1,\d+\): error TS\d+: .*'registerHooks'/u)
  assert.equal(complaints(Object.keys(GUARDED), GUARDED), '')
})
