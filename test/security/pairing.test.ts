// Invariant: two Penstocks trust each other only after both users confirmed the same digits on one mutually authenticated
// TLS 1.3 connection. Whatever breaks, is declined, comes late or changes ends it visibly and stores nothing, and three
// failures lock pairing. CVE-2025-32898 (KDE Connect): a verification code that can be guessed off line.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { IncomingMessage, type ClientRequest } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test, type TestContext } from 'node:test'
import type { PairingView } from '../../main/contract/pairing.ts'
import type { Device } from '../../main/contract/device.ts'
import type { Penstock, Receiving } from '../../main/core/api.ts'
import { loadIdentity, type Identity } from '../../main/core/device/identity.ts'
import type { Pairing } from '../../main/core/pairing/run.ts'
import { openPenstock } from '../../main/core/penstock.ts'
import {
  commitmentOf,
  digitsOf,
  encodePairing,
  PAIR_PATH,
} from '../../main/core/protocol/penstock/pairing.ts'
import { receiveOptions } from '../support/penstock/options.ts'

let root = ''
let alice: Penstock
let bob: Penstock
let receiving: Receiving
const requests: Pairing[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-pairing-'))
  requests.length = 0
  alice = await openPenstock({ stateDir: join(root, 'alice'), alias: 'Alice' })
  bob = await openPenstock({ stateDir: join(root, 'bob'), alias: 'Bob' })
  receiving = await bob.receive(receiveOptions(join(root, 'received')))
  bob.pairing.onRequest((pairing) => requests.push(pairing))
})

afterEach(async () => {
  await Promise.all([alice.close(), bob.close()])
  await rm(root, { recursive: true, force: true })
})

const toBob = (): Promise<Device> => alice.peers.probe('127.0.0.1', receiving.port)

/** Resolves when a pairing is in this state or has ended. */
function reaches(pairing: Pairing, kind: PairingView['state']['kind']): Promise<PairingView['state']> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { state } = pairing.view()
      if (state.kind !== kind && state.kind !== 'ended' && state.kind !== 'paired') return
      stop()
      resolve(state)
    }
    const stop = pairing.onChange(look)
    look()
  })
}

/** Bob's side of the request that arrives next. */
async function requested(count = 1): Promise<Pairing> {
  while (requests.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
  const last = requests[count - 1]
  assert.ok(last)
  return last
}

function digitsIn(state: PairingView['state']): string {
  assert.equal(state.kind, 'comparing')
  return state.kind === 'comparing' ? state.digits : ''
}

const endedWith = async (pairing: Pairing): Promise<string> => {
  const end = await pairing.ended
  return end.kind === 'ended' ? end.problem.code : end.kind
}

function nobodyTrusts(): void {
  assert.deepEqual([alice.trusted.list(), bob.trusted.list()], [[], []])
}

test('both confirm the same digits: each trusts the key of the other, under its name, at its address', async () => {
  const asking = alice.pairing.start(await toBob())
  const asked = await requested()
  assert.deepEqual(asked.view().peer, {
    ...{ alias: 'Alice', fingerprint: alice.fingerprint, host: '127.0.0.1', namesake: null },
  })
  assert.equal(asked.view().state.kind, 'requested')
  assert.equal(asking.view().state.kind, 'waiting')
  asked.open()
  const shown = digitsIn(await reaches(asking, 'comparing'))
  assert.match(shown, /^\d{6}$/u)
  assert.equal(digitsIn(await reaches(asked, 'comparing')), shown)
  asking.confirm()
  nobodyTrusts()
  asked.confirm()
  assert.deepEqual([await endedWith(asking), await endedWith(asked)], ['paired', 'paired'])
  const [byAlice] = alice.trusted.list()
  const [byBob] = bob.trusted.list()
  assert.deepEqual(
    [byAlice?.fingerprint, byAlice?.name, byAlice?.addresses],
    [bob.fingerprint, 'Bob', [{ host: '127.0.0.1', port: receiving.port }]],
  )
  assert.deepEqual(
    [byBob?.fingerprint, byBob?.name, byBob?.alwaysAccept],
    [alice.fingerprint, 'Alice', false],
  )
})

/** What one user does when the digits are shown, and how the pairing ends for the two. */
const ENDS: readonly (readonly [
  what: string,
  act: (asking: Pairing, asked: Pairing) => unknown,
  asking: string,
  asked: string,
])[] = [
  ['the asking user declines', (asking) => asking.decline(), 'pairing-declined', 'pairing-declined'],
  ['the asked user declines', (_, asked) => asked.decline(), 'pairing-declined', 'pairing-declined'],
  [
    'one confirms and the other declines',
    (asking, asked) => [asking.confirm(), asked.decline()],
    'pairing-declined',
    'pairing-declined',
  ],
]

for (const [what, act, forAsking, forAsked] of ENDS) {
  test(`${what}: both sides show it and store nothing`, async () => {
    const asking = alice.pairing.start(await toBob())
    const asked = await requested()
    asked.open()
    await Promise.all([reaches(asking, 'comparing'), reaches(asked, 'comparing')])
    act(asking, asked)
    assert.deepEqual([await endedWith(asking), await endedWith(asked)], [forAsking, forAsked])
    nobodyTrusts()
  })
}

test('a request that is not opened, and one that is withdrawn, end on both sides', async () => {
  const asking = alice.pairing.start(await toBob())
  const asked = await requested()
  asked.decline()
  assert.deepEqual(
    [await endedWith(asking), await endedWith(asked)],
    ['pairing-declined', 'pairing-declined'],
  )
  const second = alice.pairing.start(await toBob())
  const withdrawn = await requested(2)
  second.decline()
  assert.equal(await endedWith(withdrawn), 'pairing-declined')
  nobodyTrusts()
})

test('one pairing runs at a time, and a connection that closes while digits are compared stores nothing', async () => {
  const asking = alice.pairing.start(await toBob())
  const to = await toBob()
  assert.throws(() => alice.pairing.start(to), { code: 'pairing-busy' })
  const asked = await requested()
  asked.open()
  await Promise.all([reaches(asking, 'comparing'), reaches(asked, 'comparing')])
  asking.confirm()
  await receiving.close()
  assert.equal(await endedWith(asking), 'pairing-broken')
  assert.equal(await endedWith(asked), 'pairing-broken')
  nobodyTrusts()
})

test('without anyone to show it to, a request is refused', async () => {
  const alone = await openPenstock({ stateDir: join(root, 'alone'), alias: 'Alone' })
  const open = await alone.receive(receiveOptions(join(root, 'alone-in')))
  const asking = alice.pairing.start(await alice.peers.probe('127.0.0.1', open.port))
  assert.equal(await endedWith(asking), 'pairing-unattended')
  await alone.close()
})

/** A program that speaks the protocol as it likes. */
async function attack(t: TestContext, identity: Identity | null, change: object = {}) {
  const shown = identity === null ? {} : { key: identity.privateKeyPem, cert: identity.certificatePem }
  const outgoing: ClientRequest = request({
    ...{ host: '127.0.0.1', port: receiving.port, method: 'POST', path: PAIR_PATH, agent: false },
    ...{ rejectUnauthorized: false, ...shown, ...change },
  })
  outgoing.on('error', () => undefined)
  t.after(() => outgoing.destroy())
  return outgoing
}

async function statusOf(outgoing: ClientRequest): Promise<number | undefined> {
  const [response]: unknown[] = await once(outgoing, 'response')
  assert.ok(response instanceof IncomingMessage)
  response.resume()
  return response.statusCode
}

const mallory = (): Promise<Identity> => loadIdentity(join(root, 'mallory'))
const keysOf = (identity: Identity) => ({ asking: identity.fingerprint, asked: bob.fingerprint })

test('no certificate, TLS 1.2, a certificate of the device itself, and anything but a request are refused', async (t) => {
  const identity = await mallory()
  const line = encodePairing({ kind: 'request', alias: 'X', commitment: Buffer.alloc(32) })
  for (const outgoing of [
    await attack(t, null),
    await attack(t, identity, { maxVersion: 'TLSv1.2' }),
    await attack(t, await loadIdentity(join(root, 'bob'))),
  ]) {
    outgoing.write(line)
    assert.equal(await statusOf(outgoing), 403)
  }
  for (const text of ['{"nonce":"00000000000000000000000000000000"}\n', 'x\n', '\u0000'.repeat(2000)]) {
    const outgoing = await attack(t, identity)
    outgoing.write(text)
    assert.equal(await statusOf(outgoing), 400)
  }
  assert.equal(requests.length, 0)
})

test('CVE-2025-32898: a nonce that does not match the commitment ends it: the attacker cannot choose his after he saw Bob’s', async (t) => {
  const identity = await mallory()
  const outgoing = await attack(t, identity)
  const committed = Buffer.alloc(16, 1)
  const commitment = commitmentOf(keysOf(identity), committed)
  outgoing.write(encodePairing({ kind: 'request', alias: 'Alice', commitment }))
  const asked = await requested()
  asked.open()
  const [response]: unknown[] = await once(outgoing, 'response')
  assert.ok(response instanceof IncomingMessage)
  const [piece]: unknown[] = await once(response, 'data')
  const parsed: unknown = JSON.parse(String(piece))
  assert.ok(typeof parsed === 'object' && parsed !== null && 'nonce' in parsed)
  const his = Buffer.from(String(parsed.nonce), 'hex')
  // Off line he would find a nonce that gives the digits that Alice sees; with the commitment it is of no use.
  let chosen = Buffer.alloc(16)
  for (let tries = 0; digitsOf(keysOf(identity), chosen, his).slice(0, 2) !== '42'; tries++)
    chosen = Buffer.from(tries.toString(16).padStart(32, '0'), 'hex')
  outgoing.write(encodePairing({ kind: 'nonce', nonce: chosen }))
  assert.equal(await endedWith(asked), 'pairing-broken')
  nobodyTrusts()
})

test('CVE-2025-54792: a man in the middle with his own key is shown other digits on the two screens', async (t) => {
  const middle = await openPenstock({ stateDir: join(root, 'mallory'), alias: 'Bob' })
  const trap = await middle.receive(receiveOptions(join(root, 'mallory-in')))
  const caught: Pairing[] = []
  middle.pairing.onRequest((pairing) => caught.push(pairing))
  t.after(() => middle.close())
  // Alice reached the impostor's address; he opens her request and asks Bob himself.
  const asking = alice.pairing.start(await alice.peers.probe('127.0.0.1', trap.port))
  while (caught.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  caught[0]?.open()
  const seenByAlice = digitsIn(await reaches(asking, 'comparing'))
  caught[0]?.confirm()
  caught[0]?.decline()
  const toBobByMiddle = middle.pairing.start(await middle.peers.probe('127.0.0.1', receiving.port))
  const asked = await requested()
  asked.open()
  const seenByBob = digitsIn(await reaches(asked, 'comparing'))
  assert.notEqual(seenByAlice, seenByBob)
  toBobByMiddle.decline()
  await Promise.all([asking.ended, asked.ended])
  nobodyTrusts()
})

test('three pairings that fail lock it for all; requests that are not opened lock only their own network', async () => {
  for (let run = 1; run <= 3; run++) {
    const asking = alice.pairing.start(await toBob())
    const asked = await requested(run)
    asked.open()
    await reaches(asking, 'comparing')
    asking.decline()
    await Promise.all([asking.ended, asked.ended])
  }
  const to = await toBob()
  assert.throws(() => alice.pairing.start(to), { code: 'pairing-locked' })
  const carol = await openPenstock({ stateDir: join(root, 'carol'), alias: 'Carol' })
  assert.equal(await endedWith(carol.pairing.start(to)), 'pairing-locked')
  await carol.close()
})
