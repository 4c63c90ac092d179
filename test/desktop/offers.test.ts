// Invariant: only the user's answer, or an earlier choice for this proved device, accepts an offer; it is answered once, and
// only that choice is stored.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../main/contract/errors.ts'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import type { Decision } from '../../main/core/api.ts'
import { Offers } from '../../main/desktop/services/offers.ts'
import { OFFER } from '../cli/fake.ts'

const ACCEPTED: Decision = { accept: true }
const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }
const never = (): AbortSignal => new AbortController().signal

function offer(offerId: string, peer: Partial<IncomingOffer['peer']> = {}): IncomingOffer {
  return { ...OFFER, offerId, peer: { ...OFFER.peer, ...peer } }
}

const keyOf = ({ offerId }: IncomingOffer): string => offerId

function offers() {
  let changes = 0
  const made = new Offers(() => {
    changes += 1
  })
  return { offers: made, changes: () => changes, waiting: () => made.list().map(keyOf) }
}

/** The user's choice, and how often it was stored. */
function word(outcome: () => Promise<void> = () => Promise.resolve()) {
  let stored = 0
  return {
    always: () => {
      stored += 1
      return outcome()
    },
    stored: () => stored,
  }
}

test('only a proved device that the core calls always accepted passes without a question', async () => {
  for (const security of ['https', 'clear'] as const) {
    for (const proved of [true, false]) {
      for (const alwaysAccept of [true, false]) {
        for (const recent of [true, false]) {
          const { offers: asked, waiting } = offers()
          const given = { ...offer('a', { proved, alwaysAccept, recent }), security }
          const decision = asked.decide(given, never(), proved ? word().always : null)
          if (proved && alwaysAccept) {
            assert.deepEqual([await decision, waiting()], [ACCEPTED, []])
          } else {
            assert.deepEqual(waiting(), ['a'])
            await asked.answer('a', false, false)
            assert.deepEqual(await decision, REFUSED)
          }
        }
      }
    }
  }
})

test('two offers wait, and each is answered by itself', async () => {
  const { offers: asked, waiting, changes } = offers()
  const first = asked.decide(offer('a'), never(), null)
  const second = asked.decide(offer('b'), never(), null)
  assert.deepEqual([waiting(), changes()], [['a', 'b'], 2])
  await asked.answer('b', true, false)
  assert.deepEqual([await second, waiting()], [ACCEPTED, ['a']])
  await asked.answer('a', false, false)
  assert.deepEqual([await first, waiting(), changes()], [REFUSED, [], 4])
})

test('an offer that its sender takes back goes, and a late answer does nothing', async () => {
  const { offers: asked, waiting } = offers()
  const { always, stored } = word()
  const sender = new AbortController()
  const decision = asked.decide(offer('a'), sender.signal, always)
  sender.abort()
  assert.deepEqual([await decision, waiting()], [REFUSED, []])
  await asked.answer('a', true, true)
  assert.equal(stored(), 0)
  const late = asked.decide(offer('b'), sender.signal, always)
  assert.deepEqual([await late, waiting()], [REFUSED, []])
})

test('an offer is answered once; a second answer changes and stores nothing', async () => {
  const { offers: asked, changes } = offers()
  const { always, stored } = word()
  const decision = asked.decide(offer('a'), never(), always)
  await asked.answer('a', false, false)
  await asked.answer('a', true, true)
  assert.deepEqual([await decision, stored(), changes()], [REFUSED, 0, 2])
  await asked.answer('unknown', true, true)
})

test('the word is stored where the user accepts and ticks it, for a proved device', async () => {
  for (const accept of [true, false]) {
    for (const remember of [true, false]) {
      for (const proved of [true, false]) {
        const { offers: asked } = offers()
        const { always, stored } = word()
        const decision = asked.decide(offer('a', { proved }), never(), proved ? always : null)
        await asked.answer('a', accept, remember)
        assert.deepEqual(await decision, accept ? ACCEPTED : REFUSED)
        assert.equal(stored(), accept && remember && proved ? 1 : 0)
      }
    }
  }
})

test('a word that cannot be stored is reported, and the offer is accepted', async () => {
  const full = new PenstockError('disk-full')
  for (const [error, code] of [
    [full, 'disk-full'],
    [new Error('unexpected'), 'internal'],
  ] as const) {
    const { offers: asked } = offers()
    const { always } = word(() => Promise.reject(error))
    const decision = asked.decide(offer('a'), never(), always)
    await assert.rejects(asked.answer('a', true, true), { code })
    assert.deepEqual(await decision, ACCEPTED)
  }
})

test('a long list is handed over in pieces', async () => {
  const { offers: asked } = offers()
  const preview = Array.from({ length: 1201 }, (_, index) => ({
    ...{ path: String(index), type: 'file' as const, size: index },
  }))
  const decision = asked.decide({ ...offer('a'), preview }, never(), null)
  assert.equal(asked.list()[0]?.preview.length, 500)
  const pieces = [0, 500, 1000, 1500].map((from) => asked.entries('a', from))
  assert.deepEqual(pieces.flat(), preview)
  assert.deepEqual(asked.entries('unknown', 0), [])
  await asked.answer('a', true, false)
  assert.deepEqual([await decision, asked.entries('a', 0)], [ACCEPTED, []])
})
