// Invariant: an answer reaches the one offer that it names, for any ids that the senders use.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Offers } from '../../main/desktop/services/offers.ts'
import { OFFER } from '../cli/fake.ts'

const signal = new AbortController().signal

test('two offers with one transfer id both wait, and each gets its own answer', async () => {
  const offers = new Offers(() => undefined)
  const decisions = ['first', 'second'].map((offerId) =>
    offers.decide({ ...OFFER, offerId, title: offerId }, signal, null),
  )
  assert.deepEqual(
    offers.list().map(({ offerId, title }) => [offerId, title]),
    [
      ['first', 'first'],
      ['second', 'second'],
    ],
  )
  await offers.answer('second', true, false)
  await offers.answer('first', false, false)
  assert.deepEqual(
    (await Promise.all(decisions)).map(({ accept }) => accept),
    [false, true],
  )
})
