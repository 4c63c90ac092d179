// Invariant: two processes never run setup at once, and a killed one never blocks the next.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, test } from 'node:test'
import { isAlive, nameOf, withLock } from '../../../build/setup/lock.mjs'

const folder = mkdtempSync(join(tmpdir(), 'penstock-lock-'))
after(() => {
  rmSync(folder, { recursive: true, force: true })
})

function heldBy(name: string, holder: string): string {
  const lock = join(folder, name)
  mkdirSync(lock)
  writeFileSync(join(lock, 'holder'), holder)
  return lock
}

test('the work of two never overlaps, and both get their result', async () => {
  const lock = join(folder, 'two')
  let inside = 0
  let waits = 0
  const work = async (result: number): Promise<number> => {
    assert.equal(inside++, 0)
    await sleep(50)
    inside--
    return result
  }
  const wait = (): void => {
    waits++
  }
  const results = await Promise.all([1, 2, 3].map((n) => withLock(lock, () => work(n), wait)))
  assert.deepEqual(results, [1, 2, 3])
  assert.equal(waits, 2)
  assert.deepEqual(readdirSync(folder), [])
})

test('a lock is let go when the work fails', async () => {
  const lock = join(folder, 'fails')
  await assert.rejects(
    withLock(lock, () => {
      throw new Error('no')
    }),
    /no/u,
  )
  assert.equal(existsSync(lock), false)
})

test('a lock whose process has gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--eval', ''])
  const lock = heldBy('gone', `${pid} 1`)
  assert.equal(await withLock(lock, () => 'done'), 'done')
  assert.equal(existsSync(lock), false)
})

test(
  'a lock whose number now belongs to another process is taken over',
  { skip: process.platform !== 'linux' },
  async () => {
    const lock = heldBy('reused', `${process.pid} 1`)
    assert.equal(await withLock(lock, () => 'done'), 'done')
  },
)

test('a lock without a holder is taken over after a while', async () => {
  const lock = heldBy('nobody', '')
  rmSync(join(lock, 'holder'))
  writeFileSync(join(lock, 'other'), '')
  assert.equal(await withLock(lock, () => 'done'), 'done')
})

test('a living holder is waited for', async () => {
  const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)'])
  try {
    const holder = nameOf(child.pid ?? 0)
    assert.equal(isAlive(holder), true)
    const lock = heldBy('living', holder)
    let done = false
    const work = withLock(lock, () => {
      done = true
    })
    await sleep(500)
    assert.equal(done, false)
    child.kill('SIGKILL')
    await work
    assert.equal(done, true)
  } finally {
    child.kill('SIGKILL')
  }
})
