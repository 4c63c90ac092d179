// Invariant: a receiver that ends a sealed stream waits for its sender without work, also if content that it has opened is
// never read.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import { CODES, encodeFrame } from '../../support/scripted/frames.ts'
import { sealByNode } from '../../support/records.ts'
import { makeReceiver, randomKeys, scratchFolders, sleep } from '../harness.ts'

const folder = scratchFolders()
const HELLO_BYTES = 32
/** Time of the farewell in which calls are counted; waits that do not wait make some 10,000 in it. */
const COUNTED_MS = 100

const ENDS = [
  ['a frame that has no meaning', Buffer.alloc(24, 0x7f)],
  [
    'a frame that does not travel there',
    encodeFrame({ name: 'FILE_FAILED', file: 7, code: CODES.indexOf('io'), errno: 0 }),
  ],
] as const

for (const [name, frame] of ENDS) {
  test(`${name}, with more behind it`, async () => {
    const { connection, socket } = await openLocalPair()
    const receiver = makeReceiver(folder(), {
      ...{ technique: 'unseal', fallback: ['unseal'], check: false },
      sealing: { transport: 'sealed', recordLimit: 1000 },
    })
    receiver.addFiles([{ index: 0, size: 10 }])
    receiver.endOfFiles()
    const keys = randomKeys()
    receiver.addControl(connection, new Uint8Array(randomBytes(HELLO_BYTES)), keys)
    const received: Buffer[] = []
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        received.push(bytes)
        // A record of ERROR.
        if (Buffer.concat(received).length > HELLO_BYTES + 24) resolve()
      })
    })
    const opener = { key: keys.receive.subarray(0, 16), iv: keys.receive.subarray(16) }
    socket.write(sealByNode(opener, 0n, Buffer.concat([frame, randomBytes(5000)])))
    await answered
    const before = receiver.sample().syscalls
    await sleep(COUNTED_MS)
    const after = receiver.sample().syscalls
    socket.destroy()
    await once(socket, 'close')
    const end = await receiver.ended
    assert.deepEqual([end.kind, 'code' in end ? end.code : null], ['failed', 'protocol'])
    for (const call of ['recvfrom', 'ppoll']) {
      const made = (after[call] ?? 0) - (before[call] ?? 0)
      assert.ok(made < 20, `${call}: ${made} calls`)
    }
  })
}
