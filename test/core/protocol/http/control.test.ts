// Invariant: no byte of a request reaches a peer whose certificate differs from the expected one, every request gets an
// answer regardless of its content, and connections are reused.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer, connect as connectTls } from 'node:tls'
import { networkInterfaces } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import { fetchInfo, register, textOf } from '../../../../main/core/protocol/localsend/calls.ts'
import { openControl } from '../../../../main/core/protocol/http/client.ts'
import type { RequestPeer } from '../../../../main/core/protocol/http/handlers.ts'
import { startControlServer } from '../../../../main/core/protocol/http/server.ts'
import { infoBody, infoSchema } from '../../../../main/core/protocol/localsend/messages.ts'
import { UploadSessions } from '../../../../main/core/receive/upload-session.ts'
import { clientOf, newIdentity, selfOf, serve, UNLIMITED } from '../../../support/penstock/control.ts'
import { startStrictPeer } from '../../../support/localsend/strict-peer.ts'
import { fc } from '../../../support/random.ts'

const code = (wanted: string) => (error: unknown) => error instanceof PenstockError && error.code === wanted

test('both sides identify each other by certificate', async (t) => {
  const seen: RequestPeer[] = []
  const { identity, port } = await serve(t, { register: (_info, { peer }) => void seen.push(peer) })
  const mine = await newIdentity(t)
  const client = clientOf(t, mine, port, identity.fingerprint.toUpperCase())
  const info = await register(client, selfOf(mine))
  assert.equal(info.fingerprint, identity.fingerprint)
  assert.deepEqual(info.penstock, { versions: [2], dataPort: null, ciphers: ['sealed', 'none'] })
  assert.deepEqual(
    seen.map(({ address, identity }) => [address, identity?.fingerprint]),
    [['127.0.0.1', mine.fingerprint]],
  )
})

test('a device of 1.17 or earlier finds this one by the path of version 1', async (t) => {
  const { identity, port } = await serve(t)
  const client = clientOf(t, await newIdentity(t), port)
  const path = '/api/localsend/v1/info'
  const { status, body } = await client.request({ method: 'GET', path, query: { fingerprint: 'phone' } })
  const info = infoSchema.parse(JSON.parse(await textOf(body)))
  assert.deepEqual([status, info.fingerprint, info.alias], [200, identity.fingerprint, 'Test device'])
})

test('a peer with another certificate gets nothing', async (t) => {
  const identity = await newIdentity(t)
  let bytes = 0
  const server = createTlsServer({ key: identity.privateKeyPem, cert: identity.certificatePem }, (socket) => {
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const client = clientOf(t, identity, address.port, 'ab'.repeat(32))
  await assert.rejects(fetchInfo(client), code('peer-identity-mismatch'))
  await assert.rejects(
    client.request({
      method: 'POST',
      path: '/api/localsend/v2/upload',
      body: Readable.from([Buffer.from('secret')]),
    }),
    code('peer-identity-mismatch'),
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(bytes, 0)
})

test('nobody there, somebody else there, somebody silent there', async (t) => {
  const identity = await newIdentity(t)
  const { port } = await serve(t)
  const gone = clientOf(t, identity, 1)
  await assert.rejects(fetchInfo(gone), code('peer-unreachable'))
  const web = createServer((_request, response) => response.end('hello'))
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  t.after(() => web.close())
  const address = web.address()
  assert.ok(address !== null && typeof address === 'object')
  await assert.rejects(fetchInfo(clientOf(t, identity, address.port)), code('not-a-peer'))
  // An HTTPS server closes a connection that does not begin with a handshake.
  const plain = openControl({
    host: '127.0.0.1',
    port,
    protocol: 'http',
    expectedFingerprint: null,
    identity,
  })
  t.after(() => plain.close())
  await assert.rejects(fetchInfo(plain), code('peer-gone'))
  const held = new Set<Socket>()
  const silent = createTcpServer((socket) => void held.add(socket))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => {
    for (const socket of held) socket.destroy()
    silent.close()
  })
  const mute = silent.address()
  assert.ok(mute !== null && typeof mute === 'object')
  const waiting = openControl({
    host: '127.0.0.1',
    port: mute.port,
    protocol: 'https',
    expectedFingerprint: null,
    identity,
    connectMs: 200,
  })
  t.after(() => waiting.close())
  await assert.rejects(fetchInfo(waiting), code('peer-unreachable'))
  assert.equal(held.size, 1)
})

test('an answer that does not come ends the request', async (t) => {
  const { identity, port } = await serve(t, {
    enterOffer: () => UNLIMITED,
    prepareUpload: () => new Promise(() => undefined),
  })
  const client = clientOf(t, identity, port)
  const body = Buffer.from(JSON.stringify({ info: { alias: 'a', fingerprint: 'f' }, files: {} }))
  const path = '/api/localsend/v2/prepare-upload'
  await assert.rejects(client.request({ method: 'POST', path, body, idleMs: 100 }), code('timed-out'))
  const signal = AbortSignal.timeout(50)
  await assert.rejects(
    client.request({ method: 'POST', path, body, signal, idleMs: 0 }),
    code('cancelled-here'),
  )
})

test('one connection carries many requests', async (t) => {
  const identity = await newIdentity(t)
  const handlers = { info: () => ({ alias: 'x', fingerprint: 'y' }), register: () => undefined }
  const server = await startControlServer({ identity, host: 'loopback', port: 0, handlers })
  t.after(() => server.close())
  const client = clientOf(t, identity, server.port)
  const sockets = new Set<number | undefined>()
  for (let index = 0; index < 20; index++) {
    const response = await client.request({ method: 'GET', path: '/api/localsend/v2/info' })
    sockets.add(response.body.constructor.name === 'IncomingMessage' ? localPortOf(response.body) : undefined)
    await textOf(response.body)
  }
  assert.equal(sockets.size, 1)
})

function localPortOf(body: Readable): number | undefined {
  const socket: unknown = 'socket' in body ? body.socket : undefined
  if (typeof socket !== 'object' || socket === null || !('localPort' in socket)) return undefined
  return typeof socket.localPort === 'number' ? socket.localPort : undefined
}

test('wrong requests are answered by name', async (t) => {
  const { identity, port } = await serve(t)
  const client = clientOf(t, identity, port)
  const status = async (method: 'GET' | 'POST', path: string, body?: Buffer) => {
    const response = await client.request({ method, path, ...(body === undefined ? {} : { body }) })
    await textOf(response.body)
    return response.status
  }
  assert.equal(await status('GET', '/'), 404)
  assert.equal(await status('GET', '/api/localsend/v2/register'), 405)
  assert.equal(await status('POST', '/api/localsend/v2/info'), 405)
  assert.equal(await status('POST', '/api/localsend/v2/register', Buffer.from('{')), 400)
  assert.equal(await status('POST', '/api/localsend/v2/register', Buffer.alloc(65 * 1024, 32)), 400)
  assert.equal(
    await status('POST', '/api/localsend/v2/prepare-upload', Buffer.alloc(9 * 1024 * 1024, 32)),
    403,
  )
  assert.equal(await status('POST', '/api/penstock/v1/stream?sessionId=x', Buffer.alloc(3)), 404)
  assert.equal(await status('GET', '/api/localsend/v2/info'), 200)
})

test('a body without a length that grows too large is refused, and so is one that never ends', async (t) => {
  const { identity, port } = await serve(t, {}, { jsonMs: 300 })
  const client = clientOf(t, identity, port)
  const path = '/api/localsend/v2/register'
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(16 * 1024, 32)
  }
  const response = await client.request({ method: 'POST', path, body: endless() })
  assert.equal(response.status, 400)
  async function* slow(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield Buffer.from(' ')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await assert.rejects(client.request({ method: 'POST', path, body: slow() }), code('peer-gone'))
})

test('a silent connection is closed at the limit, not before, and the server continues', async (t) => {
  const limitMs = 300
  const { port, identity } = await serve(t, {}, { headersMs: limitMs, idleMs: limitMs })
  const begun = performance.now()
  const silent = [
    connect(port, '127.0.0.1'),
    connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }),
  ]
  for (const socket of silent) {
    let answer = ''
    // The server may send a reason before it closes, which must be read to reach the close.
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
    socket.on('error', () => undefined)
    await once(socket, 'close')
    assert.ok(performance.now() - begun > limitMs * 0.9, `closed after ${performance.now() - begun} ms`)
    assert.match(answer, /^(?:HTTP\/1\.1 408 [^]*)?$/)
  }
  assert.equal((await fetchInfo(clientOf(t, await newIdentity(t), port))).fingerprint, identity.fingerprint)
})

test('whatever is sent, there is an answer and the server lives', async (t) => {
  const backend = {
    offer: () => Promise.resolve({ accept: false as const }),
    body: () => Promise.resolve(),
    finished: () => undefined,
    cancelled: () => undefined,
    failed: () => undefined,
  }
  const sessions = new UploadSessions(backend)
  const { identity, port } = await serve(t, {
    enterOffer: () => UNLIMITED,
    prepareUpload: (offer, context, ticket) => sessions.prepareUpload(offer, context, ticket),
    upload: (request, context) => sessions.upload(request, context),
    cancel: (context) => sessions.cancel(context),
  })
  const client = clientOf(t, identity, port)
  const file = fc.record(
    {
      id: fc.string(),
      fileName: fc.string(),
      size: fc.oneof(fc.integer(), fc.double()),
      sha256: fc.anything(),
    },
    { requiredKeys: [] },
  )
  const near = fc.record(
    {
      info: fc.oneof(fc.anything(), fc.constant({ alias: 'a', fingerprint: 'f' })),
      files: fc.dictionary(fc.string(), file),
    },
    { requiredKeys: [] },
  )
  const text = fc.oneof(
    fc.anything().map((value) => JSON.stringify(value) ?? ''),
    near.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  const path = fc.constantFrom('prepare-upload', 'register', 'upload', 'cancel', 'info', '../x', '%', '?')
  await fc.assert(
    fc.asyncProperty(path, text, async (name, body) => {
      const response = await client.request({
        method: 'POST',
        path: `/api/localsend/v2/${name}`,
        query: { sessionId: body.slice(0, 10) },
        body: Buffer.from(body),
      })
      await textOf(response.body)
      assert.ok(response.status >= 200 && response.status < 500, `${name} ${response.status}`)
    }),
    { numRuns: 300 },
  )
  assert.equal((await fetchInfo(client)).fingerprint, identity.fingerprint)
})

test('a body that stalls behind another one on its connection ends it', async (t) => {
  let stalled: (reason: string) => void = () => undefined
  const ended = new Promise<string>((resolve) => (stalled = resolve))
  const { port } = await serve(
    t,
    {
      upload: async (request, { query, signal }) => {
        signal.addEventListener('abort', () => {
          if (query.get('fileId') === '2') stalled(String(signal.reason.code))
        })
        await request
          .resume()
          .toArray()
          .catch(() => undefined)
        return { status: 200, body: {} }
      },
    },
    { idleMs: 200 },
  )
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  const head = (id: number, length: number): string =>
    `POST /api/localsend/v2/upload?fileId=${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`
  socket.write(`${head(1, 3)}one${head(2, 1000)}part`)
  socket.resume()
  assert.equal(await ended, 'timed-out')
})

test('an answer that never ends, and one that only announces itself, end the request', async (t) => {
  const identity = await newIdentity(t)
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (request: Buffer) => {
      if (request.includes('/drip')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx')
      else socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(40))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : assert.fail()
  const client = openControl({
    host: '127.0.0.1',
    port,
    protocol: 'http',
    expectedFingerprint: null,
    identity,
  })
  t.after(() => client.close())
  const response = await client.request({ method: 'POST', path: '/drip' })
  await assert.rejects(textOf(response.body, 1000, 50), code('timed-out'))
  await assert.rejects(client.request({ method: 'POST', path: '/later' }), code('protocol'))
})

test('JSON that is not UTF-8 is refused', async (t) => {
  const { identity, port } = await serve(t)
  const client = clientOf(t, identity, port)
  const body = Buffer.from('{"alias":"a\xff","fingerprint":"f"}', 'latin1')
  const response = await client.request({ method: 'POST', path: '/api/localsend/v2/register', body })
  assert.equal(response.status, 400)
  await textOf(response.body)
})

test('a strict peer takes us by our certificate, and refuses a client without one', async (t) => {
  const identity = await newIdentity(t)
  const strict = await startStrictPeer(t, await newIdentity(t))
  const info = await register(clientOf(t, identity, strict.port, strict.fingerprint), selfOf(identity))
  assert.equal(info.alias, 'Strict peer')
  const other = await newIdentity(t)
  await assert.rejects(register(clientOf(t, other, strict.port), selfOf(identity)), code('not-a-peer'))
  const bare = connectTls({ host: '127.0.0.1', port: strict.port, rejectUnauthorized: false })
  bare.on('error', () => undefined)
  bare.write('GET /api/localsend/v2/info HTTP/1.1\r\nHost: x\r\n\r\n')
  let answered = 0
  bare.on('data', (chunk: Buffer) => (answered += chunk.length))
  await once(bare, 'close')
  assert.equal(answered, 0)
})

test('frames go both ways in one exchange, with backpressure', async (t) => {
  const { identity, port } = await serve(t, {
    penstockStream: async (request, response) => {
      response.writeHead(200)
      response.flushHeaders()
      await pipeline(request, response)
    },
  })
  const client = clientOf(t, identity, port, identity.fingerprint)
  let produced = 0
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 64; n++) {
      produced += 1
      yield Buffer.alloc(1024 * 1024, n)
    }
  }
  const path = '/api/penstock/v1/stream'
  const response = await client.request({ method: 'POST', path, query: { sessionId: 's' }, body: source() })
  assert.equal(response.status, 200)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(produced < 40, `${produced} MiB were read though nobody took the answer`)
  let bytes = 0
  for await (const chunk of response.body) if (chunk instanceof Buffer) bytes += chunk.length
  assert.equal(bytes, 64 * 1024 * 1024)
})

test('a port that is taken is an error, or the next best where any will do; both address families are served', async (t) => {
  const identity = await newIdentity(t)
  const handlers = { info: () => infoBody(selfOf(identity)), register: () => undefined }
  const first = await startControlServer({ identity, port: 0, handlers })
  t.after(() => first.close())
  await assert.rejects(startControlServer({ identity, port: first.port, handlers }), code('port-in-use'))
  const second = await startControlServer({ identity, port: 'default', handlers })
  t.after(() => second.close())
  const third = await startControlServer({ identity, port: 'default', handlers })
  t.after(() => third.close())
  assert.notEqual(second.port, third.port)
  const families = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ family }) => family),
  )
  for (const host of families.includes('IPv6') ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
    const target = {
      host,
      port: first.port,
      protocol: 'https',
      expectedFingerprint: identity.fingerprint,
    } as const
    const client = openControl({ ...target, identity })
    t.after(() => client.close())
    assert.equal((await fetchInfo(client)).fingerprint, identity.fingerprint)
  }
})

test('closing lets an answer that is on its way go out, and does not wait for idle or stuck connections', async (t) => {
  const identity = await newIdentity(t)
  const server = await startControlServer({
    identity,
    host: 'loopback',
    port: 0,
    handlers: {
      info: () => infoBody(selfOf(identity)),
      register: () => undefined,
      cancel: () =>
        new Promise((resolve) => setTimeout(() => resolve({ status: 200, body: { late: true } }), 200)),
      enterOffer: () => UNLIMITED,
      penstockOffer: () => new Promise(() => undefined),
    },
  })
  const client = clientOf(t, identity, server.port)
  await fetchInfo(client)
  const late = client
    .request({ method: 'POST', path: '/api/localsend/v2/cancel' })
    .then(({ body }) => textOf(body))
  const headers = { 'content-type': 'application/x-ndjson' }
  const body = Buffer.from('{}')
  const stuck = client.request({ method: 'POST', path: '/api/localsend/v2/prepare-upload', headers, body })
  const ended = assert.rejects(stuck, code('peer-gone'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const began = Date.now()
  await server.close()
  assert.ok(Date.now() - began < 2500)
  assert.equal(await late, '{"late":true}')
  await ended
})

test('a kept connection that the other side closes is no error for the next request', async (t) => {
  const identity = await newIdentity(t)
  const used: number[] = []
  // Each connection answers one request with keep-alive, and closes at the second.
  const server = createTcpServer((socket) => {
    const connection = used.push(0) - 1
    socket.on('error', () => undefined)
    socket.on('data', () => {
      used[connection] = (used[connection] ?? 0) + 1
      if (used[connection] === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
      else socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const target = {
    host: '127.0.0.1',
    port: address.port,
    protocol: 'http',
    expectedFingerprint: null,
  } as const
  const client = openControl({ ...target, identity })
  t.after(() => client.close())
  for (let n = 0; n < 2; n++) {
    const { body } = await client.request({ method: 'GET', path: '/api/localsend/v2/info' })
    assert.equal(await textOf(body), '{}')
  }
  assert.deepEqual(used, [2, 1])
})
