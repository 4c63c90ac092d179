// Invariant: what a peer has sealed counts in the order in which it was sent, regardless of what follows: a record that is not
// authentic hides nothing that came before it, however the bytes are cut.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { EngineEnd } from '../../../native/index.ts'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import { done, encodeFrame } from '../../support/scripted/frames.ts'
import { sealByNode } from '../../support/records.ts'
import { makeReceiver, makeSender, randomKeys, scratchFolders } from '../harness.ts'

const folder = scratchFolders()
const SEALING = { transport: 'sealed', recordLimit: 10_000 } as const
const GARBAGE = Buffer.concat([Buffer.from([23, 3, 3, 0, 64]), randomBytes(64)])

function opening({ receive }: ReturnType<typeof randomKeys>) {
  return { key: receive.subarray(0, 16), iv: receive.subarray(16) }
}

/** The end of a sender without files whose receiver answers END with these bytes in one write. */
async function senderAnswered(answer: (keys: ReturnType<typeof opening>) => Buffer): Promise<EngineEnd> {
  const { connection, socket } = await openLocalPair()
  const sender = makeSender({ technique: 'seal', fallback: ['seal'], check: false, sealing: SEALING })
  sender.endOfFiles()
  const content = await openLocalPair()
  const keys = randomKeys()
  socket.once('data', () => socket.write(answer(opening(keys))))
  sender.addControl(connection, keys)
  sender.addStream(content.connection, 1, randomKeys())
  const end = await sender.ended
  for (const one of [socket, content.socket]) one.destroy()
  return end
}

const DONE = encodeFrame(done())

test('DONE counts, whatever follows it', async () => {
  const whole = await senderAnswered((keys) => sealByNode(keys, 0n, DONE))
  assert.deepEqual(whole, { kind: 'done', failures: [] })
  const followed = await senderAnswered((keys) => Buffer.concat([sealByNode(keys, 0n, DONE), GARBAGE]))
  assert.deepEqual(followed, whole)
})

test('without DONE before it, such a record fails the session', async () => {
  const end = await senderAnswered(() => GARBAGE)
  assert.deepEqual([end.kind, 'code' in end ? end.code : null], ['failed', 'check-failed'])
})

test('CANCEL counts, whatever follows it', async () => {
  const { connection, socket } = await openLocalPair()
  const receiver = makeReceiver(folder(), {
    ...{ technique: 'unseal', fallback: ['unseal'], check: false, sealing: SEALING },
  })
  receiver.addFiles([{ index: 0, size: 10 }])
  receiver.endOfFiles()
  const keys = randomKeys()
  receiver.addControl(connection, new Uint8Array(randomBytes(32)), keys)
  const cancel = encodeFrame({ name: 'CANCEL', code: 1, errno: 0 })
  socket.write(Buffer.concat([sealByNode(opening(keys), 0n, cancel), GARBAGE]))
  const end = await receiver.ended
  socket.destroy()
  assert.deepEqual([end.kind, 'code' in end ? end.code : null], ['peer-error', 'cancelled'])
})
