// Invariant: the user is not asked about an offer that was withdrawn or that exceeds the limit; with `once` exactly one offer
// is accepted, in any order of answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from '../../../main/cli/commands/admission.ts'
import type { Decision } from '../../../main/core/api.ts'

const YES: Decision = { accept: true }
const open = new AbortController().signal
const never = () => assert.fail('asked')

test('what was withdrawn is not asked, and leaves the place free', async () => {
  const admission = new Admission(true)
  const decision = await admission.decide({ offerId: 'a' }, AbortSignal.abort(), never)
  assert.deepEqual(decision, { accept: false, problem: { code: 'refused' } })
  assert.equal(admission.accepted, null)
  assert.deepEqual(await admission.decide({ offerId: 'b' }, open, () => Promise.resolve(YES)), YES)
  assert.equal(admission.accepted, 'b')
})

test('with once the others get busy, the waiting ones included', async () => {
  const admission = new Admission(true)
  const waiting = admission.decide(
    { offerId: 'a' },
    open,
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(YES))),
  )
  await admission.decide({ offerId: 'b' }, open, () => Promise.resolve(YES))
  const busy = { accept: false, problem: { code: 'busy' } }
  assert.deepEqual(await waiting, busy)
  assert.deepEqual(await admission.decide({ offerId: 'c' }, open, never), busy)
  assert.equal(admission.accepted, 'b')
})
