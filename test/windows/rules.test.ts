// Invariant: the rules of Windows for names, TransmitFile's calls and times are kept. They are pure functions, so they hold on
// every system that compiles them.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { folder } from './wine.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test('the pure rules of native/src/os/windows hold', async (t) => {
  const program = join(await folder(t), 'rules')
  const flags = ['-std=c++17', '-Wall', '-Wextra', '-Werror', `-I${join(ROOT, 'native/src')}`]
  execFileSync('g++', [...flags, join(ROOT, 'test/windows/rules.cc'), '-o', program])
  const { status, stdout } = spawnSync(program, { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})
