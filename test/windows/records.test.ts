// Invariant: records over CNG are those of the standards and of golden.json, and no changed one opens.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { folder, windowsPath, wine } from './wine.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = [
  'test/windows/records.cc',
  'native/driver/cases/records.cc',
  'native/driver/cases/forged_records.cc',
  'native/driver/record_bytes.cc',
  'native/driver/check.cc',
  'native/src/wire/record.cc',
  'native/src/os/windows/wire/aead.cc',
]

test('records over CNG', async (t) => {
  const program = join(await folder(t), 'records.exe')
  const defines = ['-DUNICODE', '-DNOMINMAX', '-DWIN32_LEAN_AND_MEAN', '-D_WIN32_WINNT=0x0A00']
  const includes = ['native/src', 'native/src/os/windows', 'native/driver'].map(
    (path) => `-I${join(ROOT, path)}`,
  )
  const flags = ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', ...defines, ...includes]
  const sources = SOURCES.map((path) => join(ROOT, path))
  const rest = ['-static', '-lbcrypt', '-o', program]
  execFileSync('x86_64-w64-mingw32-g++-posix', [...flags, ...sources, ...rest])
  const golden = windowsPath(join(ROOT, 'main/core/protocol/golden.json'))
  const { status, stdout, stderr } = spawnSync(wine(), [program, golden], { encoding: 'utf8' })
  t.diagnostic(stdout.trim())
  assert.equal(status, 0, stderr)
})
