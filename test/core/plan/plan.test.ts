// Invariant: the plan never chooses what cannot run, gives a reason for every technique, and obeys the user where it can.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../../main/contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from '../../../main/core/plan/plan.ts'

const linux: PlanFacts = {
  platform: 'linux',
  security: 'clear',
  supported: {
    send: ['readwrite', 'mmap', 'sendfile', 'splice', 'direct', 'zerocopy'],
    receive: ['readwrite', 'mmap', 'splice', 'direct'],
  },
}

const sending = [
  [linux, 'auto', 'sendfile', 'whole-files-in-order'],
  [linux, 'mmap', 'mmap', 'chosen-by-user'],
  [linux, 'splice', 'splice', 'chosen-by-user'],
  [linux, 'direct', 'direct', 'chosen-by-user'],
  [linux, 'zerocopy', 'zerocopy', 'chosen-by-user'],
  [linux, 'transmitfile', 'sendfile', 'whole-files-in-order'],
  [{ ...linux, security: 'https' }, 'auto', 'readwrite', 'encrypted-in-node'],
  [{ ...linux, security: 'https' }, 'sendfile', 'readwrite', 'encrypted-in-node'],
  [{ ...linux, security: 'http' }, 'auto', 'readwrite', 'body-in-node'],
  [
    { ...linux, supported: { send: ['readwrite'], receive: [] } },
    'auto',
    'readwrite',
    'whole-files-in-order',
  ],
] as const

for (const [facts, wanted, technique, reason] of sending) {
  test(`send ${facts.security} ${wanted} of ${facts.supported.send.join()} is ${technique}`, () => {
    const choice = planSend(facts, wanted)
    assert.equal(choice.technique, technique)
    assert.equal(choice.reason.code, reason)
    assert.deepEqual(
      new Set([choice.technique, ...choice.rejected.map((one) => one.technique)]),
      new Set(SEND_TECHNIQUES),
    )
  })
}

test('receiving splices where it can, and every other technique has its reason', () => {
  assert.equal(planReceive(linux, 'auto').technique, 'splice')
  assert.equal(planReceive(linux, 'mmap').technique, 'mmap')
  assert.equal(planReceive(linux, 'direct').technique, 'direct')
  assert.equal(planReceive(linux, 'readwrite').technique, 'readwrite')
  assert.equal(planReceive({ ...linux, security: 'https' }, 'splice').technique, 'readwrite')
  assert.equal(planReceive(linux, 'auto').rejected.length, RECEIVE_TECHNIQUES.length - 1)
})

test('what copies as little is not said to copy more', () => {
  const why = (
    rejected: ReturnType<typeof planSend>['rejected'] | ReturnType<typeof planReceive>['rejected'],
  ) => Object.fromEntries(rejected.map(({ technique, why }) => [technique, why.code]))
  assert.equal(why(planSend(linux, 'auto').rejected)['splice'], 'only-by-choice')
  assert.equal(why(planSend(linux, 'auto').rejected)['mmap'], 'copies-more')
  assert.equal(why(planReceive(linux, 'auto').rejected)['mmap'], 'only-by-choice')
  assert.equal(why(planReceive(linux, 'auto').rejected)['readwrite'], 'copies-more')
})

test('what another system has is rejected for that, not for lack of code', () => {
  const why = planSend(linux, 'auto').rejected.find(({ technique }) => technique === 'transmitfile')?.why
  assert.deepEqual(why, { code: 'not-supported-here', params: { platform: 'linux' } })
})
