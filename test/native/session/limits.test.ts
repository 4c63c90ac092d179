// Invariant: neither side can hold the other for ever. A sender repeats a range a few times and never repeats a verified one;
// a receiver ends a session whose sender only keeps it alive, and one whose streams do not all arrive.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { EngineEnd, Receiver } from '../../../native/index.ts'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import {
  delivered,
  done,
  encodeFrame,
  encodeHeader,
  FRAME_TYPES,
  type Frame,
} from '../../support/scripted/frames.ts'
import { scratchFolders, sleep, sparse, source, writeFiles } from '../harness.ts'
import { HELLO, Peer, receiverFromPeer, senderToPeer } from '../peer.ts'

const folder = scratchFolders()

const SIZE = 100_000
const PROTOCOL: EngineEnd = { kind: 'failed', code: 'protocol', failures: [] }
const retry = (file: number, rangeLength: number, offset = 0): Frame => ({
  ...{ name: 'RETRY', file, offset, rangeLength },
})
const verified = (file: number, rangeLength: number, batch = false): Frame => ({
  ...{ name: 'VERIFIED', batch, file, offset: 0, rangeLength },
})

describe('a sender', { concurrency: true }, () => {
  const files = writeFiles(folder(), [SIZE])
  const small = writeFiles(folder(), [10, 20, 30])

  test('repeats a range three times, and not a fourth', async () => {
    const { sender, peer } = await senderToPeer(files)
    for (let i = 0; i < 4; i += 1) {
      assert.equal((await peer.next('DATA'))?.content.length, SIZE)
      peer.send(retry(0, SIZE))
    }
    assert.equal((await peer.next('CANCEL'))?.code, 3)
    assert.equal(
      peer.frames.some(({ name }) => name === 'DATA'),
      false,
    )
    peer.close()
    assert.deepEqual(await sender.ended, PROTOCOL)
  })

  test('goes on after three, and counts each range for itself', async () => {
    const { sender, peer } = await senderToPeer(writeFiles(folder(), [SIZE, SIZE, SIZE]))
    for (let i = 0; i < 12; i += 1) {
      const data = await peer.next('DATA')
      assert.ok(data)
      // Each file three times, then right.
      peer.send(i < 9 ? retry(data.file, SIZE) : verified(data.file, SIZE))
    }
    assert.ok(await peer.next('END'))
    peer.send(delivered(0, 3))
    peer.send(done({ files: 3 }))
    assert.deepEqual(await sender.ended, { kind: 'done', failures: [] })
    peer.close()
  })

  const WRONG: readonly { name: string; first: 'DATA' | 'BATCH'; send: readonly Frame[] }[] = [
    { name: 'RETRY of a verified range', first: 'DATA', send: [verified(0, SIZE), retry(0, SIZE)] },
    { name: 'RETRY of another length', first: 'DATA', send: [retry(0, SIZE - 1)] },
    { name: 'RETRY of another range', first: 'DATA', send: [retry(0, SIZE, 8 * 1024 * 1024)] },
    { name: 'RETRY of another file', first: 'DATA', send: [retry(7, SIZE)] },
    { name: 'VERIFIED twice', first: 'DATA', send: [verified(0, SIZE), verified(0, SIZE)] },
    { name: 'RETRY of a batch entry twice', first: 'BATCH', send: [retry(1, 20), retry(1, 20)] },
    { name: 'RETRY of a file that is in no batch', first: 'BATCH', send: [retry(3, 20)] },
    {
      name: 'RETRY of an entry of a verified batch',
      first: 'BATCH',
      send: [verified(0, 60 + 3 * 12, true), retry(1, 20)],
    },
  ]
  for (const { name, first, send } of WRONG) {
    test(`ends at a ${name}`, async () => {
      const { sender, peer } = await senderToPeer(first === 'DATA' ? files : small)
      assert.ok(await peer.next(first))
      // In one write, so that the sender reads them together.
      peer.write(Buffer.concat(send.map(encodeFrame)))
      assert.equal((await peer.next('CANCEL'))?.code, 3)
      peer.close()
      assert.deepEqual(await sender.ended, PROTOCOL)
    })
  }

  test('ends at a RETRY of a hole', { skip: process.platform === 'win32' }, async () => {
    const path = join(folder(), 'sparse')
    sparse(path, 8 * 1024 * 1024 + 5, [{ at: 8 * 1024 * 1024, text: 'end' }])
    const { sender, peer } = await senderToPeer([source(path)])
    const hole = await peer.next('HOLE')
    assert.ok(hole)
    peer.send(retry(0, hole.rangeLength))
    assert.equal((await peer.next('CANCEL'))?.code, 3)
    peer.close()
    assert.deepEqual(await sender.ended, PROTOCOL)
  })

  test('does not wait for long where the peer does not close after its CANCEL', async () => {
    const { sender, peer } = await senderToPeer(files)
    assert.ok(await peer.next('DATA'))
    peer.send(retry(7, SIZE))
    assert.deepEqual(await sender.ended, PROTOCOL)
    peer.close()
  })
})

const TIMED_OUT: EngineEnd = { kind: 'failed', code: 'timed-out', failures: [] }

/** The end of a receiver while the test acts every 100 ms. */
async function endOf(receiver: Receiver, act: () => void): Promise<EngineEnd> {
  const timer = setInterval(act, 100)
  const end = await receiver.ended
  clearInterval(timer)
  return end
}

// At once: each waits for a limit.
describe('a receiver', { concurrency: true }, () => {
  const limits = { stallMs: 600, streamsMs: 60_000, farewellMs: 500 }
  const keepalive = encodeFrame({ name: 'KEEPALIVE' })
  const header = encodeHeader({ type: FRAME_TYPES.DATA, flags: 0, file: 0, offset: 0, length: SIZE })

  test('ends when the sender only keeps it alive', async () => {
    const { receiver, peer } = await receiverFromPeer([SIZE], folder(), { limits })
    assert.deepEqual(await endOf(receiver, () => peer.write(keepalive)), TIMED_OUT)
    assert.equal((await peer.next('ERROR'))?.code, 15)
    peer.close()
  })

  test('ends when the sender gives a byte now and then', async () => {
    const { receiver, peer } = await receiverFromPeer([SIZE], folder(), { limits })
    peer.write(header)
    assert.deepEqual(await endOf(receiver, () => peer.write(new Uint8Array(1))), TIMED_OUT)
    peer.close()
  })

  test('ends when KEEPALIVE stands for CHECK', async () => {
    const { receiver, peer } = await receiverFromPeer([SIZE], folder(), { limits })
    peer.write(header)
    peer.write(new Uint8Array(SIZE))
    assert.deepEqual(await endOf(receiver, () => peer.write(keepalive)), TIMED_OUT)
    peer.close()
  })

  test('goes on while content comes, however long it takes', async () => {
    const { receiver, peer } = await receiverFromPeer([SIZE], folder(), { limits, check: false })
    peer.write(header)
    const pieces = 20
    const begun = performance.now()
    for (let i = 0; i < pieces; i += 1) {
      await sleep(100)
      peer.write(new Uint8Array(SIZE / pieces))
    }
    assert.ok(performance.now() - begun > 2 * limits.stallMs)
    peer.send({ name: 'FILE_END', file: 0, size: SIZE, mtimeNs: 0n })
    peer.send({ name: 'END' })
    assert.deepEqual(await receiver.received, [])
    receiver.cancel('cancelled')
    peer.close()
    await receiver.ended
  })

  test('counts content on any stream, and nothing that it waits for itself', async () => {
    const options = { limits, streams: 2, check: false }
    const { receiver, peer: first } = await receiverFromPeer(null, folder(), options)
    const { connection, socket } = await openLocalPair()
    receiver.addStream(connection, 2, HELLO)
    const second = new Peer({ socket, helloBytes: HELLO.length })
    // The first waits for this side to name its files; the second has nothing to send until then.
    first.write(header)
    first.write(new Uint8Array(SIZE))
    const timer = setInterval(() => second.write(keepalive), 100)
    await sleep(3 * limits.stallMs)
    receiver.addFiles([{ index: 0, size: SIZE }])
    receiver.endOfFiles()
    assert.ok(await first.next('VERIFIED'))
    clearInterval(timer)
    first.send({ name: 'FILE_END', file: 0, size: SIZE, mtimeNs: 0n })
    second.send({ name: 'STREAM_END' })
    first.send({ name: 'END' })
    assert.deepEqual(await receiver.received, [])
    // The commit has no time limit.
    await sleep(3 * limits.stallMs)
    assert.equal(receiver.committing(), true)
    receiver.finish([])
    assert.ok(await first.next('DONE'))
    for (const peer of [first, second]) peer.close()
    assert.deepEqual(await receiver.ended, { kind: 'done', failures: [] })
  })

  const missing = { streams: 2, limits: { ...limits, stallMs: 60_000, streamsMs: 600 } }

  test('ends when an announced stream does not come', async () => {
    const { receiver, peer } = await receiverFromPeer([], folder(), missing)
    assert.deepEqual(await endOf(receiver, () => peer.write(keepalive)), TIMED_OUT)
    peer.close()
  })

  test('needs no stream that has nothing to bring', async () => {
    const { receiver, peer } = await receiverFromPeer([], folder(), missing)
    peer.send({ name: 'END' })
    assert.deepEqual(await receiver.received, [])
    await sleep(2 * missing.limits.streamsMs)
    receiver.finish([])
    assert.ok(await peer.next('DONE'))
    peer.close()
    assert.deepEqual(await receiver.ended, { kind: 'done', failures: [] })
  })
})
