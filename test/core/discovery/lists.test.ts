// Invariant: a device is listed once and only while it answers, one name means one device, and only addresses of this
// machine's private networks are contacted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device } from '../../../main/contract/device.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import { QueryQueue } from '../../../main/core/discovery/query-queue.ts'
import { isNear, type InterfaceAddress } from '../../../main/core/discovery/interfaces.ts'
import { readAnnouncement } from '../../../main/core/discovery/multicast.ts'
import type { ProvedIdentity } from '../../../main/core/device/proved.ts'
import {
  MAX_DEVICES,
  MAX_PER_HOST,
  REFRESH_MS,
  Registry,
  type Sighting,
} from '../../../main/core/discovery/registry.ts'
import { matchDevice } from '../../../main/core/discovery/resolve.ts'
import { candidates, scan } from '../../../main/core/discovery/scan.ts'
import { provedIdentity } from '../../support/penstock/proved.ts'
import { fc } from '../../support/random.ts'
import { strangers } from '../../support/penstock/trusted.ts'

const net = (address: string, prefix: number, rest: Partial<InterfaceAddress> = {}): InterfaceAddress => ({
  name: 'eth0',
  scope: 'eth0',
  family: address.includes(':') ? 6 : 4,
  address,
  prefix,
  internal: false,
  ...rest,
})

const recent = await provedIdentity()
const a = await provedIdentity()

const sighting = (
  identity: ProvedIdentity,
  rest: Partial<Sighting> = {},
  alias = `Device ${identity.fingerprint}`,
): Sighting => ({
  info: about(identity.fingerprint, alias),
  identity,
  host: '192.168.1.5',
  port: 53317,
  protocol: 'https',
  foundBy: 'multicast',
  ...rest,
})

/** An answer over HTTP, which claims a fingerprint. */
const claim = (fingerprint: string, host: string, rest: Partial<Sighting> = {}): Sighting => ({
  info: about(fingerprint, `Device ${fingerprint}`),
  identity: null,
  host,
  port: 53317,
  protocol: 'http',
  foundBy: 'multicast',
  ...rest,
})

function about(fingerprint: string, alias: string): Sighting['info'] {
  return { alias, version: '2.1', deviceModel: null, deviceType: null, fingerprint, penstock: null }
}

function registryAt(): { registry: Registry; pass: (ms: number) => void } {
  let now = 1000
  const registry = new Registry(
    () => now,
    strangers((identity) => identity?.equals(recent) === true),
  )
  return { registry, pass: (ms) => void (now += ms) }
}

test('the candidates are the own /24 of each private network, and nothing else', () => {
  const small = candidates([net('192.168.1.5', 29)])
  assert.deepEqual(small, ['192.168.1.1', '192.168.1.2', '192.168.1.3', '192.168.1.4', '192.168.1.6'])
  const wide = candidates([net('10.1.2.3', 8)])
  assert.equal(wide.length, 253)
  assert.ok(wide.every((address) => address.startsWith('10.1.2.')))
  assert.deepEqual(
    candidates([net('8.8.8.8', 24), net('127.0.0.1', 8, { internal: true }), net('fd00::2', 64)]),
    [],
  )
  assert.deepEqual(candidates([net('172.32.0.1', 24), net('172.16.0.1', 32), net('172.16.0.1', 31)]), [])
  assert.equal(candidates([net('172.31.9.1', 24), net('172.31.9.2', 24)]).length, 252)
})

test('candidates stay in a private network of ours and hold no address of ours', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const own = fc.array(
    fc.tuple(
      fc.constantFrom('10', '192', '172', '8', '169'),
      octet,
      octet,
      octet,
      fc.integer({ min: 0, max: 32 }),
    ),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(own, (parts) => {
      const nets = parts.map(([a, b, c, d, prefix]) => net(`${a}.${b}.${c}.${d}`, prefix))
      const found = candidates(nets)
      assert.equal(new Set(found).size, found.length)
      for (const address of found) {
        assert.ok(isNear(address, nets))
        assert.ok(!nets.some((entry) => entry.address === address))
        assert.match(address, /^(10\.|192\.168\.|172\.|169\.254\.)/)
      }
    }),
  )
})

test('a scan queries 50 at a time and stops when aborted', async () => {
  const stop = new AbortController()
  let running = 0
  let most = 0
  let asked = 0
  const one = async () => {
    most = Math.max(most, ++running)
    if (++asked === 120) stop.abort()
    await new Promise(setImmediate)
    running -= 1
  }
  await scan(candidates([net('10.0.0.1', 24)]), one, stop.signal)
  assert.equal(most, 50)
  assert.ok(asked < 200, String(asked))
})

test('a device is listed once however often and however it is found', () => {
  const { registry, pass } = registryAt()
  registry.seen(sighting(a))
  registry.seen(sighting(a, { foundBy: 'address' }))
  pass(1)
  registry.seen(sighting(a, { foundBy: 'multicast', host: '192.168.1.9', port: 4000 }, 'New name'))
  registry.seen(sighting(recent))
  const [first, second, ...rest] = registry.list()
  assert.equal(rest.length, 0)
  assert.deepEqual([first?.id, first?.recent], [recent.fingerprint, true])
  assert.deepEqual([second?.id, second?.recent], [a.fingerprint, false])
  assert.deepEqual(second?.foundBy, ['multicast', 'address'])
  assert.deepEqual(
    [second.alias, second.host, second.port, second.lastSeen],
    ['New name', '192.168.1.9', 4000, 1001],
  )
})

test('what claims a fingerprint over HTTP has no fingerprint, is not recent, and changes nothing of the one that proved it', () => {
  const { registry, pass } = registryAt()
  const hint = registry.seen(claim(recent.fingerprint, '10.0.0.66'))
  assert.deepEqual([hint?.id, hint?.fingerprint, hint?.recent], ['http://10.0.0.66:53317', '', false])
  const proved = registry.seen(sighting(recent))
  assert.deepEqual([proved?.id, proved?.recent], [recent.fingerprint, true])
  pass(1)
  assert.equal(registry.seen(claim(recent.fingerprint, '10.0.0.67')), null)
  assert.equal(registry.seen(claim(recent.fingerprint, '192.168.1.5')), null)
  assert.deepEqual(registry.get(recent.fingerprint), proved)
  assert.deepEqual(
    registry.list().map(({ id, recent: seenBefore }) => [id, seenBefore]),
    [
      [recent.fingerprint, true],
      ['http://10.0.0.66:53317', false],
    ].sort(),
  )
})

test('a claim proves nothing, and counts for nothing at an address that has proved a certificate', () => {
  const { registry } = registryAt()
  registry.seen(sighting(a))
  registry.seen(claim('random string', '192.168.1.5'))
  registry.seen(claim('__proto__', '192.168.1.6'))
  assert.deepEqual(
    registry
      .list()
      .map(({ id }) => id)
      .sort(),
    [a.fingerprint, 'http://192.168.1.6:53317'].sort(),
  )
})

test('the easiest address stays while it answers', () => {
  const { registry, pass } = registryAt()
  registry.seen(sighting(a, { host: 'fe80::1%eth0' }))
  registry.seen(sighting(a, { host: '10.0.0.1' }))
  assert.equal(registry.seen(sighting(a, { host: 'fe80::1%eth0' }))?.host, '10.0.0.1')
  assert.equal(registry.seen(sighting(a, { host: 'fd00::1' }))?.host, '10.0.0.1')
  pass(REFRESH_MS)
  assert.equal(registry.seen(sighting(a, { host: 'fd00::1' }))?.host, 'fd00::1')
})

test('it goes after three refreshes without an answer, and not before', () => {
  const { registry, pass } = registryAt()
  registry.seen(sighting(a))
  pass(REFRESH_MS - 1)
  assert.deepEqual(registry.takeDue(), [])
  let misses = 0
  for (pass(1); registry.list().length > 0; pass(REFRESH_MS)) {
    const due = registry.takeDue()
    assert.equal(due.length, 1)
    assert.deepEqual(registry.takeDue(), [])
    const [device] = due
    assert.ok(device !== undefined)
    misses += 1
    assert.equal(registry.missed(device), misses === 3)
  }
  assert.equal(misses, 3)
})

test('an answer forgets the misses, and a miss at an old address counts for nothing', () => {
  const { registry } = registryAt()
  const old = registry.seen(sighting(a))
  assert.ok(old !== null)
  registry.missed(old)
  registry.missed(old)
  registry.seen(sighting(a, { host: '192.168.1.77' }))
  for (let n = 0; n < 5; n++) assert.equal(registry.missed(old), false)
  assert.equal(registry.list().length, 1)
})

test('a flood of devices fills the list and no more, and one address only a small part of it', () => {
  const { registry } = registryAt()
  for (let port = 1; port <= 100; port++) registry.seen(claim('x', '10.1.0.1', { port }))
  assert.equal(registry.list().length, MAX_PER_HOST)
  for (let n = 0; n < MAX_DEVICES + 100; n++) registry.seen(claim('x', `10.0.${n >> 8}.${n & 255}`))
  assert.equal(registry.list().length, MAX_DEVICES)
  assert.ok(registry.seen(claim('x', '10.0.0.3')) !== null)
})

test('in a full list a device that has proved a certificate takes the place of one that has not, never the reverse', () => {
  const { registry } = registryAt()
  for (let port = 1; port <= MAX_PER_HOST; port++) registry.seen(claim('x', '192.168.1.5', { port }))
  // At the same address, and in a list that is full.
  assert.ok(registry.seen(sighting(a)))
  assert.equal(registry.list().length, MAX_PER_HOST)
  for (let n = 0; n < MAX_DEVICES; n++) registry.seen(claim('x', `10.0.${n >> 8}.${n & 255}`))
  assert.ok(registry.seen(sighting(recent, { host: '192.168.1.6' })))
  assert.equal(registry.list().length, MAX_DEVICES)
  for (let n = 0; n < 3 * MAX_DEVICES; n++) registry.seen(claim('y', `10.1.${n >> 8}.${n & 255}`))
  assert.ok(registry.get(a.fingerprint) && registry.get(recent.fingerprint))
})

test('where a network has most of a full list, a device of another one takes one of its places', () => {
  const { registry } = registryAt()
  for (let n = 0; n < MAX_DEVICES; n++) registry.seen(claim('x', `2001:db8::${n.toString(16)}`))
  assert.equal(registry.seen(claim('x', '2001:db8::ffff')), null)
  assert.ok(registry.seen(claim('x', '10.0.0.1')))
  assert.equal(registry.list().length, MAX_DEVICES)
})

test('an alias, or the beginning of a fingerprint, means one device or is refused', () => {
  const { registry } = registryAt()
  const first = 'aaaaaaaa'.padEnd(64, '1')
  const second = 'aaaaaaaa'.padEnd(64, '2')
  const template = registry.seen(sighting(a))
  assert.ok(template !== null)
  const devices = (entries: readonly (readonly [string, string])[]): Device[] =>
    entries.map(([fingerprint, alias]) => ({ ...template, id: fingerprint, fingerprint, alias }))
  const list = devices([
    [first, 'Desk'],
    [second, 'desk'],
    ['random-string', 'Phone'],
    ['c'.repeat(64), 'Twin'],
    ['d'.repeat(64), 'Twin'],
  ])
  assert.equal(matchDevice(list, 'desk')?.fingerprint, second)
  assert.equal(matchDevice(list, 'PHONE')?.alias, 'Phone')
  assert.equal(matchDevice(list, first.slice(0, 9).toUpperCase())?.fingerprint, first)
  assert.equal(matchDevice(list, 'aaaaaaa'), null)
  const named = devices([['e'.repeat(64), 'AAAAAAAA1']])
  assert.equal(matchDevice([...list, ...named], 'aaaaaaaa1')?.fingerprint, first)
  assert.equal(matchDevice(devices([['e'.repeat(64), second]]), second), null)
  const pretender = list.map((device) => ({ ...device, protocol: 'http' as const }))
  assert.equal(matchDevice(pretender, first), null)
  const ambiguous = (error: unknown) =>
    error instanceof PenstockError &&
    error.code === 'peer-ambiguous' &&
    error.params['fingerprints'] === `${'c'.repeat(64)}, ${'d'.repeat(64)}`
  assert.throws(() => matchDevice(list, 'Twin'), ambiguous)
  assert.throws(() => matchDevice(list, 'aaaaaaaa'))
})

test('any datagram is an announcement or nothing, and its text is safe to show', () => {
  const fields = fc.record(
    {
      alias: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
      fingerprint: fc.oneof(fc.string(), fc.constant('A'.repeat(64)), fc.anything()),
      port: fc.anything(),
      version: fc.anything(),
      penstock: fc.anything(),
      announce: fc.oneof(fc.boolean(), fc.anything()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(fields, fc.anything()), fc.uint8Array(), (value, noise) => {
      assert.equal(readAnnouncement(noise), null)
      const read = readAnnouncement(Buffer.from(JSON.stringify(value) ?? ''))
      if (read === null) return
      assert.doesNotMatch(read.alias, /[\u0000-\u001f\u007f-\u009f\u202e]/)
      assert.match(read.fingerprint, /^[!-~]{0,128}$/)
      assert.ok(read.port >= 1 && read.port <= 65535)
    }),
  )
  const text = {
    alias: 'a\u001b[31m\u202eb',
    fingerprint: 'AB'.repeat(32),
    penstock: { versions: 'x' },
    more: 1,
  }
  const read = readAnnouncement(Buffer.from(JSON.stringify(text)))
  assert.deepEqual([read?.alias, read?.fingerprint, read?.penstock], ['a[31mb', 'ab'.repeat(32), null])
})

test('questions that a flood asks for are few at once, few a second, and few from one address', async () => {
  const queue = new QueryQueue({ atOnce: 2, perSecond: 5, waiting: 6, perSource: 4 })
  let running = 0
  let most = 0
  let begun = 0
  const run = async () => {
    begun += 1
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running -= 1
  }
  const taken = Array.from({ length: 20 }, (_, n) => queue.add(`k${n}`, n < 10 ? 'one' : `other ${n}`, run))
  assert.equal(queue.add('k0', 'one', run), false)
  assert.equal(taken.filter(Boolean).length, 8)
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.deepEqual([begun, most], [5, 2])
  await new Promise((resolve) => setTimeout(resolve, 1100))
  assert.equal(begun, 8)
})
