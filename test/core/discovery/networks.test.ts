// Invariant: a search ends only when every way has been tried, a device keeps the address that answers fastest, a network that
// was replaced is noticed, and a copy of this device's own identity is reported.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device } from '../../../main/contract/device.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { Peers } from '../../../main/core/api.ts'
import { interfacesKey, isNear, type InterfaceAddress } from '../../../main/core/discovery/interfaces.ts'
import { createPeers } from '../../../main/core/discovery/peers.ts'
import { REFRESH_MS, Registry, type Sighting } from '../../../main/core/discovery/registry.ts'
import { resolveDevice } from '../../../main/core/discovery/resolve.ts'
import { registrationBody, registrationSchema } from '../../../main/core/protocol/localsend/messages.ts'
import { newIdentity, selfOf } from '../../support/penstock/control.ts'
import { proofOf, provedIdentity } from '../../support/penstock/proved.ts'
import { strangers } from '../../support/penstock/trusted.ts'

const identity = await provedIdentity()

function sighting(host: string, answerMs?: number): Sighting {
  const { fingerprint } = identity
  return {
    info: {
      alias: 'Laptop',
      version: '2.1',
      deviceModel: null,
      deviceType: null,
      fingerprint,
      penstock: null,
    },
    ...{ identity, host, port: 53317, protocol: 'https', foundBy: 'multicast' },
    ...(answerMs === undefined ? {} : { answerMs }),
  }
}

function registryAt(): { registry: Registry; pass: (ms: number) => void } {
  let now = 1000
  const registry = new Registry(() => now, strangers())
  return { registry, pass: (ms) => void (now += ms) }
}

test('of two addresses the one that answers clearly faster is kept, in any order', () => {
  const fast = sighting('192.168.1.5', 4)
  const slow = sighting('10.0.0.5', 60)
  const close = sighting('10.0.0.5', 5)
  const unmeasured = sighting('10.0.0.5')
  const table: readonly (readonly [readonly Sighting[], string])[] = [
    [[fast, slow], '192.168.1.5'],
    [[slow, fast], '192.168.1.5'],
    [[slow, fast, slow, slow], '192.168.1.5'],
    [[fast, close], '192.168.1.5'],
    [[close, fast], '10.0.0.5'],
    [[fast, unmeasured], '192.168.1.5'],
    [[sighting('fe80::1%eth0', 1), slow], '10.0.0.5'],
    [[slow, sighting('2001:db8::1', 1)], '10.0.0.5'],
  ]
  for (const [seen, wanted] of table) {
    const { registry } = registryAt()
    for (const one of seen) registry.seen(one)
    assert.equal(registry.list()[0]?.host, wanted, seen.map(({ host }) => host).join(' '))
  }
  const { registry, pass } = registryAt()
  registry.seen(fast)
  pass(REFRESH_MS)
  registry.seen(slow)
  assert.equal(registry.list()[0]?.host, '10.0.0.5', 'the fast one no longer answers')
})

test('a device that moves is asked at its old address at once, and gets the new one when that does not answer', () => {
  const { registry } = registryAt()
  registry.seen(sighting('192.168.1.5', 4))
  assert.deepEqual(registry.takeDue(), [])
  registry.seen(sighting('192.168.1.77'))
  const [asked, ...more] = registry.takeDue()
  assert.deepEqual([asked?.host, more], ['192.168.1.5', []])
  assert.ok(asked !== undefined && registry.missed(asked))
  assert.equal(registry.list()[0]?.host, '192.168.1.77')
})

test('an interface that is replaced under its name and address is another one', () => {
  const one: InterfaceAddress = {
    ...{ name: 'eth0', scope: 'eth0', family: 4, address: '10.0.0.1', prefix: 24, internal: false },
    hardware: '02:00:00:00:00:01 ',
  }
  assert.equal(interfacesKey([one]), interfacesKey([{ ...one }]))
  assert.notEqual(interfacesKey([one]), interfacesKey([{ ...one, hardware: '02:00:00:00:00:02 ' }]))
})

test('what another local network on the same link announces counts, a public address does not', () => {
  const own: InterfaceAddress[] = [
    { name: 'eth0', scope: 'eth0', family: 4, address: '10.0.0.1', prefix: 24, internal: false },
    { name: 'eth1', scope: 'eth1', family: 4, address: '203.0.113.1', prefix: 24, internal: false },
  ]
  for (const near of [
    '10.0.0.9',
    '10.9.9.9',
    '192.168.7.7',
    '172.31.0.1',
    '169.254.1.1',
    'fe80::1%eth0',
    'fd00::1',
    '203.0.113.7',
  ])
    assert.ok(isNear(near, own), near)
  for (const far of ['8.8.8.8', '172.32.0.1', '203.0.114.1', '2001:db8::1', '11.0.0.1'])
    assert.ok(!isNear(far, own), far)
})

test('--to NAME waits for the scan, which can last longer than the wait', async () => {
  let listed: Device[] = []
  let changed: () => void = () => undefined
  let endScan: () => void = () => undefined
  const scanned = new Promise<void>((resolve) => (endScan = resolve))
  const peers: Peers = {
    list: () => listed,
    onChange: (listener) => {
      changed = listener
      return () => undefined
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    searched: () => scanned,
    twin: null,
    probe: () => Promise.reject(new PenstockError('peer-unreachable', { errno: 'ENOTFOUND' })),
    resolve: () => Promise.reject(new Error('not used')),
  }
  const { registry } = registryAt()
  registry.seen(sighting('10.0.0.5'))
  const found = resolveDevice(peers, 'laptop', 20, true)
  await new Promise((resolve) => setTimeout(resolve, 100))
  listed = registry.list()
  changed()
  assert.equal((await found).host, '10.0.0.5')
  listed = []
  const missing = assert.rejects(resolveDevice(peers, 'laptop', 20, true), /peer-not-found/)
  endScan()
  await missing
})

test('another machine with this device’s identity is reported, and this one is not', async (t) => {
  const mine = await newIdentity(t)
  const own: InterfaceAddress = {
    ...{ name: 'eth0', scope: 'eth0', family: 4, address: '10.0.0.1', prefix: 24, internal: false },
  }
  const peers = createPeers({
    ...{ identity: mine, alias: () => 'Desk', self: () => null, interfaces: () => [own], scan: false },
    recognise: strangers(),
  })
  const registration = registrationSchema.parse(registrationBody(selfOf(mine)))
  const proof = await proofOf(mine)
  peers.registered(registration, { address: '10.0.0.2', identity: null, encrypted: true })
  peers.registered(registration, { address: '10.0.0.1', identity: proof, encrypted: true })
  assert.equal(peers.twin, null)
  peers.registered(registration, { address: '10.0.0.2', identity: proof, encrypted: true })
  assert.equal(peers.twin, '10.0.0.2')
  assert.deepEqual(peers.list(), [])
})
