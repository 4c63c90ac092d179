// Invariant: an encrypted transfer between two Penstocks goes on sealed streams and both reports state so; what is changed in
// transit ends the transfer, and then nothing has a final name. If streams cannot be sealed, the bytes go in the HTTPS body, and
// the report names the reason.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { addon } from '../../../native/index.ts'
import type { ReceiveOptions, SendOptions } from '../../../main/core/api.ts'
import type { TransferReport } from '../../../main/contract/report.ts'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import { HELLO_BYTES, PREAMBLE_BYTES } from '../../../main/core/protocol/penstock/preamble.ts'
import { describeTree, patterned } from '../../support/files/tree.ts'
import { fronts, type Link, relay } from '../../support/network/relay.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'
import { random } from '../../support/random.ts'

const MARKER = 'a sentence that must not be readable on the network'
const LARGE_BYTES = 3_000_000

let root = ''
let source = ''
let expected: readonly string[] = []
let pair: Pair

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-sealed-'))
  source = join(root, 'source')
  await mkdir(join(source, MARKER), { recursive: true })
  await writeFile(join(source, 'large'), patterned(LARGE_BYTES))
  await writeFile(join(source, 'empty'), '')
  for (let index = 0; index < 100; index++) {
    await writeFile(join(source, MARKER, `small ${index}`), `${MARKER} ${index}`)
  }
  expected = await describeTree(source)
  pair = await openPair()
})

after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

async function deliver(send: Partial<SendOptions> = {}, receive: Partial<ReceiveOptions> = {}) {
  const dir = await mkdtemp(join(root, 'received-'))
  const ends = await pair.deliver([source], dir, {
    send: { security: 'encrypted', ...send },
    receive: { dataPort: 0, ...receive },
  })
  return { ...ends, dir }
}

function reportOf(end: TerminalState): TransferReport {
  assert.equal(end.kind, 'done', JSON.stringify(end))
  return end.report
}

async function assertDelivered(dir: string): Promise<void> {
  assert.deepEqual(await describeTree(join(dir, 'source')), expected)
}

for (const streams of [1, 4]) {
  test(`sealed on ${streams} streams`, async () => {
    const { sender, receiver, dir } = await deliver({ streams })
    await assertDelivered(dir)
    for (const [end, technique] of [
      [sender, 'seal'],
      [receiver, 'unseal'],
    ] as const) {
      const report = reportOf(end)
      assert.deepEqual(
        [report.cipher, report.carrier, report.transport, report.technique, report.streams],
        ['sealed', 'engine', 'sealed', technique, streams],
      )
      assert.equal(report.verified, true)
      assert.deepEqual(report.fellBackFrom, [])
      assert.notEqual(report.syscalls, null)
      assert.ok((report.userCopyBytes ?? 0) >= LARGE_BYTES)
    }
  })
}

test('a receiver that is to unseal does', async () => {
  const { sender, receiver, dir } = await deliver({}, { technique: 'unseal' })
  await assertDelivered(dir)
  const { technique, transport } = reportOf(receiver)
  assert.deepEqual([technique, transport, reportOf(sender).technique], ['unseal', 'sealed', 'seal'])
})

/** Bytes of one direction that follow the preamble or HELLO, changed. */
type Change = (after: Buffer) => Buffer | null

/** Passes both directions on; behind the first bytes the one from `side` is changed, and its connection ends on null. */
function changing(side: 'sender' | 'receiver', change: Change): (link: Link) => void {
  return ({ near, dial }) => {
    const far = dial()
    pass(near, far, side === 'sender' ? behind(PREAMBLE_BYTES, change) : (data) => data)
    pass(far, near, side === 'receiver' ? behind(HELLO_BYTES, change) : (data) => data)
  }
}

function behind(first: number, change: Change): Change {
  let left = first
  return (data) => {
    const clear = data.subarray(0, left)
    left -= clear.length
    if (data.length === clear.length) return clear
    const changed = change(data.subarray(clear.length))
    return changed && Buffer.concat([clear, changed])
  }
}

function pass(from: Socket, to: Socket, change: Change): void {
  from.on('data', (data: Buffer) => {
    const changed = change(data)
    if (changed === null) [from, to].forEach((socket) => socket.destroy())
    else if (changed.length > 0 && !to.destroyed) to.write(changed)
  })
  from.on('end', () => to.end())
  from.on('close', () => to.destroy())
}

/** Passes the direction on record by record, each changed as the test asks. */
function recordwise(treat: (record: Buffer, index: number) => readonly Buffer[] | null): Change {
  let held = Buffer.alloc(0)
  let index = 0
  return (data) => {
    held = Buffer.concat([held, data])
    const out: Buffer[] = []
    while (held.length >= 5) {
      const size = 5 + held.readUInt16BE(3)
      if (held.length < size) break
      const treated = treat(Buffer.from(held.subarray(0, size)), index++)
      if (treated === null) return null
      out.push(...treated)
      held = Buffer.from(held.subarray(size))
    }
    return Buffer.concat(out)
  }
}

function flipped(record: Buffer, bit: number): Buffer {
  record.writeUInt8(record.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
  return record
}

type Attack = (chance: () => number) => Change

const ATTACKS: readonly (readonly [string, 'sender' | 'receiver', Attack])[] = [
  ...(['sender', 'receiver'] as const).map(
    (side) =>
      [
        'a bit is flipped',
        side,
        (chance: () => number) =>
          recordwise((record, index) => [
            index === 0 ? flipped(record, Math.floor(chance() * record.length * 8)) : record,
          ]),
      ] as const,
  ),
  [
    'a bit of a later record is flipped',
    'sender',
    (chance) => {
      const at = 20 + Math.floor(chance() * 100)
      return recordwise((record, index) => [
        index === at ? flipped(record, 40 + Math.floor(chance() * (record.length - 5) * 8)) : record,
      ])
    },
  ],
  ['a record is left out', 'sender', () => recordwise((record, index) => (index === 9 ? [] : [record]))],
  [
    'a record is sent again',
    'sender',
    () => recordwise((record, index) => (index === 9 ? [record, record] : [record])),
  ],
  [
    'two records change places',
    'sender',
    () => {
      let first: Buffer | null = null
      return recordwise((record, index) => {
        if (index === 9) first = record
        if (index === 9) return []
        return index === 10 && first ? [record, first] : [record]
      })
    },
  ],
  [
    'a record of zeros is added',
    'sender',
    () =>
      recordwise((record, index) =>
        index === 9 ? [record, Buffer.concat([Buffer.from([23, 3, 3, 0, 32]), Buffer.alloc(32)])] : [record],
      ),
  ],
  [
    'plain frames follow HELLO',
    'sender',
    () => recordwise((record, index) => (index === 0 ? [Buffer.alloc(24, 8), record] : [record])),
  ],
  [
    'the stream is cut between records',
    'sender',
    () => recordwise((r, index) => (index === 60 ? null : [r])),
  ],
  [
    'the stream is cut inside a record',
    'sender',
    () => {
      let left = 500_000
      return (data) => {
        left -= data.length
        return left > 0 ? data : null
      }
    },
  ],
]

describe('on the way', () => {
  test('neither content nor names can be read', async (t) => {
    const seen: Buffer[] = []
    const keep: Change = (data) => {
      seen.push(Buffer.from(data))
      return data
    }
    const front = await relay(t, ({ near, dial }) => {
      const far = dial()
      pass(near, far, keep)
      pass(far, near, keep)
    })
    const { sender, dir } = await fronts(t)(front, () => deliver())
    assert.equal(reportOf(sender).transport, 'sealed')
    await assertDelivered(dir)
    const all = Buffer.concat(seen)
    assert.ok(all.length > LARGE_BYTES, `${all.length} bytes seen`)
    assert.equal(all.includes(MARKER), false)
    assert.equal(all.includes(patterned(LARGE_BYTES).subarray(0, 64)), false)
  })

  for (const [name, side, attack] of ATTACKS) {
    test(`${name} (from the ${side})`, async (t) => {
      const front = await relay(t, changing(side, attack(random(t))))
      const { sender, receiver, dir } = await fronts(t)(front, () => deliver())
      for (const end of [sender, receiver]) assert.equal(end.kind, 'failed', JSON.stringify(end))
      assert.deepEqual(await readdir(dir), [])
    })
  }
})

/** An encrypted transfer that cannot have sealed streams, and the reason in its report. */
async function assertInBody(code: string): Promise<void> {
  const { sender, receiver, dir } = await deliver()
  await assertDelivered(dir)
  for (const end of [sender, receiver]) {
    const { cipher, carrier, transport } = reportOf(end)
    assert.deepEqual([cipher, carrier, transport], ['tls', 'body', null])
  }
  assert.equal(reportOf(sender).reason?.code, code)
}

function withoutPort(t: TestContext): void {
  t.mock.method(addon, 'openDataPort', () => {
    throw new Error('no port is free')
  })
}

test('a receiver without a data port takes the HTTPS body', async (t) => {
  withoutPort(t)
  await assertInBody('receiver-without-sealing')
})

test('a machine without a cipher library sends in the HTTPS body', async (t) => {
  t.mock.method(addon, 'cipherLibrary', () => null)
  await assertInBody('cannot-seal')
})

test('a receiver that does not permit unencrypted transfers gets a sealed one', async () => {
  const { sender, receiver, dir } = await deliver(
    { security: 'clear', technique: 'sendfile' },
    { clear: false },
  )
  await assertDelivered(dir)
  assert.equal(reportOf(receiver).transport, 'sealed')
  const { transport, technique, reason } = reportOf(sender)
  assert.deepEqual([transport, technique, reason?.code], ['sealed', 'seal', 'receiver-encrypts'])
})
