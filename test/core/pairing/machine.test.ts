// Invariant: the machine of a pairing reaches "paired" on a side only after both users confirmed digits that were computed
// from the keys and nonces of this connection, with a nonce that was fixed before the other's was known. Every other message,
// in every order, ends it; after the end nothing changes. A man in the middle gets equal digits by chance only.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type MachineState, type PairingEvent, step } from '../../../main/core/pairing/machine.ts'
import {
  commitmentOf,
  decodePairing,
  digitsOf,
  encodePairing,
  type PairingMessage,
} from '../../../main/core/protocol/penstock/pairing.ts'
import { fc } from '../../support/random.ts'

const A = 'a1'.repeat(32)
const B = 'b2'.repeat(32)
const KEYS = { asking: A, asked: B }
const R_A = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const R_B = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', 'hex')

const committed: MachineState = { kind: 'committed', keys: KEYS, nonce: R_A }
const requested: MachineState = {
  ...{ kind: 'requested', keys: KEYS, nonce: R_B },
  commitment: commitmentOf(KEYS, R_A),
}
const message = (one: PairingMessage): PairingEvent => ({ kind: 'message', message: one })
const nonce = (bytes: Buffer): PairingEvent => message({ kind: 'nonce', nonce: bytes })
const after = (state: MachineState, ...events: readonly PairingEvent[]): MachineState =>
  events.reduce((now, event) => step(now, event).state, state)

test('golden: commitment, digits and lines', () => {
  const hash = (label: string, ...parts: readonly Buffer[]) =>
    createHash('sha256')
      .update(Buffer.concat([Buffer.from(label), Buffer.from(A + B, 'hex'), ...parts]))
      .digest()
  assert.deepEqual(commitmentOf(KEYS, R_A), hash('penstock pair', R_A))
  assert.equal(
    commitmentOf(KEYS, R_A).toString('hex'),
    'a9c1f9520572660b5ef92af37d55667498a0f3cb3c498688938fb9383fb6533e',
  )
  const number = hash('penstock sas', R_A, R_B).readBigUInt64BE(0) % 1_000_000n
  assert.equal(digitsOf(KEYS, R_A, R_B), number.toString().padStart(6, '0'))
  assert.equal(digitsOf(KEYS, R_A, R_B), '396599')
  const lines: readonly (readonly [PairingMessage, string])[] = [
    [
      { kind: 'request', alias: '办公室', commitment: Buffer.alloc(32, 7) },
      `{"alias":"办公室","commitment":"${'07'.repeat(32)}"}\n`,
    ],
    [{ kind: 'nonce', nonce: R_A }, '{"nonce":"000102030405060708090a0b0c0d0e0f"}\n'],
    [{ kind: 'confirm' }, '{"confirm":true}\n'],
    [{ kind: 'decline' }, '{"decline":true}\n'],
  ]
  for (const [value, line] of lines) {
    assert.equal(encodePairing(value), line)
    assert.deepEqual(decodePairing(line), value)
  }
})

for (const line of [
  '',
  'null',
  '[]',
  '{}',
  '{"confirm":false}',
  '{"confirm":true,"nonce":"00"}',
  '{"nonce":"00"}',
  `{"nonce":"${'0'.repeat(34)}"}`,
  `{"nonce":"${'G'.repeat(32)}"}`,
  `{"commitment":"${'0'.repeat(64)}"}`,
  `{"commitment":"${'0'.repeat(64)}","alias":" "}`,
  `{"commitment":"${'0'.repeat(62)}","alias":"x"}`,
]) {
  test(`${line || 'an empty line'} is not a message`, () => {
    assert.throws(() => decodePairing(line), { code: 'protocol' })
  })
}

test('two honest sides show the same digits, and are paired in whichever order their users confirm', () => {
  const opened = step(requested, { kind: 'open' })
  assert.deepEqual(opened.send, [{ kind: 'nonce', nonce: R_B }])
  const asking = step(committed, nonce(R_B))
  assert.deepEqual(asking.send, [{ kind: 'nonce', nonce: R_A }])
  const asked = step(opened.state, nonce(R_A))
  const digits = digitsOf(KEYS, R_A, R_B)
  for (const { state } of [asking, asked])
    assert.deepEqual(state, { kind: 'comparing', digits, here: false, there: false })
  const here: PairingEvent = { kind: 'confirm' }
  const there = message({ kind: 'confirm' })
  for (const { state } of [asking, asked]) {
    assert.notEqual(after(state, here).kind, 'paired')
    assert.notEqual(after(state, there).kind, 'paired')
    assert.equal(after(state, here, there).kind, 'paired')
    assert.equal(after(state, there, here).kind, 'paired')
    assert.notEqual(after(state, here, here).kind, 'paired')
    assert.deepEqual(after(state, there, there, here), {
      ...{ kind: 'ended', problem: { code: 'pairing-broken', params: {} } },
    })
  }
})

test('a nonce other than the committed one is refused, whichever bit differs', () => {
  const opened = after(requested, { kind: 'open' })
  for (let bit = 0; bit < 128; bit++) {
    const changed = Buffer.from(R_A)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.deepEqual(after(opened, nonce(changed)), {
      ...{ kind: 'ended', problem: { code: 'pairing-broken', params: {} } },
    })
  }
})

test('a commitment made for other keys is refused: it cannot be passed on by a man in the middle', () => {
  const middle = 'cc'.repeat(32)
  for (const keys of [
    { asking: middle, asked: B },
    { asking: A, asked: middle },
    { asking: B, asked: A },
  ]) {
    const state: MachineState = { ...requested, keys }
    assert.equal(after(state, { kind: 'open' }, nonce(R_A)).kind, 'ended')
  }
})

/** What the other side, or the user, can do at any time. */
const anyEvent = fc.oneof(
  fc.constantFrom<PairingEvent>(
    ...[{ kind: 'open' } as const, { kind: 'confirm' } as const, { kind: 'decline' } as const],
    ...[{ kind: 'broke' } as const, { kind: 'late' } as const],
  ),
  fc.constantFrom<PairingEvent>(
    ...[nonce(R_A), nonce(R_B), message({ kind: 'confirm' }), message({ kind: 'decline' })],
    message({ kind: 'request', alias: 'x', commitment: commitmentOf(KEYS, R_A) }),
  ),
)

test('in every order of events a side is paired only after the digits, its own user and the other’s', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(committed, requested),
      fc.array(anyEvent, { maxLength: 9 }),
      (first, events) => {
        let state: MachineState = first
        const seen = { opened: first.kind === 'committed', digits: false, here: false, there: false }
        for (const event of events) {
          const before: MachineState = state
          const result = step(state, event)
          state = result.state
          if (before.kind === 'paired' || before.kind === 'ended') {
            assert.deepEqual(result, { state: before, send: [] })
            continue
          }
          if (event.kind === 'open') seen.opened = true
          if (before.kind === 'comparing') {
            seen.digits = true
            if (event.kind === 'confirm') seen.here = true
            if (event.kind === 'message' && event.message.kind === 'confirm') seen.there = true
          }
          // The own nonce leaves only once the user has opened the request, or after the other's has arrived.
          const revealed = result.send.some(({ kind }) => kind === 'nonce')
          assert.ok(!revealed || event.kind === 'open' || event.kind === 'message')
          assert.ok(!revealed || before.kind === 'requested' || before.kind === 'committed')
          if (state.kind === 'paired')
            assert.deepEqual(seen, { opened: true, digits: true, here: true, there: true })
        }
      },
    ),
    { numRuns: 20_000 },
  )
})

test('a man in the middle with a key of his own gets equal digits by chance only', () => {
  const middle = 'cc'.repeat(32)
  const runs = 60_000
  let equal = 0
  const first = new Map<string, number>()
  for (let run = 0; run < runs; run++) {
    const [rA, rB] = [randomBytes(16), randomBytes(16)]
    // Towards A he is the asked side and must choose his nonce before he sees A's; towards B he must commit to one before
    // he sees B's. The best that he can do is to choose either freely.
    const withA = digitsOf({ asking: A, asked: middle }, rA, randomBytes(16))
    const withB = digitsOf({ asking: middle, asked: B }, randomBytes(16), rB)
    if (withA === withB) equal += 1
    first.set(withA.slice(0, 2), (first.get(withA.slice(0, 2)) ?? 0) + 1)
  }
  // Expected 0.06; four or more happen once in two million runs of this test.
  assert.ok(equal < 4, `${equal} of ${runs}`)
  // The digits are spread evenly: each of the hundred beginnings has 600 on average, with a deviation of 24.
  for (const count of first.values()) assert.ok(Math.abs(count - runs / 100) < 6.5 * 24.4, String(count))
  assert.equal(first.size, 100)
})
