// Invariant: no announcement and no failed handshake replaces a device that proved a certificate by an unencrypted one; a
// device that answers over plain HTTP is never a Penstock.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp, type Server } from 'node:net'
import { before, test, type TestContext } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import { createPeers } from '../../../main/core/discovery/peers.ts'
import { MAX_DEVICES, Registry, type Sighting } from '../../../main/core/discovery/registry.ts'
import type { ProvedIdentity } from '../../../main/core/device/proved.ts'
import { infoBody } from '../../../main/core/protocol/localsend/messages.ts'
import { startControlServer } from '../../../main/core/protocol/http/server.ts'
import { newIdentity, selfOf } from '../../support/penstock/control.ts'
import { provedIdentities } from '../../support/penstock/proved.ts'
import { strangers } from '../../support/penstock/trusted.ts'

const code = (wanted: string) => (error: unknown) => error instanceof PenstockError && error.code === wanted

let a: ProvedIdentity
let b: ProvedIdentity

before(async () => {
  const made = await provedIdentities(2)
  assert.ok(made[0] && made[1])
  ;[a, b] = [made[0], made[1]]
})

const info = (fingerprint: string): Sighting['info'] => ({
  alias: 'Office',
  version: '2.1',
  deviceModel: null,
  deviceType: null,
  fingerprint,
  penstock: null,
})
const proof = (identity: ProvedIdentity, port = 53317): Sighting => ({
  info: info(identity.fingerprint),
  identity,
  host: '10.0.0.5',
  port,
  protocol: 'https',
  foundBy: 'multicast',
})
const claim = (fingerprint: string, port = 53317): Sighting => ({
  ...proof(a, port),
  info: info(fingerprint),
  identity: null,
  protocol: 'http',
})
const registryOf = () => new Registry(() => 0, strangers())
const listed = (registry: Registry) => registry.list().map(({ id, protocol }) => `${protocol} ${id}`)

test('a claim at the address, or with the fingerprint, of a proved device is not listed, in whatever order', () => {
  const later = registryOf()
  later.seen(proof(a))
  assert.equal(later.seen(claim('another')), null)
  assert.equal(later.seen(claim(a.fingerprint, 4000)), null)
  assert.deepEqual(listed(later), [`https ${a.fingerprint}`])
  const before = registryOf()
  assert.ok(before.seen(claim('another')) !== null)
  before.seen(proof(a))
  assert.deepEqual(listed(before), [`https ${a.fingerprint}`])
})

test('it is not listed either once the proved device has left the list', () => {
  const registry = registryOf()
  const device = registry.seen(proof(a))
  assert.ok(device !== null)
  while (!registry.missed(device));
  assert.deepEqual(listed(registry), [])
  assert.equal(registry.seen(claim('another')), null)
  assert.equal(registry.seen(claim(a.fingerprint, 4000)), null)
  assert.ok(registry.seen(claim('another', 4000)) !== null)
})

test('what is remembered is bounded, oldest first', () => {
  const registry = registryOf()
  registry.seen(proof(a, 1))
  for (let port = 2; port < 10 * MAX_DEVICES; port++) registry.seen(proof(b, port))
  assert.equal(registry.hasProved('10.0.0.5', 1), false)
  assert.equal(registry.hasProved('10.0.0.5', 10 * MAX_DEVICES - 1), true)
})

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

function peersOf(t: TestContext, identity: Parameters<typeof createPeers>[0]['identity']) {
  const peers = createPeers({
    identity,
    alias: () => 'Me',
    self: () => null,
    recognise: strangers(),
    interfaces: () => [],
    scan: false,
  })
  t.after(() => peers.stop())
  return peers
}

test('over plain HTTP a device is a LocalSend device, even if it offers what a Penstock offers', async (t) => {
  const [mine, theirs] = [await newIdentity(t), await newIdentity(t)]
  const body = JSON.stringify(infoBody(selfOf(theirs)))
  const server = createHttp((_request, response) => response.end(body))
  const port = await listen(server)
  t.after(() => server.close())
  const device = await peersOf(t, mine).probe('127.0.0.1', port)
  assert.deepEqual(
    [device.protocol, device.kind, device.penstock, device.fingerprint],
    ['http', 'localsend', null, ''],
  )
})

test('after a certificate was proved at an address, a failed handshake there is an error and HTTP is not tried', async (t) => {
  const [mine, theirs] = [await newIdentity(t), await newIdentity(t)]
  const peers = peersOf(t, mine)
  const handlers = { info: () => infoBody(selfOf(theirs)), register: () => undefined }
  const real = await startControlServer({ identity: theirs, host: 'loopback', port: 0, handlers })
  assert.equal((await peers.probe('127.0.0.1', real.port)).kind, 'penstock')
  await real.close()
  let requests = 0
  const impostor = createHttp((_request, response) => {
    requests++
    response.end(JSON.stringify(infoBody(selfOf(theirs))))
  })
  await listen(impostor, real.port)
  await assert.rejects(peers.probe('127.0.0.1', real.port), code('not-a-peer'))
  await new Promise((resolve) => impostor.close(resolve))
  const breaker = createTcp((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.destroy())
  })
  await listen(breaker, real.port)
  t.after(() => breaker.close())
  await assert.rejects(peers.probe('127.0.0.1', real.port), code('not-a-peer'))
  assert.equal(requests, 0)
})
