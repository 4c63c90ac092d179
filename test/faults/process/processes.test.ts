// Invariant: whichever process dies or is interrupted, at any time, the other reports it within seconds and no partial file remains.
import assert from 'node:assert/strict'
import { mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { penstock, receiver, type Running, sendTo } from '../../support/processes/cli.ts'
import { patterned } from '../../support/files/tree.ts'

const root = temporaryFolder('faults', { 'large.bin': patterned(512 * 1024 * 1024) })
const file = join(root, 'large.bin')

async function pair(
  name: string,
  clear: boolean,
): Promise<{ dir: string; sending: Running; receiving: Running }> {
  const dir = await mkdtemp(join(root, `${name}-`))
  const way = clear ? ['--clear'] : []
  const receiving = await receiver(dir, join(root, `state-${name}-r`), ['--once', ...way])
  const slow = clear ? ['--technique', 'readwrite', '--buffer', '4096'] : []
  const sending = penstock([
    ...sendTo(receiving.port, file, join(root, `state-${name}-s`)),
    ...[...way, ...slow],
  ])
  await sending.seen('progress')
  return { dir, sending, receiving }
}

function problemOf(running: Running): unknown {
  const last = running.lines.at(-1)
  return last ? [last.event, last['by'] ?? null] : null
}

for (const clear of [true, false]) {
  const way = clear ? 'clear' : 'encrypted'

  test(`the sender is killed, ${way}`, { timeout: 60_000 }, async () => {
    const { dir, sending, receiving } = await pair(`killed-sender-${way}`, clear)
    sending.child.kill('SIGKILL')
    assert.equal(await receiving.exit, 1)
    assert.deepEqual(problemOf(receiving), ['failed', null])
    assert.deepEqual(await readdir(dir), [])
  })

  test(`the receiver is killed, ${way}`, { timeout: 60_000 }, async () => {
    const { dir, sending, receiving } = await pair(`killed-receiver-${way}`, clear)
    receiving.child.kill('SIGKILL')
    assert.equal(await sending.exit, 1)
    assert.deepEqual(problemOf(sending), ['failed', null])
    const left = await readdir(dir)
    assert.ok(
      left.every((name) => name.startsWith('.penstock-')),
      left.join(),
    )
  })

  test(`the sender is interrupted, ${way}`, { timeout: 60_000 }, async () => {
    const { dir, sending, receiving } = await pair(`interrupted-sender-${way}`, clear)
    sending.child.kill('SIGINT')
    assert.equal(await sending.exit, 130)
    assert.deepEqual(problemOf(sending), ['cancelled', 'here'])
    assert.equal(await receiving.exit, 1)
    assert.deepEqual(problemOf(receiving), ['cancelled', 'peer'])
    assert.deepEqual(await readdir(dir), [])
  })

  test(`the receiver is interrupted, ${way}`, { timeout: 60_000 }, async () => {
    const { dir, sending, receiving } = await pair(`interrupted-receiver-${way}`, clear)
    receiving.child.kill('SIGINT')
    assert.equal(await receiving.exit, 130)
    assert.equal(await sending.exit, 1)
    assert.deepEqual(problemOf(sending), ['cancelled', 'peer'])
    assert.deepEqual(await readdir(dir), [])
  })
}
