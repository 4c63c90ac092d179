// Invariant: a cancelled sender never cuts a frame, and never sends a byte of a frame that it has not begun. (native/driver
// cuts at every single write; this file has the waits that a real receiver causes.)
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { addon, type Sender } from '../../../native/index.ts'
import { encodeHeader, FRAME_TYPES } from '../../support/scripted/frames.ts'
import { checksOf, makeReceiver, preamble, scratchFolders, SENDING, sleep, writeFiles } from '../harness.ts'
import { HELLO, Peer, senderToPeer } from '../peer.ts'

const folder = scratchFolders()

const large = writeFiles(folder(), [24 * 1024 * 1024])
const small = writeFiles(
  folder(),
  Array.from({ length: 400 }, () => 60_000),
)

/** Cancels a sender that waits: a CANCEL is the next frame, and the last. A slow run may see KEEPALIVE before it. */
async function assertCancels(sender: Sender, peer: Peer): Promise<void> {
  await sleep(20)
  sender.cancel('cancelled')
  assert.equal((await peer.next('CANCEL'))?.code, 1)
  assert.deepEqual(
    peer.frames.filter(({ name }) => name !== 'KEEPALIVE'),
    [],
  )
  peer.close()
  assert.equal((await sender.ended).kind, 'cancelled')
}

describe('cancelled while it waits for the window', () => {
  for (const technique of SENDING)
    for (const check of checksOf(technique)) {
      const name = `${technique}, check ${check ? 'on' : 'off'}`

      test(`${name}: behind two ranges`, async () => {
        const { sender, peer } = await senderToPeer(large, { technique, check })
        for (let i = 0; i < 2; i += 1) {
          assert.ok(await peer.next('DATA'))
          if (check) assert.ok(await peer.next('CHECK'))
        }
        await assertCancels(sender, peer)
      })

      test(`${name}: behind batches`, async () => {
        const { sender, peer } = await senderToPeer(small, { technique, check })
        // Of 69 files each: a fifth does not fit.
        for (let i = 0; i < 4; i += 1) assert.ok(await peer.next('BATCH'))
        await assertCancels(sender, peer)
      })
    }
})

describe('a receiver that waits for a slow sender', () => {
  test('takes what there is long before the next KEEPALIVE is due', async () => {
    const receiver = makeReceiver(folder(), { technique: 'readwrite' })
    receiver.addFiles([{ index: 0, size: 200_000 }])
    receiver.endOfFiles()
    const server = createServer().listen(0, '127.0.0.1')
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address)
    const connecting = addon.connect({
      ...{ host: '127.0.0.1', port: address.port, timeoutMs: 2000 },
      preamble: preamble(),
    })
    const socket = await accepted
    socket.write(new Uint8Array(32))
    const peer = new Peer({ socket, helloBytes: preamble().length + HELLO.length })
    receiver.addStream(await connecting, 1, HELLO)
    const header = { type: FRAME_TYPES.DATA, flags: 0, file: 0, offset: 0, length: 200_000 }
    // A wait for 200 000 bytes, of which half come.
    assert.ok(await peer.next('KEEPALIVE'))
    peer.write(encodeHeader(header))
    await sleep(5)
    peer.write(new Uint8Array(100_000))
    while (receiver.sample().bytes < 100_000) await sleep(1)
    const meanwhile = [...peer.frames]
    peer.close()
    await receiver.ended
    server.close()
    assert.deepEqual(meanwhile, [])
  })
})
