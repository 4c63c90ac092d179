// Invariant: for anything strangers send to a real receiver, it uses a bounded amount of memory, releases every slot, answers, and
// serves another address.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { test, type TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { Decision } from '../../../main/core/api.ts'
import { toProblem } from '../../../main/contract/errors.ts'
import type { Identity } from '../../../main/core/device/identity.ts'
import { readOffer } from '../../../main/core/receive/offers/incoming-offer.ts'
import { refusalOf } from '../../../main/core/protocol/penstock/status.ts'
import { replier } from '../../../main/core/protocol/http/answers.ts'
import { NDJSON } from '../../../main/core/protocol/localsend/messages.ts'
import { newIdentity, selfOf, serve, UNLIMITED } from '../../support/penstock/control.ts'
import {
  encodeEndOf,
  encodeEntry,
  encodeHead,
  encodeManifest,
  fileEntry,
} from '../../support/scripted/manifest.ts'
import { listening } from '../../support/scripted/receiving.ts'
import { fc } from '../../support/random.ts'

const MIB = 1024 * 1024
const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }
const OFFER_PATH = '/api/localsend/v2/prepare-upload'

/** A TLS connection from an address of loopback. */
async function open(t: TestContext, port: number, identity: Identity, localAddress = '127.0.0.1') {
  const below = connectTcp({ host: '127.0.0.1', port, localAddress })
  below.on('error', () => undefined)
  const { privateKeyPem: key, certificatePem: cert } = identity
  const socket = connect({ socket: below, key, cert, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

function headOf(identity: Identity, n: number): string {
  return encodeHead(selfOf(identity), n.toString(16).padStart(32, '0'))
}

const HEADERS = `POST ${OFFER_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: ${NDJSON}\r\nTransfer-Encoding: chunked\r\n\r\n`

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

/** The statuses that come on a connection until it closes, or until there are `count`. */
async function statuses(socket: TLSSocket, count: number): Promise<number[]> {
  let text = ''
  const found = (): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, code]) => Number(code))
  return new Promise((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (found().length >= count) resolve(found())
    })
    socket.once('close', () => {
      resolve(found())
    })
  })
}

/** Writes an offer piece by piece until it is answered; the status. */
async function offerWith(socket: TLSSocket, head: string, pieces: Iterable<string>): Promise<number> {
  const answered = statuses(socket, 1)
  let isAnswered = false
  void answered.then(() => (isAnswered = true))
  socket.write(HEADERS + chunk(head))
  for (const piece of pieces) {
    if (isAnswered || socket.destroyed) break
    await new Promise<void>((resolve) => {
      socket.once('close', resolve)
      socket.write(chunk(piece), () => {
        socket.off('close', resolve)
        resolve()
      })
    })
  }
  if (!isAnswered && socket.writable) socket.write('0\r\n\r\n')
  const [status = 0] = await answered
  return status
}

function* many(count: number, lineOf: (n: number) => string): Generator<string> {
  const AT_ONCE = 500
  for (let n = 0; n < count; n += AT_ONCE) {
    let piece = ''
    for (let at = n; at < Math.min(count, n + AT_ONCE); at += 1) piece += lineOf(at)
    yield piece
  }
}

const wholeMemory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('manifests that are too large are refused early, and the receiver shows that they were', async (t) => {
  const { receiving } = await listening(t, { decide: () => Promise.resolve(REFUSED) })
  const identity = await newIdentity(t)
  const ends: string[] = []
  receiving.onTransfer((transfer) => {
    void transfer.ended.then((end) => ends.push(end.kind === 'refused' ? end.problem.code : end.kind))
  })
  const deep = Array.from({ length: 3000 }, (_, n) => fileEntry(n, 1, `${'a/'.repeat(252)}${n}/f`))
  const attacks: [string, Iterable<string>, number][] = [
    ['2 000 000 lines', many(2_000_000, (n) => encodeEntry(fileEntry(n, 1, `f${n}`))), 400],
    [
      'a new tree of 254 folders in each line',
      many(30_000, (n) => encodeEntry(fileEntry(n, 1, `${n}/${'a/'.repeat(252)}f`))),
      413,
    ],
    ['lines of 32 KiB', many(5000, (n) => encodeEntry(fileEntry(n, 1, 'x'.repeat(32_000 + (n % 9))))), 413],
    ['a line that has no end', many(200, () => 'x'.repeat(1000)), 400],
    ['no JSON', many(1000, () => '{"t":"f",\n'), 400],
    [
      'deep names that share their folders',
      [
        ...many(deep.length, (n) =>
          deep
            .slice(n, n + 1)
            .map(encodeEntry)
            .join(''),
        ),
        encodeEndOf(deep),
      ],
      403,
    ],
  ]
  let n = 0
  for (const [what, pieces, status] of attacks) {
    const before = wholeMemory()
    let peak = 0
    const watched = function* (): Generator<string> {
      for (const piece of pieces) {
        peak = Math.max(peak, wholeMemory())
        yield piece
      }
    }
    n += 1
    const answered = await offerWith(await open(t, receiving.port, identity), headOf(identity, n), watched())
    assert.equal(answered, status, what)
    // The budget is 16 MiB; the rest is garbage that was not collected yet, the sender's included.
    assert.ok(peak - before < 160 * MIB, `${what}: ${Math.round((peak - before) / MIB)} MiB`)
  }
  assert.deepEqual(ends, ['too-many-files', 'offer-too-large', 'offer-too-large', 'refused'])
})

test('an offer in which only empty lines come ends, and so does one whose entries trickle for too long', async (t) => {
  for (const [line, times] of [
    ['\n', { entryMs: 80, wholeMs: 60_000 }],
    [encodeEntry(fileEntry(0, 1)), { entryMs: 60_000, wholeMs: 80 }],
    ['x', { entryMs: 80, wholeMs: 60_000 }],
  ] as const) {
    const ends: string[] = []
    const { port } = await serve(t, {
      enterOffer: () => UNLIMITED,
      penstockOffer: async (request, response, context, ticket) => {
        const reading = { ticket, claim: () => undefined, tooLarge: () => undefined, times }
        const failed = await readOffer(request, context, reading).then(() => null, toProblem)
        ends.push(failed?.code ?? 'read')
        replier(request, response)(refusalOf(failed ?? { code: 'internal' }))
      },
    })
    const identity = await newIdentity(t)
    const socket = await open(t, port, identity)
    const answered = statuses(socket, 1)
    socket.write(HEADERS + chunk(headOf(identity, 1)))
    const trickle = setInterval(() => socket.write(chunk(line)), 5)
    assert.deepEqual([await answered, ends], [[408], ['timed-out']])
    clearInterval(trickle)
  }
})

test('one address can take neither all connections nor all places', async (t) => {
  const { receiving } = await listening(t, {
    decide: (_offer, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(REFUSED), { once: true })
      }),
  })
  const attacker = await newIdentity(t)
  const other = await newIdentity(t)
  const held = await Promise.all(
    Array.from({ length: 70 }, () => open(t, receiving.port, attacker, '127.0.0.2')),
  )
  const live = held.filter((socket) => !socket.destroyed)
  // Offers that stop in the middle: some take a place, the others are answered.
  const answers = live.map((socket) => statuses(socket, 1))
  for (const [n, socket] of live.entries()) socket.write(HEADERS + chunk(headOf(attacker, n)))
  const busy = await Promise.all(answers.slice(0, live.length).map((one) => Promise.race([one, late()])))
  assert.equal(busy.filter((found) => found === null).length, 8)
  // Of the others a connection beyond the limit is closed without an answer.
  const answered = busy.filter((found) => found !== null && found.length > 0)
  assert.ok(answered.length > 0)
  for (const found of answered) assert.deepEqual(found, [409])
  // During this the user is asked about another address.
  const asked = new Promise<void>((resolve) => {
    receiving.onTransfer(() => resolve())
  })
  const served = await open(t, receiving.port, other, '127.0.0.3')
  served.write(`${HEADERS}${chunk(headOf(other, 1) + encodeManifest([fileEntry(0, 1)]))}0\r\n\r\n`)
  await asked
})

/** Null after the time that an answer to the written bytes takes. */
function late(): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, 1500, null))
}

test('offers that are pipelined on one connection take no more than the places of one address', async (t) => {
  let asking = 0
  let most = 0
  const { receiving } = await listening(t, {
    decide: async () => {
      asking += 1
      most = Math.max(most, asking)
      await new Promise((resolve) => setTimeout(resolve, 20))
      asking -= 1
      return REFUSED
    },
  })
  const identity = await newIdentity(t)
  const socket = await open(t, receiving.port, identity)
  const found = statuses(socket, 40)
  const all = Array.from({ length: 40 }, (_, n) => {
    const body = headOf(identity, n) + encodeManifest([fileEntry(0, 1)])
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    return HEADERS.replace('Transfer-Encoding: chunked', length) + body
  })
  socket.write(all.join(''))
  const codes = await found
  assert.ok(codes.length > 0 && codes.every((status) => status === 403 || status === 409), codes.join(' '))
  assert.ok(most <= 8, `${most} at once`)
})

test('offers that are withdrawn at random moments give back every place and every byte', async (t) => {
  const errors: unknown[] = []
  const { receiving } = await listening(
    t,
    {
      decide: (_offer, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(REFUSED), { once: true })
        }),
    },
    { onProgrammingError: (error) => errors.push(error) },
  )
  const running = new Set<unknown>()
  receiving.onTransfer((transfer) => {
    running.add(transfer)
    void transfer.ended.then(() => running.delete(transfer))
  })
  const identity = await newIdentity(t)
  const body = encodeManifest(Array.from({ length: 200 }, (_, n) => fileEntry(n, 1, `folder/${n}`)))
  let next = 0
  const bytes = Buffer.byteLength(HEADERS) + 20_000
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes }), { minLength: 1, maxLength: 8 }), async (cuts) => {
      const sockets = await Promise.all(cuts.map(() => open(t, receiving.port, identity)))
      for (const [index, socket] of sockets.entries()) {
        next += 1
        const whole = `${HEADERS}${chunk(headOf(identity, next) + body)}0\r\n\r\n`
        const cut = whole.slice(0, cuts[index])
        await new Promise<void>((resolve) => socket.write(cut === '' ? 'P' : cut, () => resolve()))
      }
      await new Promise(setImmediate)
      const closed = sockets.map((socket) => once(socket, 'close'))
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    }),
    { numRuns: 25 },
  )
  while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual(errors, [])
  // All eight places are free: eight offers are asked about at the same time.
  const asked = new Promise<void>((resolve) => {
    receiving.onTransfer(() => {
      if (running.size === 8) resolve()
    })
  })
  for (let n = 0; n < 8; n += 1) {
    next += 1
    const socket = await open(t, receiving.port, identity)
    socket.write(`${HEADERS}${chunk(headOf(identity, next) + body)}0\r\n\r\n`)
  }
  await asked
})
