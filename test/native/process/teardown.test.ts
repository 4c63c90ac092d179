// Invariant: a process that exits or throws, or a worker that is terminated, during transfers or while a sender waits for a
// commit, ends the engine's threads without a crash and without a hang.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fill, scratch } from '../harness.ts'

const root = scratch()
after(() => root.dispose())
const path = join(root.path, 'source')
const staging = join(root.path, 'staging')
mkdirSync(staging)
fill(path, 64 * 1024 * 1024)
const CHILD = fileURLToPath(new URL('./teardown-child.ts', import.meta.url))

function run(
  mode: string,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, mode, path, staging], {
      timeout: 20_000,
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    child.stderr.on('data', (chunk) => (err += String(chunk)))
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
  })
}

describe('teardown in mid-transfer', () => {
  test('process.exit', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { code, signal, err } = await run('exit')
      assert.equal(signal, null, err)
      assert.equal(code, 0, err)
    }
  })

  test('an uncaught exception', async () => {
    const { code, signal, err } = await run('throw')
    assert.equal(signal, null, err)
    assert.equal(code, 1)
    assert.match(err, /on purpose/)
  })

  test('workers that are terminated', async () => {
    const { code, signal, out, err } = await run('worker')
    assert.equal(signal, null, err)
    assert.equal(code, 0, err)
    assert.equal(out, 'workers over\n')
  })
})
