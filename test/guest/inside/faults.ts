import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { addon, type EngineTechnique } from '../../../native/index.ts'
import {
  makeReceiver,
  preamble,
  randomKeys,
  reversed,
  scratchFolders,
  sleep,
  transfer,
  writeFiles,
  type Outcome,
  type Running,
} from '../../native/harness.ts'
import { HELLO } from '../../native/peer.ts'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import { relay } from '../../support/network/relay.ts'
import { random } from '../../support/random.ts'
import { RecordChannel, sealByNode } from '../../support/records.ts'
import { encodeFrame } from '../../support/scripted/frames.ts'
import { nameOf, optionsOf, PAIRS, relayed, ROUNDS, type Change, type Pair } from './pairs.ts'
import { PREAMBLE_BYTES } from './records.ts'

const MIB = 1024 * 1024
const folder = scratchFolders()
const files = writeFiles(folder(), [2 * MIB])
const long = writeFiles(folder(), [12 * MIB])

function change(t: TestContext, pair: Pair, how: Change): Promise<Outcome> {
  return relayed(t, how).then((port) => transfer(files, folder(), { ...optionsOf(pair), relayed: port }))
}

/** What ended both sides; no file is whole. */
function endsOf({ sender, receiver, sent, taken }: Outcome) {
  assert.deepEqual([taken.filesDone, sent.verifiedBytes], [0, 0])
  return [sender, receiver].map((end) => [end.kind, 'code' in end ? end.code : null])
}

/** Bits of a record: of its content, behind the first frame; and of the version in the header of the first. */
const BITS = { content: 100_000, header: PREAMBLE_BYTES + 1 } as const

for (const pair of PAIRS) {
  describe(`${pair.send} to ${pair.receive}`, () => {
    test(nameOf(pair, 'a bit that changes on the way'), async (t) => {
      const chance = random(t)
      for (const [where, code] of [
        [BITS.content + Math.floor(chance() * MIB), 'check-failed'],
        [BITS.header, 'protocol'],
      ] as const) {
        const outcome = await change(t, pair, (bytes, at) => {
          const changed = Buffer.from(bytes)
          const place = where - at
          if (place >= 0 && place < changed.length) changed[place] = (changed[place] ?? 0) ^ 1
          return changed
        })
        assert.deepEqual(endsOf(outcome), [
          ['peer-error', code],
          ['failed', code],
        ])
      }
    })

    test(nameOf(pair, 'a connection that ends'), async (t) => {
      const cut = BITS.content + Math.floor(random(t)() * MIB)
      const outcome = await change(t, pair, (bytes, at) => (at + bytes.length <= cut ? bytes : null))
      assert.deepEqual(endsOf(outcome), [
        ['failed', 'peer-gone'],
        ['failed', 'peer-gone'],
      ])
    })

    for (const by of ['sender', 'receiver'] as const) {
      test(nameOf(pair, `cancelled by the ${by}`), async (t) => {
        const chance = random(t)
        for (let round = 0; round < ROUNDS; round += 1) {
          const moment = chance() * 3 * MIB
          const during = async ({ sender, receiver }: Running): Promise<void> => {
            while (receiver.sample().bytes < moment) await sleep(1)
            ;({ sender, receiver })[by].cancel('cancelled')
          }
          const outcome = await transfer(long, folder(), { ...optionsOf(pair), during })
          const other = by === 'sender' ? 'receiver' : 'sender'
          const told = outcome[other]
          assert.equal(outcome[by].kind, 'cancelled')
          assert.deepEqual([told.kind, 'code' in told && told.code], ['peer-error', 'cancelled'])
          assert.equal(outcome.taken.filesDone, 0)
        }
      })
    }
  })
}

for (const receive of ['ktls', 'unseal'] as const) {
  test(`${receive}: records that arrive before the receiver has its keys`, async (t) => {
    const pair = { send: 'ktls', receive } as const
    const EARLY = 100_000
    const front = await relay(t, ({ near, dial }) => {
      // In the place of HELLO, so that the sender begins.
      near.write(randomBytes(32))
      const early: Buffer[] = []
      const collect = (bytes: Buffer): void => {
        early.push(bytes)
        // Nothing follows the preamble of a control stream soon.
        const isControl = early[0]?.[7] === 0
        if (!isControl && early.reduce((sum, { length }) => sum + length, 0) < EARLY) return
        near.off('data', collect)
        const far = dial()
        far.write(Buffer.concat(early))
        near.pipe(far)
        let dropped = 0
        far.on('data', (reply: Buffer) => {
          const drop = Math.min(32 - dropped, reply.length)
          dropped += drop
          if (drop < reply.length) near.write(reply.subarray(drop))
        })
        far.on('end', () => near.end())
      }
      near.on('data', collect)
    })
    const outcome = await transfer(files, folder(), {
      ...optionsOf(pair),
      relayed: (port) => {
        front.behind(port)
        return Promise.resolve(front.port)
      },
    })
    assert.deepEqual(outcome.receiver, { kind: 'done', failures: [] })
    assert.equal(outcome.taken.bytes, 2 * MIB)
  })
}

const CONTENT = randomBytes(70_000)
const FRAMES = Buffer.concat([
  encodeFrame({ name: 'DATA', file: 0, offset: 0, content: CONTENT }),
  encodeFrame({ name: 'FILE_END', file: 0, size: CONTENT.length, mtimeNs: 1n }),
  encodeFrame({ name: 'STREAM_END' }),
])

/** A receiver, and a socket that sends it these records; resolves with the receiver's end, or once it has all. */
async function saidTo(
  receive: EngineTechnique,
  records: (keys: { key: Uint8Array; iv: Uint8Array }) => Buffer[],
) {
  const options = optionsOf({ send: 'seal', receive })
  const receiver = makeReceiver(folder(), {
    ...{ technique: receive, fallback: ['unseal', 'readwrite'], check: false },
    ...(options.receiverSealing ? { sealing: options.receiverSealing } : {}),
  })
  receiver.addFiles([{ index: 0, size: CONTENT.length }])
  receiver.endOfFiles()
  const keys = randomKeys()
  const port = addon.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 2000, maxPending: 4, maxPendingPerNetwork: 4 },
    ({ connection }) => receiver.addStream(connection, 1, HELLO, reversed(keys)),
  )
  const control = await openLocalPair()
  const controlKeys = randomKeys()
  receiver.addControl(control.connection, HELLO, reversed(controlKeys))
  control.socket.on('error', () => control.socket.destroy()).resume()
  let ended = false
  void receiver.ended.then(() => (ended = true))
  // As a sender does: once the content is verified.
  const sendEnd = async (): Promise<void> => {
    while (!ended && receiver.sample().filesDone === 0) await sleep(1)
    control.socket.write(new RecordChannel(controlKeys).seal(encodeFrame({ name: 'END' })))
  }
  const socket: Socket = connect(port.port, '127.0.0.1')
  socket.on('error', () => socket.destroy()).resume()
  const sealed = records({ key: keys.send.subarray(0, 16), iv: keys.send.subarray(16) })
  socket.write(Buffer.concat([preamble(1), ...sealed]))
  void sendEnd()
  const received = receiver.received.then(() => 'received')
  const end = await Promise.race([
    received,
    receiver.ended.then((one) => ('code' in one ? one.code : one.kind)),
  ])
  for (const one of [socket, control.socket]) one.destroy()
  receiver.finish([])
  await receiver.ended
  port.close()
  return end
}

const ALERT = 21

/** Records that a peer with the keys can make. */
const RECORDS = [
  { name: 'content in records of any size', sizes: [1, 16_384, 100], last: {}, end: 'received' },
  { name: 'padding', sizes: [10_000], padding: 300, last: {}, end: 'received' },
  { name: 'a record of another type', sizes: [16_384], last: { type: ALERT }, end: 'check-failed' },
]

for (const receive of ['ktls', 'unseal'] as const) {
  for (const { name, sizes, padding = 0, last, end } of RECORDS) {
    test(`${receive}: ${name}`, async () => {
      const ended = await saidTo(receive, (keys) => {
        const made: Buffer[] = []
        const seal = (content: Uint8Array, how: { type?: number; padding?: number }): void =>
          void made.push(sealByNode(keys, BigInt(made.length), content, how))
        for (let at = 0; at < FRAMES.length;) {
          const size = sizes[made.length % sizes.length] ?? 1
          seal(FRAMES.subarray(at, at + size), { padding })
          at += size
          if ('type' in last) seal(Buffer.from([1, 0]), last)
        }
        return made
      })
      assert.equal(ended, end)
    })
  }
}
