// Invariant: three failures within ten minutes lock pairing until ten minutes after the first of them; a request that was not
// opened counts only for the network that made it, and the counts of networks are bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ATTEMPT_LIMITS, Attempts } from '../../../main/core/pairing/attempts.ts'

const MINUTE = 60_000

function attemptsAt() {
  let now = 0
  const attempts = new Attempts(() => now)
  const isOpen = (network: string | null = null): boolean => {
    try {
      attempts.assertOpen(network)
      return true
    } catch {
      return false
    }
  }
  return { attempts, isOpen, pass: (ms: number) => void (now += ms) }
}

test('three failures lock it until ten minutes after the first', () => {
  const { attempts, isOpen, pass } = attemptsAt()
  for (const expected of [true, true, false]) {
    attempts.failed()
    assert.equal(isOpen(), expected)
    assert.equal(isOpen('10.0.0.1'), expected)
    pass(2 * MINUTE)
  }
  pass(4 * MINUTE - 1)
  assert.throws(() => attempts.assertOpen(null), { code: 'pairing-locked', params: { minutes: 1 } })
  pass(1)
  assert.equal(isOpen(), true)
  attempts.failed()
  assert.equal(isOpen(), false, 'two of the earlier ones still count')
})

test('requests that were not opened lock their network and no other', () => {
  const { attempts, isOpen } = attemptsAt()
  for (let request = 0; request < 50; request++) attempts.unopened('10.0.0.66')
  assert.deepEqual([isOpen('10.0.0.66'), isOpen('10.0.0.1'), isOpen()], [false, true, true])
})

test('a flood of networks drops the oldest count only', () => {
  const { attempts, isOpen } = attemptsAt()
  for (let request = 0; request < 3; request++) attempts.unopened('first')
  for (let network = 1; network < ATTEMPT_LIMITS.networks; network++) attempts.unopened(`10.0.${network}.1`)
  assert.equal(isOpen('first'), false)
  attempts.unopened('one more')
  assert.equal(isOpen('first'), true)
})
