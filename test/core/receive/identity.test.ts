// Invariant: the identity of a sender, and what either side stores, depends on the certificate that TLS proved on that
// connection, never on a claimed fingerprint; and a transfer permits nothing.
import assert from 'node:assert/strict'
import { createServer, IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { IncomingOffer } from '../../../main/contract/transfer.ts'
import type { Decision, Penstock, Receiving, SendOptions } from '../../../main/core/api.ts'
import type { AlwaysAccept } from '../../../main/core/device/trust.ts'
import { loadIdentity, type Identity } from '../../../main/core/device/identity.ts'
import { openPenstock } from '../../../main/core/penstock.ts'

const ACCEPT: Decision = { accept: true }

let root = ''
let sender: Penstock
let receiver: Penstock
let receiving: Receiving
let offers: { readonly offer: IncomingOffer; readonly always: AlwaysAccept | null }[] = []
let decision: Decision = ACCEPT

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-identity-'))
  offers = []
  decision = ACCEPT
  sender = await openPenstock({ stateDir: join(root, 'sender'), alias: 'sender' })
  receiver = await openPenstock({ stateDir: join(root, 'receiver'), alias: 'receiver' })
  await writeFile(join(root, 'file'), 'content')
  receiving = await receiver.receive({
    ...{ dir: join(root, 'received'), host: 'loopback', only: null, port: 0, dataPort: 0, pin: null },
    ...{ clear: true, technique: 'auto', bufferBytes: 65_536, durability: 'os', check: true },
    ...{ onConflict: 'keep-both', visible: false },
    decide: (offer, _signal, always) => {
      offers.push({ offer, always })
      return Promise.resolve(decision)
    },
  })
})

afterEach(async () => {
  await close()
  await rm(root, { recursive: true, force: true })
})

/** Waits until everything about the transfers has been stored. */
async function close(): Promise<void> {
  await Promise.all([sender.close(), receiver.close()])
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

async function send(change: Partial<SendOptions> = {}) {
  const to = await sender.peers.probe('127.0.0.1', receiving.port)
  const transfer = sender.send({
    ...{ paths: [join(root, 'file')], to, security: 'encrypted', technique: 'auto', streams: 'auto' },
    ...{ bufferBytes: 65_536, check: true, pin: null },
    ...change,
  })
  return transfer.ended
}

/** A request as any program can make it, with a certificate or without. */
async function post(path: string, body: string, identity: Identity | null) {
  const shown = identity === null ? {} : { key: identity.privateKeyPem, cert: identity.certificatePem }
  const outgoing = request({
    ...{ host: '127.0.0.1', port: receiving.port, method: 'POST', path, rejectUnauthorized: false, ...shown },
    ...{ agent: false, headers: { 'content-length': Buffer.byteLength(body) } },
  })
  outgoing.end(body)
  const [response]: unknown[] = await once(outgoing, 'response')
  assert.ok(response instanceof IncomingMessage)
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, text }
}

/** One file from a phone that claims a fingerprint. */
async function sendAsPhone(claimed: string, identity: Identity | null): Promise<number | undefined> {
  const info = { alias: 'Phone', version: '2.1', deviceType: 'mobile', fingerprint: claimed }
  const files = { a: { id: 'a', fileName: 'a.txt', size: 2, fileType: 'text/plain' } }
  const prepared = await post('/api/localsend/v2/prepare-upload', JSON.stringify({ info, files }), identity)
  if (prepared.status !== 200) return prepared.status
  const { sessionId, files: tokens }: { sessionId: string; files: { a: string } } = JSON.parse(prepared.text)
  const query = new URLSearchParams({ sessionId, fileId: 'a', token: tokens.a }).toString()
  return (await post(`/api/localsend/v2/upload?${query}`, 'hi', identity)).status
}

test('a claim of a device that is recent and always accepted is a stranger', async () => {
  await send()
  await offers[0]?.always?.()
  await until(() => receiver.settings.current.recent.length === 1)
  offers = []
  assert.equal(await sendAsPhone(sender.fingerprint, null), 200)
  const [asked] = offers
  assert.deepEqual(
    [asked?.offer.peer, asked?.always],
    [
      {
        ...{ alias: 'Phone', kind: 'localsend', host: '127.0.0.1' },
        ...{ fingerprint: '', proved: false, recent: false, trusted: false, alwaysAccept: false },
        namesake: null,
      },
      null,
    ],
  )
})

test('a certificate of its own does not help a claim of another device', async () => {
  const own = await loadIdentity(join(root, 'impostor'))
  assert.equal(await sendAsPhone(sender.fingerprint, own), 403)
  assert.equal(offers.length, 0)
})

test('transfers that prove nothing store nothing, however many fingerprints they invent', async () => {
  for (let index = 0; index < 40; index++) {
    assert.equal(await sendAsPhone(index.toString(16).padStart(64, '0'), null), 200)
  }
  await close()
  assert.deepEqual([receiver.settings.current.recent, receiver.trusted.list()], [[], []])
  const history = await receiver.history(10)
  assert.deepEqual([...new Set(history.map(({ peer }) => peer.fingerprint))], [''])
})

test('a completed transfer makes each side recent for the other, and permits nothing', async () => {
  assert.equal((await send()).kind, 'done')
  await until(() => receiver.settings.current.recent.length === 1)
  assert.equal((await send({ security: 'clear' })).kind, 'done')
  const seen = offers.map(({ offer: { peer } }) => [peer.proved, peer.recent, peer.alwaysAccept])
  assert.deepEqual(seen, [
    [true, false, false],
    [true, true, false],
  ])
  assert.equal((await sender.peers.probe('127.0.0.1', receiving.port)).recent, true)
  await close()
  assert.deepEqual([sender.trusted.list(), receiver.trusted.list()], [[], []])
})

test('a refused transfer makes no one recent', async () => {
  decision = { accept: false, problem: { code: 'refused' } }
  assert.equal((await send()).kind, 'refused')
  await close()
  assert.deepEqual([sender.settings.current.recent, receiver.settings.current.recent], [[], []])
})

test('“always” for an encrypted transfer does not cover an unencrypted one', async () => {
  await send()
  await offers[0]?.always?.()
  await send({ security: 'clear' })
  await send()
  await offers[1]?.always?.()
  await send({ security: 'clear' })
  assert.deepEqual(
    offers.map(({ offer: { peer, cipher } }) => [cipher, peer.alwaysAccept]),
    [
      ['sealed', false],
      ['none', false],
      ['sealed', true],
      ['none', true],
    ],
  )
})

test('a device reached over HTTP has no fingerprint and is not stored', async (t) => {
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      const info = { alias: 'Phone', version: '2.1', fingerprint: receiver.fingerprint }
      const upload = incoming.url?.includes('prepare-upload') === true
      response.end(JSON.stringify(upload ? { sessionId: 's', files: { 0: 't' } } : info))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const to = await sender.peers.probe('127.0.0.1', address.port)
  assert.deepEqual([to.protocol, to.fingerprint, to.recent], ['http', '', false])
  const end = await send({ to, security: 'clear' })
  assert.equal(end.kind, 'done')
  assert.equal(end.report.peer.fingerprint, '')
  await close()
  assert.deepEqual(sender.settings.current.recent, [])
})
