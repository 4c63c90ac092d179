// Invariant: the server decides by headers and query alone. A refused request costs at most a second and a mebibyte of its body,
// for any client; a body with a declared length of up to 64 MiB is read to its end, so that a client that writes
// first gets the answer. An offer's JSON is counted before it is parsed.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { PenstockError } from '../../../../main/contract/errors.ts'
import { jsonCost } from '../../../../main/core/protocol/http/json-cost.ts'
import { UploadSessions } from '../../../../main/core/receive/upload-session.ts'
import { selfOf, serve, UNLIMITED } from '../../../support/penstock/control.ts'
import { registrationBody } from '../../../../main/core/protocol/localsend/messages.ts'
import { fc } from '../../../support/random.ts'

const MIB = 1024 * 1024
/** More than the buffers of both kernels hold. */
const LARGE = 12 * MIB

async function open(t: TestContext, port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** Writes a body that has no end for as long as the connection takes it. Returns the answer and the bytes that were taken. */
async function endless(socket: TLSSocket, path: string, type = 'application/octet-stream') {
  let answer = ''
  let taken = 0
  let ended = false
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  void closed.then(() => (ended = true))
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`
  const piece = Buffer.alloc(64 * 1024, 0x20)
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')])
  socket.write(head)
  while (!ended) {
    const passed = await Promise.race([
      new Promise<boolean>((resolve) => socket.write(chunk, (error) => resolve(!error))),
      closed.then(() => false),
    ])
    if (!passed) break
    taken += piece.length
  }
  await closed
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), taken }
}

test('the body of a refused request is not read on', async (t) => {
  const never = () => Promise.reject(new Error('Expected no call'))
  const backend = {
    ...{ offer: never, body: never },
    ...{ finished: () => undefined, cancelled: () => undefined, failed: () => undefined },
  }
  const sessions = new UploadSessions(backend)
  const { port } = await serve(t, {
    enterOffer: () => ({ status: 401, body: { message: 'PIN required' } }),
    prepareUpload: never,
    penstockOffer: never,
    upload: (request, context) => sessions.upload(request, context),
    cancel: (context) => sessions.cancel(context),
    penstockTechnique: () => ({ status: 404 }),
  })
  const refused: [string, number, string?][] = [
    ['/api/localsend/v2/prepare-upload?pin=0', 401, 'application/json'],
    ['/api/localsend/v2/prepare-upload', 401, 'application/x-ndjson'],
    ['/api/localsend/v2/upload?sessionId=a&fileId=b&token=c', 403],
    ['/api/localsend/v2/cancel?sessionId=a', 403],
    ['/api/localsend/v2/cancel', 200],
    ['/api/penstock/v1/technique?sessionId=a', 404],
    ['/api/penstock/v1/stream?sessionId=a', 404],
    ['/nowhere', 404],
    ['/api/localsend/v2/info', 405],
  ]
  for (const [path, status, type] of refused) {
    const result = await endless(await open(t, port), path, type)
    assert.equal(result.status, status, path)
    // Plus the content of the kernel's buffers on both sides.
    assert.ok(result.taken < 8 * MIB, `${path}: ${result.taken} bytes`)
  }
})

/** Writes the head and the whole body before it reads a byte. Returns the status, or how the connection broke. */
async function writeFirst(socket: TLSSocket, path: string, bytes: number): Promise<string> {
  let broken = ''
  socket.on('error', (error: Error) => (broken = error.message))
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`
  socket.write(head)
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes, 0x20), () => resolve()))
  let answer = ''
  socket.on('data', (piece: Buffer) => (answer += piece.toString('latin1')))
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? broken
}

test('a client that writes its whole body before it reads has the answer', async (t) => {
  const statuses = [401, 403, 409, 429, 503]
  const refused: number[] = []
  const tooLarge: string[] = []
  const { port } = await serve(t, {
    enterOffer: ({ query }) => {
      const status = Number(query.get('answer'))
      if (status === 413) return UNLIMITED
      refused.push(status)
      return { status, body: { message: 'refused' } }
    },
    prepareUpload: () => Promise.reject(new Error('Expected no call')),
    offerTooLarge: ({ peer }) => void tooLarge.push(peer.address),
    upload: (_request, { query }) =>
      Promise.resolve({ status: Number(query.get('answer')), body: { message: 'refused' } }),
  })
  for (const status of [...statuses, 413]) {
    const path = `/api/localsend/v2/prepare-upload?answer=${status}`
    assert.equal(await writeFirst(await open(t, port), path, LARGE), `${status}`)
  }
  for (const status of statuses) {
    const path = `/api/localsend/v2/upload?answer=${status}`
    assert.equal(await writeFirst(await open(t, port), path, LARGE), `${status}`)
  }
  assert.deepEqual([refused.length, tooLarge], [statuses.length, ['127.0.0.1']])
})

test('an offer counts what it reads, and what its JSON costs before that is parsed', async (t) => {
  const held: number[] = []
  const limit = 256 * 1024
  let sum = 0
  const { identity, port } = await serve(t, {
    enterOffer: () => ({
      hold: (bytes) => {
        held.push(bytes)
        sum += bytes
        if (sum > limit) throw new PenstockError('offer-too-large')
      },
      release: () => (sum = 0),
    }),
    prepareUpload: (offer) => Promise.resolve({ status: 200, body: { files: offer.files.length } }),
  })
  const post = async (body: string): Promise<number> => {
    const socket = await open(t, port)
    const head = 'POST /api/localsend/v2/prepare-upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    const [answer] = await once(socket, 'data')
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(String(answer))?.[1] ?? 0)
  }
  const info = registrationBody(selfOf(identity))
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`${n}`, { id: `${n}`, fileName: `${n}`, size: n }]),
  )
  assert.equal(await post(JSON.stringify({ info, files })), 200)
  assert.ok(held.length >= 2)
  // 90 KB that would become megabytes.
  assert.equal(await post(`[${'{},'.repeat(30_000)}{}]`), 413)
  assert.equal(await post(`{"x":"${'x'.repeat(300_000)}"}`), 413)
  assert.equal(sum, 0)
})

test('the cost of a JSON text grows with each object and each value, and never falls below its length', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const cost = jsonCost(Buffer.from(text))
      assert.ok(cost >= Buffer.byteLength(text))
      assert.ok(jsonCost(Buffer.from(`[${text},{}]`)) > cost + 64)
    }),
  )
})
