// Invariant: at a terminal a pairing is confirmed only by an answer to its own question, typed after the digits are shown;
// anything else declines it, on either side. Without a terminal it is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../main/cli/args/parse.ts'
import { answerRequest, pair } from '../../main/cli/commands/pair.ts'
import { step, type MachineState, type PairingEvent } from '../../main/core/pairing/machine.ts'
import { PairingRun } from '../../main/core/pairing/run.ts'
import { commitmentOf, encodePairing } from '../../main/core/protocol/penstock/pairing.ts'
import { answerEach, DEVICE, fakeContext, FakePenstock, jsonLines } from './fake.ts'

const KEYS = { asking: 'cd'.repeat(32), asked: DEVICE.fingerprint }
const NONCE = { here: Buffer.alloc(16, 1), there: Buffer.alloc(16, 2) }

/** A pairing whose other side is a machine of its own, whose user does as told once it compares. */
function pairing(asked: boolean, other: 'confirm' | 'decline') {
  const first: MachineState = asked
    ? { kind: 'requested', keys: KEYS, nonce: NONCE.here, commitment: commitmentOf(KEYS, NONCE.there) }
    : { kind: 'committed', keys: KEYS, nonce: NONCE.here }
  let theirs: MachineState = asked
    ? { kind: 'committed', keys: KEYS, nonce: NONCE.there }
    : { kind: 'opened', keys: KEYS, nonce: NONCE.there, commitment: commitmentOf(KEYS, NONCE.here) }
  const lines: string[] = asked ? [] : [encodePairing({ kind: 'nonce', nonce: NONCE.there })]
  let arrived: () => void = () => undefined
  let stored = 0
  const run = new PairingRun({
    ...{
      asked,
      first,
      peer: { alias: 'Laptop', fingerprint: DEVICE.fingerprint, host: '192.0.2.7', namesake: null },
    },
    opening: () => undefined,
    store: () => Promise.resolve(void (stored += 1)),
  })
  const feed = (event: PairingEvent): void => {
    const { state, send } = step(theirs, event)
    theirs = state
    lines.push(...send.map(encodePairing))
    arrived()
  }
  run.attach({
    send: (line) => {
      const parsed: unknown = line === '\n' ? null : JSON.parse(line)
      if (typeof parsed !== 'object' || parsed === null) return
      if ('nonce' in parsed) {
        feed({ kind: 'message', message: { kind: 'nonce', nonce: NONCE.here } })
        feed({ kind: other })
      } else feed({ kind: 'message', message: { kind: 'confirm' in parsed ? 'confirm' : 'decline' } })
    },
    close: () => arrived(),
  })
  async function* incoming() {
    while (!run.isOver) {
      const line = lines.shift()
      if (line !== undefined) yield line
      else await new Promise<void>((resolve) => (arrived = resolve))
    }
  }
  void run.read(incoming())
  return { run, stored: () => stored }
}

async function asks(answer: string, other: 'confirm' | 'decline', json = false) {
  const { args } = parse(['pair', 'Laptop'])
  assert.ok(args.command === 'pair')
  const penstock = new FakePenstock()
  const { run, stored } = pairing(false, other)
  penstock.paired = run
  const made = fakeContext(penstock, { interactive: true, json })
  answerEach(made, /same on both screens\?/u, answer)
  const exit = await pair(args, made.context)
  return { exit, stored: stored(), ...made.written }
}

test('the digits are shown, and y on both sides pairs', async () => {
  const { exit, stored, err, out } = await asks('y\n', 'confirm')
  assert.deepEqual([exit, stored], [0, 1])
  assert.match(err, /Waiting for Laptop \(192\.0\.2\.7\) to open the request/u)
  assert.match(err, /Digits: \d{3} \d{3}\. Compare them with the screen of Laptop/u)
  assert.match(out, /Laptop is now trusted/u)
})

test('anything but y declines, and the other side’s refusal is exit code 3', async () => {
  for (const answer of ['\n', 'n\n', 'no\n', '123456\n']) {
    const { exit, stored, err } = await asks(answer, 'confirm')
    assert.deepEqual([exit, stored], [1, 0])
    assert.match(err, /The pairing was declined/u)
  }
  const declined = await asks('y\n', 'decline')
  assert.deepEqual([declined.exit, declined.stored], [3, 0])
})

test('--json gives the digits and the end', async () => {
  const lines = jsonLines((await asks('y\n', 'confirm', true)).out)
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['pairing', 'paired'],
  )
  assert.match(String(lines[0]?.['digits']), /^\d{6}$/u)
})

test('a receiver opens the request only on y, and then asks for the digits', async () => {
  for (const [open, digits, stored] of [
    ['y\n', 'y\n', 1],
    ['y\n', '\n', 0],
    ['\n', 'y\n', 0],
  ] as const) {
    const { run, stored: count } = pairing(true, 'confirm')
    const made = fakeContext(new FakePenstock(), { interactive: true })
    answerEach(made, /Open the request of Laptop\?|same on both screens\?/u, open, digits)
    await answerRequest(run, made.context)
    assert.equal(count(), stored, `${open} ${digits}`)
    assert.match(made.written.err, /Laptop \(192\.0\.2\.7\) wants to pair/u)
  }
})

test('without a terminal, without a device, or with two, it is a usage error', async () => {
  const made = fakeContext(new FakePenstock())
  await assert.rejects(pair({ device: 'Laptop' }, made.context), { code: 'usage' })
  for (const line of [['pair'], ['pair', 'a', 'b'], ['pair', 'a', '--clear']])
    assert.throws(() => parse(line), { code: 'usage' })
})
