// Invariant: the data port is dialled by numeric addresses only and within the time limit, for any behaviour of the resolver;
// either all streams are open to the holder of the session's secret or none is.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeHello, PREAMBLE_BYTES } from '../../../main/core/protocol/penstock/preamble.ts'
import { addressesOf, openStreams } from '../../../main/core/send/data-port.ts'
import { addon } from '../../../native/index.ts'
import { firstBytes } from '../../support/scripted/frames.ts'
import { listenLocally } from '../../support/network/tcp.ts'

const preambles = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)]
const secret = randomBytes(32)

/** A data port that answers the first connections: `answers` gives each one its HELLO. */
async function port(
  t: TestContext,
  answers: readonly ((preamble: Buffer) => Buffer)[],
): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    const answer = answers[sockets.length]
    sockets.push(socket)
    const take = firstBytes(PREAMBLE_BYTES, (preamble) => {
      if (answer) socket.write(answer(preamble))
    })
    socket.on('error', () => undefined).on('data', take)
  })
  const number = await listenLocally(server)
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: number, sockets }
}

describe('the addresses of a host', () => {
  test('that is numeric are itself, with its scope, and nothing is looked up', async () => {
    const find = () => Promise.reject(new Error('looked up'))
    for (const host of ['127.0.0.1', '::1', 'fe80::1%lo', 'fe80::abcd%eth0']) {
      assert.deepEqual(await addressesOf(host, 1000, find), [host])
    }
  })

  test('are all that the resolver gives, in its order', async () => {
    const found = ['fe80::1%eth0', '10.0.0.7']
    assert.deepEqual(await addressesOf('office', 60_000, () => Promise.resolve(found)), found)
    assert.ok((await addressesOf('localhost', 60_000)).length > 0)
  })

  test('are none where the resolver fails, and where it never answers', async () => {
    assert.deepEqual(await addressesOf('office', 60_000, () => Promise.reject(new Error('ENOTFOUND'))), [])
    assert.deepEqual(await addressesOf('office', 20, () => new Promise(() => undefined)), [])
  })

  test('are what the addon takes: no name', async () => {
    const preamble = new Uint8Array(64)
    for (const host of ['localhost', '', '10.0.0.300']) {
      await assert.rejects(addon.connect({ host, port: 9, preamble, timeoutMs: 50 }), TypeError)
    }
  })
})

const within = (timeoutMs: number, signal = new AbortController().signal) => ({ timeoutMs, signal })

const hello = (preamble: Buffer): Buffer => encodeHello(preamble, secret)

describe('streams', () => {
  test('are all open', async (t) => {
    const { port: number } = await port(t, [hello, hello, hello])
    const connections = await openStreams(
      { host: 'localhost', port: number, secret },
      preambles,
      within(5000),
    )
    assert.equal(connections?.length, 3)
    for (const connection of connections ?? []) connection.close()
  })

  test('are all closed where one gets no HELLO', async (t) => {
    const { port: number, sockets } = await port(t, [hello, hello])
    assert.equal(await openStreams({ host: '127.0.0.1', port: number, secret }, preambles, within(200)), null)
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
    assert.equal(sockets.length, 3)
  })

  test('are not waited for once the signal is aborted, and closed when they come after all', async (t) => {
    const cancel = new AbortController()
    const { port: number, sockets } = await port(t, [hello, hello])
    const to = { host: '127.0.0.1', port: number, secret }
    const opening = openStreams(to, preambles, within(60_000, cancel.signal))
    while (sockets.length < preambles.length) await sleep(1)
    cancel.abort(new Error('cancelled'))
    await assert.rejects(opening, /^Error: cancelled$/)
    assert.ok(sockets.every(({ closed }) => !closed))
    sockets[2]?.destroy()
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
    await assert.rejects(openStreams(to, preambles, within(60_000, cancel.signal)), /^Error: cancelled$/)
    assert.equal(sockets.length, preambles.length)
  })

  const WRONG: Readonly<Record<string, (preamble: Buffer) => Buffer>> = {
    'random bytes': () => randomBytes(32),
    'the HELLO of another secret': (preamble) => encodeHello(preamble, randomBytes(32)),
    'the HELLO of another preamble': () => encodeHello(Buffer.alloc(64, 1), secret),
    'a HELLO whose last bit is flipped': (preamble) => {
      const bytes = hello(preamble)
      bytes.writeUInt8(bytes.readUInt8(31) ^ 1, 31)
      return bytes
    },
  }
  for (const [name, wrong] of Object.entries(WRONG)) {
    test(`are all closed where one gets ${name}`, async (t) => {
      const { port: number, sockets } = await port(t, [hello, wrong, hello])
      assert.equal(
        await openStreams({ host: '127.0.0.1', port: number, secret }, preambles, within(60_000)),
        null,
      )
      for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
      assert.equal(sockets.length, 3)
    })
  }
})
