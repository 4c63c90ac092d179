// Invariant: a cancel after END has one outcome on both sides. Before the receiver begins to commit, both end cancelled; after
// that, the commit completes and both end done, however long it takes. A sender reports `cancelled` only if the receiver does;
// if the receiver ends otherwise or sends nothing, the sender reports that. A connection offered to an ended session is closed.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addon, type Receiver, type Sender, type SenderOptions } from '../../../native/index.ts'
import { delivered, done, type Frame } from '../../support/scripted/frames.ts'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import {
  makeReceiver,
  makeSender,
  preamble,
  randomKeys,
  reversed,
  scratchFolders,
  sendFiles,
  sleep,
  writeFiles,
} from '../harness.ts'
import { HELLO, Peer, receiverFromPeer, senderToPeer } from '../peer.ts'
import { random } from '../../support/random.ts'

const folder = scratchFolders()

const SIZES = [200_000, 7, 9]

/** A sender and a receiver over TCP that have both reached END of all streams. */
async function atEnd(streams: number): Promise<{ sender: Sender; receiver: Receiver }> {
  const files = writeFiles(folder(), SIZES)
  const receiver = makeReceiver(folder(), { streams })
  receiver.addFiles(files.map(({ index, size }) => ({ index, size })))
  receiver.endOfFiles()
  const sender = makeSender()
  sendFiles(sender, files)
  sender.endOfFiles()
  const keys = randomKeys()
  const port = addon.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 2000, maxPending: 16, maxPendingPerNetwork: 16 },
    ({ connection, preamble: [...bytes] }) => {
      const stream = bytes[7] ?? 0
      if (stream === 0) receiver.addControl(connection, HELLO, reversed(keys))
      else receiver.addStream(connection, stream, HELLO)
    },
  )
  // All are connected before one sends: the first could send everything before there is another one.
  const connections = await Promise.all(
    Array.from({ length: 1 + streams }, (_, stream) =>
      addon.connect({
        ...{ host: '127.0.0.1', port: port.port, timeoutMs: 2000 },
        preamble: preamble(stream),
      }),
    ),
  )
  for (const [stream, connection] of connections.entries()) {
    if (stream === 0) sender.addControl(connection, keys)
    else sender.addStream(connection, stream)
  }
  assert.deepEqual(await receiver.received, [])
  port.close()
  return { sender, receiver }
}

/** A sender that has sent END to the test. */
async function senderAtEnd(options: Partial<SenderOptions> = {}): Promise<{ sender: Sender; peer: Peer }> {
  const { sender, peer } = await senderToPeer(writeFiles(folder(), [200_000]), options)
  assert.ok(await peer.next('CHECK'))
  peer.send({ name: 'VERIFIED', batch: false, file: 0, offset: 0, rangeLength: 200_000 })
  assert.ok(await peer.next('END'))
  return { sender, peer }
}

describe('a cancel after END', () => {
  for (const streams of [1, 4]) {
    test(`before the commit ends both, ${streams} streams`, async () => {
      const { sender, receiver } = await atEnd(streams)
      sender.cancel('cancelled')
      assert.deepEqual(await receiver.ended, { kind: 'peer-error', code: 'cancelled', failures: [] })
      assert.deepEqual(await sender.ended, { kind: 'cancelled', failures: [] })
      assert.equal(receiver.committing(), false)
    })

    test(`in the commit changes nothing on either side, ${streams} streams`, async () => {
      const { sender, receiver } = await atEnd(streams)
      assert.equal(receiver.committing(), true)
      sender.cancel('cancelled')
      // Time for CANCEL to arrive.
      await new Promise((resolve) => setTimeout(resolve, 100))
      receiver.finish([{ index: 1, code: 'name-taken', errno: 'EEXIST' }])
      const failures = [{ index: 1, code: 'name-taken', errno: 'EEXIST' }]
      assert.deepEqual(await receiver.ended, { kind: 'done', failures })
      assert.deepEqual(await sender.ended, { kind: 'done', failures })
    })
  }

  test('that races with the commit has one outcome', async (t) => {
    const chance = random(t)
    for (let round = 0; round < 30; round += 1) {
      const { sender, receiver } = await atEnd(1 + (round % 3))
      sender.cancel('cancelled')
      const wait = chance() * 3
      await new Promise((resolve) => setTimeout(resolve, wait))
      const commits = receiver.committing()
      if (commits) receiver.finish([])
      const [sent, taken] = await Promise.all([sender.ended, receiver.ended])
      assert.equal(sent.kind, commits ? 'done' : 'cancelled', `waited ${wait} ms`)
      assert.equal(taken.kind, commits ? 'done' : 'peer-error', `waited ${wait} ms`)
    }
  })

  const answers: Readonly<Record<string, readonly [Frame | null, string, string?]>> = {
    'ERROR cancelled': [{ name: 'ERROR', code: 1, errno: 0 }, 'cancelled'],
    'ERROR disk-full': [{ name: 'ERROR', code: 5, errno: 28 }, 'peer-error', 'disk-full'],
    'ERROR of no code': [{ name: 'ERROR', code: 0, errno: 0 }, 'peer-error', 'protocol'],
    'a DONE that leaves a file out': [done(), 'failed', 'protocol'],
    'a closed connection': [null, 'unconfirmed'],
  }
  for (const [name, [frame, kind, code]] of Object.entries(answers)) {
    test(`ends as the receiver reports by ${name}`, async () => {
      const { sender, peer } = await senderAtEnd()
      sender.cancel('cancelled')
      assert.equal((await peer.next('CANCEL'))?.code, 1)
      if (frame) peer.send(frame)
      else peer.close()
      const end = await sender.ended
      assert.deepEqual([end.kind, 'code' in end ? end.code : undefined], [kind, code])
      peer.close()
    })
  }

  test('is cancelled before END of every stream, whatever the receiver sends', async () => {
    const { sender, peer } = await senderToPeer(writeFiles(folder(), [200_000]))
    assert.ok(await peer.next('CHECK'))
    sender.cancel('cancelled')
    assert.ok(await peer.next('CANCEL'))
    peer.close()
    assert.equal((await sender.ended).kind, 'cancelled')
  })

  test('waits for a commit for as long as the receiver shows that it lives', async () => {
    const { sender, peer } = await senderAtEnd({ verdictLimits: { silenceMs: 150, inAllMs: 60_000 } })
    sender.cancel('cancelled')
    assert.ok(await peer.next('CANCEL'))
    for (let beat = 0; beat < 10; beat += 1) {
      peer.send({ name: 'KEEPALIVE' })
      await sleep(50)
    }
    peer.send(delivered(0, 1))
    peer.send(done({ files: 1 }))
    assert.equal((await sender.ended).kind, 'done')
    peer.close()
  })

  test('is unconfirmed after a silence, and in the end whatever the receiver sends', async () => {
    for (const [silenceMs, inAllMs] of [
      [50, 60_000],
      [60_000, 50],
    ] as const) {
      const { sender, peer } = await senderAtEnd({ verdictLimits: { silenceMs, inAllMs } })
      sender.cancel('cancelled')
      assert.ok(await peer.next('CANCEL'))
      const beats = setInterval(() => {
        if (inAllMs < silenceMs) peer.send({ name: 'KEEPALIVE' })
      }, 10)
      assert.deepEqual(await sender.ended, { kind: 'unconfirmed', failures: [] })
      clearInterval(beats)
      peer.close()
    }
  })

  test('is confirmed by ERROR of a receiver that has not begun to commit', async () => {
    for (const carriage of ['streams', 'body'] as const) {
      const { receiver, peer } = await receiverFromPeer([], folder(), {}, carriage)
      peer.send({ name: 'END' })
      await receiver.received
      peer.send({ name: 'CANCEL', code: 1, errno: 0 })
      assert.equal((await peer.next('ERROR'))?.code, 1, carriage)
      peer.close()
      assert.deepEqual(await receiver.ended, { kind: 'peer-error', code: 'cancelled', failures: [] })
    }
  })

  test('a receiver that commits outlives the sender that has cancelled and half-closed', async () => {
    const { receiver, peer } = await receiverFromPeer([], folder())
    peer.send({ name: 'END' })
    await receiver.received
    assert.equal(receiver.committing(), true)
    peer.send({ name: 'CANCEL', code: 1, errno: 0 })
    assert.ok(await peer.next('KEEPALIVE'))
    receiver.finish([])
    assert.ok(await peer.next('DONE'))
    peer.close()
    assert.deepEqual(await receiver.ended, { kind: 'done', failures: [] })
  })
})

describe('a connection for a session that has ended', () => {
  test('is closed without a byte', async () => {
    const receiver = makeReceiver(folder())
    receiver.cancel('cancelled')
    const sender = makeSender()
    sender.cancel('cancelled')
    for (const when of ['before its end is reported', 'after']) {
      for (const session of [receiver, sender]) {
        const { connection, socket } = await openLocalPair()
        const peer = new Peer({ socket })
        session.addBody(connection)
        await peer.closed
        assert.deepEqual(peer.frames, [], when)
        peer.close()
      }
      await Promise.all([receiver.ended, sender.ended])
    }
  })
})
