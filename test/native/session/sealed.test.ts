// Invariant: a sealed stream carries sealed bytes and nothing else, for any technique that is requested while it runs, and seals
// no more content under one key than its records allow: other streams carry the rest, or the transfer fails and names no file
// complete.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EngineSample } from '../../../native/index.ts'
import { delivered, done } from '../../support/scripted/frames.ts'
import { assertEqual } from '../carried.ts'
import { scratchFolders, TECHNIQUES, transfer, writeFiles } from '../harness.ts'
import { receiverFromPeer, senderToPeer } from '../peer.ts'

const RANGE = 8 * 1024 * 1024
const RECORD = 16_384
/** Records that a stream keeps for what it has begun (native/src/send/send_stream.h). */
const RESERVED = 2048

const folder = scratchFolders()
const ranges = writeFiles(folder(), [6 * RANGE])

function carry(streams: number, rangesOfStream: number) {
  const recordLimit = RESERVED + (rangesOfStream * RANGE) / RECORD
  const sealing = { transport: 'sealed', recordLimit } as const
  const staging = folder()
  return transfer(ranges, staging, { send: 'seal', streams, sealing }).then((ends) => ({ ...ends, staging }))
}

describe('a stream whose records are spent', () => {
  test('leaves the rest to the others', async () => {
    // Six ranges; a stream takes three at most.
    const { sender, receiver, sent, staging } = await carry(3, 2)
    assert.deepEqual(sender, { kind: 'done', failures: [] })
    assert.deepEqual(receiver, { kind: 'done', failures: [] })
    assert.equal(sent.bytesBy.seal, 6 * RANGE)
    await assertEqual(ranges, staging)
  })

  for (const streams of [1, 2])
    test(`ends the transfer where it is the last of ${streams}`, async () => {
      const { sender, receiver, taken } = await carry(streams, 1)
      assert.deepEqual(sender, { kind: 'failed', code: 'records-spent', failures: [] })
      assert.deepEqual(receiver, { kind: 'peer-error', code: 'io', failures: [] })
      assert.equal(taken.filesDone, 0)
    })
})

function assertAllBy(technique: 'seal' | 'unseal', bytes: number, sample: EngineSample): void {
  assert.equal(sample.bytesBy[technique], bytes)
  assert.equal(sample.bytes, bytes)
  assert.equal(sample.transport, 'sealed')
}

describe('a technique of unencrypted streams, wished for in the middle', () => {
  for (const wish of TECHNIQUES.send)
    test(`${wish}: the sender seals the rest`, async () => {
      const { sender, peer } = await senderToPeer(ranges, { technique: 'seal' })
      for (let at = 0; at < 6; at += 1) {
        const data = await peer.next('DATA')
        assert.ok(data)
        sender.setTechnique(wish)
        const { file, offset, content } = data
        peer.send({ name: 'VERIFIED', batch: false, file, offset, rangeLength: content.length })
      }
      assert.ok(await peer.next('END'))
      peer.send(delivered(0, 1))
      peer.send(done({ files: 1 }))
      assert.deepEqual(await sender.ended, { kind: 'done', failures: [] })
      assertAllBy('seal', 6 * RANGE, sender.sample())
      peer.close()
    })

  for (const wish of TECHNIQUES.receive)
    test(`${wish}: the receiver unseals the rest`, async () => {
      const { receiver, peer } = await receiverFromPeer([2 * RANGE], folder(), { technique: 'unseal' })
      for (const offset of [0, RANGE]) {
        peer.send({ name: 'DATA', file: 0, offset, content: Buffer.alloc(RANGE, 7) })
        assert.ok(await peer.next('VERIFIED'))
        receiver.setTechnique(wish)
      }
      assertAllBy('unseal', 2 * RANGE, receiver.sample())
      peer.close()
      await receiver.ended
    })
})
