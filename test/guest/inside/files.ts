import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addon, type SourceFile } from '../../../native/index.ts'
import { assertEqual } from '../../native/carried.ts'
import { scratchFolders, sleep, source, sparse, transfer, writeFiles } from '../../native/harness.ts'
import { nameOf, optionsOf, PAIRS, relayed, sealingOf, type Pair } from './pairs.ts'
import { RecordCounter } from './records.ts'

const MIB = 1024 * 1024
const RANGE = 8 * MIB
const RECORD = 16_384

const folder = scratchFolders()
// Small files that stand alone go as ranges; those that follow each other go in a batch.
const edges = writeFiles(folder(), [
  ...[RANGE - 1, 0, RANGE + 1, 1, 70_000, RECORD - 1, 70_000, RECORD, 70_000, RECORD + 1, 70_000],
  ...[0, 1, 4097, 60_000, RECORD],
])
const many = writeFiles(
  folder(),
  Array.from({ length: 300 }, (_, at) => (at * 97) % 5000),
)
const pieces = writeFiles(
  folder(),
  Array.from({ length: 12 }, () => 16 * RECORD),
)

/** Three ranges, the first two of which are holes. */
function holed(): SourceFile {
  const path = join(folder(), 'holed')
  sparse(path, 2 * RANGE + 100_000, [{ at: 2 * RANGE + 5, text: 'after the hole' }])
  return source(path)
}

const DONE = { kind: 'done', failures: [] }

/** Files that go by ranges: whole, and by the techniques and transports of the pair alone. */
async function assertCarried(files: readonly SourceFile[], pair: Pair, streams = 1): Promise<void> {
  const staging = folder()
  const { sender, receiver, sent, taken } = await transfer(files, staging, { ...optionsOf(pair), streams })
  assert.deepEqual([sender, receiver], [DONE, DONE])
  await assertEqual(files, staging)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  for (const [sample, technique] of [
    [sent, pair.send],
    [taken, pair.receive],
  ] as const) {
    assert.equal(sample.transport, sealingOf(technique).transport)
    assert.equal(sample.technique, technique)
    assert.deepEqual(sample.fellBackFrom, [])
    assert.equal(sample.filesDone, files.length)
    // Small files of a batch pass through a buffer, which the kernel then seals.
    const { bytesBy } = sample
    assert.equal(
      bytesBy[technique] + (technique === 'ktls' ? bytesBy.readwrite : 0),
      bytes - sample.holeBytes,
    )
    assert.ok(bytesBy[technique] > 0)
  }
}

test('an ordinary user has kernel TLS once the module is loaded', async () => {
  process.seteuid?.(65_534)
  try {
    const { send, receive } = addon.supportedTechniques()
    assert.ok(send.includes('ktls') && receive.includes('ktls'))
  } finally {
    process.seteuid?.(0)
  }
})

/** The same files after others. */
function after(files: readonly SourceFile[], first: number): SourceFile[] {
  return files.map((file) => ({ ...file, index: first + file.index }))
}

for (const pair of PAIRS) {
  describe(`${pair.send} to ${pair.receive}`, () => {
    test(nameOf(pair, 'every file arrives'), async () => {
      await assertCarried(edges, pair)
      await assertCarried([holed()], pair)
      await assertCarried([...many, ...after(pieces.slice(0, 1), many.length)], pair)
    })

    test(nameOf(pair, 'several streams'), () => assertCarried(pieces, pair, 3))
  })
}

/** Records that the engine keeps for small frames when a stream takes no further content. */
const RESERVED = 2048
/** Of one more file of `pieces` and its frames. */
const ONE_MORE = 40

for (const send of ['ktls', 'seal'] as const) {
  test(`${send}: no stream sends more records than its limit`, async (t) => {
    const staging = folder()
    const limit = 150
    // The first is the control stream's.
    const counters = Array.from({ length: 4 }, () => new RecordCounter())
    const outcome = await transfer(pieces, staging, {
      ...optionsOf({ send, receive: 'ktls' }),
      sealing: sealingOf(send, RESERVED + limit),
      streams: 3,
      relayed: await relayed(t, (bytes, _at, index) => {
        counters[index]?.read(bytes)
        return bytes
      }),
    })
    assert.deepEqual([outcome.sender, outcome.receiver], [DONE, DONE])
    await assertEqual(pieces, staging)
    const records = counters.slice(1).map(({ count }) => count)
    assert.ok(
      records.every((count) => count <= limit + ONE_MORE),
      records.join(', '),
    )
    assert.ok(records.reduce((sum, count) => sum + count, 0) >= pieces.length * 16, records.join(', '))
  })
}

test('a technique that is changed on the way: readwrite runs on kernel TLS as well', async () => {
  const staging = folder()
  const outcome = await transfer(pieces, staging, {
    ...optionsOf({ send: 'ktls', receive: 'ktls' }),
    during: async ({ sender, receiver }) => {
      while (receiver.sample().bytes === 0) await sleep(1)
      sender.setTechnique('readwrite')
      receiver.setTechnique('readwrite')
    },
  })
  assert.deepEqual([outcome.sender, outcome.receiver], [DONE, DONE])
  await assertEqual(pieces, staging)
  for (const { bytesBy, transport, fellBackFrom } of [outcome.sent, outcome.taken]) {
    assert.equal(transport, 'kernel-tls')
    assert.deepEqual(fellBackFrom, [])
    assert.ok(bytesBy.ktls > 0 && bytesBy.readwrite > 0, JSON.stringify(bytesBy))
    assert.equal(bytesBy.ktls + bytesBy.readwrite, pieces.length * 16 * RECORD)
  }
})
