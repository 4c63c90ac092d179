// Invariant: a network that guesses PINs is slowed down and does not lock out another.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from '../../../../main/core/protocol/http/network.ts'
import { PIN_LIMITS, PinGuard, type PinParty } from '../../../../main/core/receive/offers/pin.ts'
import { fc } from '../../../support/random.ts'

const HOUR_MS = 60 * 60_000
const stranger = (address: string): PinParty => ({ address, known: null })

test('a network is locked after three wrong PINs, and a right PIN forgets them', () => {
  let now = 0
  const guard = new PinGuard('1', () => now)
  const check = (pin: string | null) => guard.check(stranger('10.0.0.1'), pin)
  assert.deepEqual(['2', '2', '1', '2', '2', '2', '1', null].map(check), [
    'wrong',
    'wrong',
    'right',
    'wrong',
    'wrong',
    'wrong',
    'locked',
    'locked',
  ])
  assert.equal(guard.check(stranger('10.0.0.2'), '1'), 'right')
  now = PIN_LIMITS.firstLockMs
  assert.equal(check('1'), 'right')
})

test('each lock takes twice as long as the one before, up to an hour', () => {
  let now = 0
  const guard = new PinGuard('1', () => now)
  const locks: number[] = []
  for (let lock = 0; lock < 7; lock += 1) {
    for (let n = 0; n < PIN_LIMITS.wrong; n += 1)
      assert.equal(guard.check(stranger('10.0.0.1'), '2'), 'wrong')
    const from = now
    while (guard.check(stranger('10.0.0.1'), null) === 'locked') now += 60_000
    locks.push((now - from) / 60_000)
  }
  assert.deepEqual(locks, [5, 10, 20, 40, 60, 60, 60])
})

test('whatever other networks do, the right PIN is taken, and no network has more than 78 guesses in a day', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((one) => networkOf(one) !== '192.0.2.1')
  const step = fc.record({ address, wait: fc.nat({ max: HOUR_MS }), pin: fc.constantFrom('2', '3', null) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.ipV4(), (steps, guesser) => {
      let now = 0
      const guard = new PinGuard('1', () => now)
      const guesses = new Map<string, number>()
      for (const { address: from, wait, pin } of steps) {
        now += wait
        for (const one of [from, guesser]) {
          const verdict = guard.check(stranger(one), pin)
          const network = networkOf(one)
          if (verdict === 'wrong') guesses.set(network, (guesses.get(network) ?? 0) + 1)
        }
        assert.equal(guard.check(stranger('192.0.2.1'), '1'), 'right')
      }
      const days = Math.max(1, now / (24 * HOUR_MS))
      for (const [network, count] of guesses) assert.ok(count <= 78 * Math.ceil(days), `${network}: ${count}`)
    }),
    { numRuns: 100 },
  )
})

test('what others of its network do locks out neither a known device nor an address that gave the right PIN', () => {
  const party = fc.record({
    address: fc.constantFrom('2001:db8::1', '2001:db8::2', '10.0.0.1', 'fe80::1', 'fe80::2'),
    known: fc.constantFrom(null, 'ab', 'cd'),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(party, fc.constantFrom('2', null)), { maxLength: 100 }), (steps) => {
      let now = 0
      const guard = new PinGuard('1', () => now)
      const before = { address: '2001:db8::9', known: null }
      const known = { address: '10.0.0.1', known: 'ef' }
      assert.equal(guard.check(before, '1'), 'right')
      for (const [from, pin] of steps) {
        now += 1000
        guard.check(from, pin)
        assert.equal(guard.check(before, '1'), 'right')
        assert.equal(guard.check(known, '1'), 'right')
      }
      for (const one of [before, known]) {
        const tries = ['2', '2', '2', '1'].map((pin) => guard.check(one, pin))
        assert.deepEqual(tries, ['wrong', 'wrong', 'wrong', 'locked'])
      }
    }),
  )
})

test('the link-local addresses of a host have three tries together', () => {
  const guard = new PinGuard('1', () => 0)
  const verdicts = [1, 2, 3, 4, 5].map((n) => guard.check(stranger(`fe80::${n}%eth0`), '2'))
  assert.deepEqual(verdicts, ['wrong', 'wrong', 'wrong', 'locked', 'locked'])
})

test('addresses of one IPv6 network count together, link-local ones by themselves', () => {
  assert.equal(networkOf('2001:db8:1:2::1'), networkOf('2001:DB8:1:2:ffff::9'))
  assert.equal(networkOf('2001:db8::1'), networkOf('2001:db8:0:0:1::'))
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::ffff:10.0.0.1'), '10.0.0.1')
  assert.notEqual(networkOf('fe80::1%eth0'), networkOf('fe80::2%eth0'))
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((group) => group.toString(16)).join(':')
      const other = [...groups.slice(0, 4), 1, 2, 3, 4].map((group) => group.toString(16)).join(':')
      if (!full.startsWith('fe80:')) assert.equal(networkOf(full), networkOf(other))
    }),
  )
})
