// Invariant: two devices on one machine find each other by multicast, whether they receive or only search; a datagram alone
// never lists a device; a device that no longer answers leaves the list.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { Identity } from '../../../main/core/device/identity.ts'
import type { InterfaceAddress } from '../../../main/core/discovery/interfaces.ts'
import { createPeers, type RunningPeers } from '../../../main/core/discovery/peers.ts'
import { REFRESH_MS } from '../../../main/core/discovery/registry.ts'
import { announcementBody, infoBody, type SelfInfo } from '../../../main/core/protocol/localsend/messages.ts'
import { startControlServer } from '../../../main/core/protocol/http/server.ts'
import { newIdentity, selfOf } from '../../support/penstock/control.ts'
import { startStrictPeer } from '../../support/localsend/strict-peer.ts'
import { strangers } from '../../support/penstock/trusted.ts'

const LOOPBACK: InterfaceAddress = {
  name: 'lo',
  scope: 'lo',
  family: 4,
  address: '127.0.0.1',
  prefix: 8,
  internal: true,
}
// Not the usual one, so that no datagrams of devices on the network or of other tests arrive.
const MULTICAST_PORT = 20_000 + (process.pid % 10_000)
const code = (wanted: string) => (error: unknown) => error instanceof PenstockError && error.code === wanted

interface Options {
  readonly self?: () => SelfInfo | null
  readonly clock?: () => number
}

function looker(t: TestContext, identity: Identity, options: Options = {}): RunningPeers {
  const peers = createPeers({
    identity,
    alias: () => 'Looker',
    self: options.self ?? (() => null),
    recognise: strangers(),
    interfaces: () => [LOOPBACK],
    scan: false,
    multicastPort: MULTICAST_PORT,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  t.after(() => peers.stop())
  return peers
}

/** A device that listens, and that can be found once it has begun under a name. */
async function listener(t: TestContext) {
  const identity = await newIdentity(t)
  let self: SelfInfo | null = null
  const peers = looker(t, identity, { self: () => self })
  const server = await startControlServer({
    identity,
    host: 'loopback',
    port: 0,
    handlers: {
      info: () => infoBody(self ?? selfOf(identity)),
      register: (registration, { peer }) => peers.registered(registration, peer),
    },
  })
  t.after(() => server.close())
  const begin = (alias: string): void => {
    self = selfOf(identity, { alias, port: server.port })
  }
  return { identity, peers, server, port: server.port, begin }
}

async function receiver(t: TestContext, alias: string) {
  const device = await listener(t)
  device.begin(alias)
  return device
}

async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    assert.ok(Date.now() < end, 'in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('two receivers find each other, and somebody who only looks finds both and is listed by none', async (t) => {
  const one = await receiver(t, 'One')
  const two = await receiver(t, 'Two')
  await Promise.all([one.peers.start(), two.peers.start()])
  await until(() => one.peers.list().length === 1 && two.peers.list().length === 1)
  const third = looker(t, await newIdentity(t))
  await third.start()
  await until(() => third.list().length === 2)
  assert.deepEqual(
    third.list().map(({ alias, fingerprint, kind }) => ({ alias, fingerprint, kind })),
    [
      { alias: 'One', fingerprint: one.identity.fingerprint, kind: 'penstock' },
      { alias: 'Two', fingerprint: two.identity.fingerprint, kind: 'penstock' },
    ],
  )
  assert.deepEqual(
    one.peers.list().map(({ alias }) => alias),
    ['Two'],
  )
  assert.deepEqual(
    two.peers.list().map(({ port }) => port),
    [one.port],
  )
})

test('a device is resolved by alias, fingerprint and address; nobody and two of a name are errors', async (t) => {
  const one = await receiver(t, 'Desk one')
  await one.peers.start()
  const peers = looker(t, await newIdentity(t))
  const { fingerprint } = one.identity
  assert.equal((await peers.resolve('desk one', 4000)).fingerprint, fingerprint)
  assert.equal((await peers.resolve(fingerprint.slice(0, 10), 4000)).port, one.port)
  const direct = await peers.resolve(`127.0.0.1:${one.port}`, 0)
  assert.equal(direct.fingerprint, fingerprint)
  assert.ok(direct.foundBy.includes('address'))
  await assert.rejects(peers.resolve('no such device', 300), code('peer-not-found'))
  await assert.rejects(peers.resolve('127.0.0.1:1', 300), code('peer-unreachable'))
  const two = await receiver(t, 'Desk one')
  await two.peers.start()
  await assert.rejects(peers.resolve('Desk one', 3000), code('peer-ambiguous'))
})

test('what answers and is no peer is called so', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const peers = looker(t, await newIdentity(t))
  await assert.rejects(peers.probe('127.0.0.1', address.port), code('not-a-peer'))
})

test('a strict LocalSend device that announces itself is listed, and gets our certificate', async (t) => {
  const strict = await startStrictPeer(t, await newIdentity(t))
  const peers = (await receiver(t, 'One')).peers
  await peers.start()
  const announcement = {
    alias: 'x',
    version: '2.2',
    fingerprint: strict.fingerprint.toUpperCase(),
    port: strict.port,
  }
  await shout({ ...announcement, protocol: 'https', announce: true })
  await until(() => peers.list().length === 1)
  const [device] = peers.list()
  assert.deepEqual(
    [device?.alias, device?.fingerprint, device?.kind],
    ['Strict peer', strict.fingerprint, 'localsend'],
  )
})

async function shout(...messages: readonly (object | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  for (const message of messages) {
    const bytes = message instanceof Buffer ? message : Buffer.from(JSON.stringify(message))
    await new Promise((resolve) => socket.send(bytes, MULTICAST_PORT, '224.0.0.167', resolve))
  }
  socket.close()
}

test('hostile datagrams list nobody, replace nobody and leave discovery working', async (t) => {
  const one = await receiver(t, 'One')
  const two = await receiver(t, 'Two')
  await Promise.all([one.peers.start(), two.peers.start()])
  await until(() => one.peers.list().length === 1)
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const address = silent.address()
  assert.ok(address !== null && typeof address === 'object')
  const body = announcementBody(selfOf(two.identity, { port: address.port }), true)
  const noise = Array.from({ length: 300 }, (_, n) => ({
    ...body,
    fingerprint: `f${n}`,
    alias: 'x'.repeat(200),
  }))
  await shout(Buffer.alloc(0), Buffer.alloc(9000, 65), Buffer.from('[[[['), body, ...noise)
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.deepEqual(
    one.peers.list().map(({ alias, port }) => [alias, port]),
    [['Two', two.port]],
  )
  const three = await receiver(t, 'Three')
  await three.peers.start()
  await until(() => one.peers.list().some(({ alias }) => alias === 'Three'), 15_000)
})

test('a device that has gone leaves the list after three questions', async (t) => {
  const one = await receiver(t, 'One')
  await one.peers.start()
  let now = Date.now()
  const peers = looker(t, await newIdentity(t), { clock: () => now })
  await peers.start()
  await until(() => peers.list().length === 1)
  await one.peers.stop()
  await one.server.close()
  let changes = 0
  peers.onChange(() => (changes += 1))
  let rounds = 0
  // On a busy machine a question may take longer than a round.
  for (; peers.list().length > 0 && rounds < 10; rounds++) {
    now += REFRESH_MS
    await new Promise((resolve) => setTimeout(resolve, 1300))
  }
  assert.equal(peers.list().length, 0)
  assert.ok(rounds >= 3, `gone after ${String(rounds)} questions`)
  assert.equal(changes, 1)
})

test('one that begins to receive is announced, one that was stopped sends nothing more', async (t) => {
  const { peers, begin } = await listener(t)
  await peers.start()
  const other = await receiver(t, 'Other')
  await other.peers.start()
  await new Promise((resolve) => setTimeout(resolve, 800))
  assert.equal(other.peers.list().length, 0)
  begin('Late')
  await until(() => other.peers.list().length === 1)
  await peers.stop()
  await peers.stop()
  await Promise.all([peers.start(), peers.stop(), peers.start()])
  await peers.stop()
})
