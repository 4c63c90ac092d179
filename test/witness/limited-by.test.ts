// Invariant: what a transfer was made to wait for is what both reports name as the limit of its rate, with every way of sending
// and receiving; a transfer that is too short to say names nothing.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Limit } from '../../main/contract/limit.ts'
import { ADDRESS, makeNetwork, on, removeNetwork, shaped } from '../bench/network.ts'
import { patterned } from '../support/files/tree.ts'
import { mountFaultFs } from '../support/files/faultfs/index.ts'
import { missing, scratch, transferBetween } from './transfer.ts'

const without = missing('taskset', { root: true })
const { path: root, remove } = await scratch()
const source = join(root, 'file')
const small = join(root, 'small')
const part = join(root, 'part')
const long = join(root, 'long')
const disk = without === false ? await mountFaultFs() : 'it takes root'
const noDisk = typeof disk === 'string' ? `NOT RUN: ${disk}` : false

before(async () => {
  await writeFile(source, patterned(24 * 1024 * 1024))
  await writeFile(small, patterned(200_000))
  await writeFile(part, patterned(6 * 1024 * 1024))
  await writeFile(long, patterned(192 * 1024 * 1024))
  if (without === false) makeNetwork()
})

after(async () => {
  removeNetwork()
  if (typeof disk !== 'string') await disk.dispose()
  await remove()
})

type Sides = Parameters<typeof transferBetween>[0]

/** One transfer between the two machines of the test network, of which both reports name the same limit. */
async function limitOf(sides: Partial<Sides> = {}): Promise<Limit | null> {
  const { sent, received } = await transferBetween({
    ...{ root, source, host: ADDRESS.b, aroundSender: on('a'), aroundReceiver: on('b') },
    ...sides,
  })
  assert.equal(sent.limitedBy, received.limitedBy)
  return received.limitedBy
}

/** With the time that a write takes on the slow disk, in milliseconds: the ways write between 4 KiB and 1 MiB at once. */
const WAYS = [
  { sending: 'sendfile', receiving: 'splice', writeMs: 40 },
  { sending: 'mmap', receiving: 'mmap', writeMs: 1 },
  { sending: 'readwrite', receiving: 'readwrite', writeMs: 250 },
  { sending: 'seal', receiving: 'unseal', writeMs: 80 },
] as const

for (const { sending, receiving, writeMs } of WAYS) {
  const ways: Pick<Sides, 'send' | 'receive' | 'encrypted'> = {
    send: ['--technique', sending],
    receive: ['--technique', receiving],
    encrypted: sending === 'seal',
  }
  describe(`${sending} to ${receiving}`, () => {
    test('through a slow network', { skip: without, timeout: 60_000 }, async () => {
      assert.equal(await shaped(100, () => limitOf(ways)), 'network')
    })

    test('from a slow disk', { skip: noDisk, timeout: 60_000 }, async (t) => {
      assert.ok(typeof disk !== 'string')
      t.after(() => disk.clear())
      await writeFile(join(disk.behind, 'file'), patterned(24 * 1024 * 1024))
      await disk.delay('read', 10)
      assert.equal(await limitOf({ ...ways, source: join(disk.path, 'file') }), 'source')
    })

    test('to a slow disk', { skip: noDisk, timeout: 60_000 }, async (t) => {
      assert.ok(typeof disk !== 'string')
      t.after(() => disk.clear())
      await disk.delay('write', writeMs)
      assert.equal(await limitOf({ ...ways, source: part, dir: join(disk.path, sending) }), 'target')
    })
  })
}

/** Keeps one processor busy with other work. */
function occupy(processor: string): () => void {
  const loops = Array.from({ length: 4 }, () =>
    spawn('taskset', ['-c', processor, 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
  )
  return () => {
    for (const loop of loops) loop.kill()
  }
}

const HARD = ['--technique', 'readwrite', '--buffer', '4096']
const PINNED = {
  source: long,
  aroundSender: [...on('a'), 'taskset', '-c', '0'],
  aroundReceiver: [...on('b'), 'taskset', '-c', '1'],
}
for (const [processor, limit, ways] of [
  ['0', 'sender-cpu', { send: HARD }],
  ['1', 'receiver-cpu', { receive: HARD }],
] as const) {
  test(`by a busy processor: ${limit}`, { skip: without, timeout: 60_000 }, async (t) => {
    const watch: Sides['watch'] = (sending) => {
      // Not before: programs would start slowly, too.
      void sending.seen('progress').then(() => {
        t.after(occupy(processor))
      })
    }
    assert.equal(await limitOf({ ...PINNED, ...ways, watch }), limit)
  })
}

test('a transfer that is too short or too small to say', { skip: without, timeout: 60_000 }, async () => {
  assert.equal(await limitOf(), null)
  assert.equal(await shaped(1, () => limitOf({ source: small })), null)
})
