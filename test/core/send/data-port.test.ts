// Invariant: the data port is reached by numeric addresses only, and within the limit, whatever the resolver does; and
// either all streams are open or none is.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { addressesOf, openStreams } from '../../../main/core/send/data-port.ts'
import { addon } from '../../../native/index.ts'

const preambles = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)]

/** A data port that answers HELLO on the first `answered` connections. */
async function port(t: TestContext, answered: number): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined).resume()
    if (sockets.length <= answered) socket.write(new Uint8Array(32))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  assert.ok(isTcp(address))
  return { port: address.port, sockets }
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
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

describe('streams', () => {
  test('are all open', async (t) => {
    const { port: number } = await port(t, 3)
    const connections = await openStreams({ host: 'localhost', port: number }, preambles, 5000)
    assert.equal(connections?.length, 3)
    for (const connection of connections ?? []) connection.close()
  })

  test('are all closed where one gets no HELLO', async (t) => {
    const { port: number, sockets } = await port(t, 2)
    assert.equal(await openStreams({ host: '127.0.0.1', port: number }, preambles, 200), null)
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
    assert.equal(sockets.length, 3)
  })
})
