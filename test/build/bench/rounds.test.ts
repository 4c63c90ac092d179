// Invariant: each contestant runs once in every round, and across rounds none is always first or always after the same one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderOf } from '../../bench/rounds.ts'
import { fc } from '../../support/random.ts'

test('each contestant runs once in a round, and each begins as often as any other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
      const contestants = Array.from({ length: count }, (_, index) => index)
      const rounds = Array.from({ length: 2 * count }, (_, round) => orderOf(contestants, round))
      for (const order of rounds) assert.deepEqual([...order].sort(), contestants)
      const begun = contestants.map((one) => rounds.filter(([first]) => first === one).length)
      assert.deepEqual(new Set(begun), new Set([2]))
    }),
  )
})

test('each has come behind more than one other in four rounds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 9 }), (count) => {
      const contestants = Array.from({ length: count }, (_, index) => index)
      const orders = [0, 1, 2, 3].map((round) => orderOf(contestants, round))
      for (const one of contestants) {
        const before = orders.flatMap((order) => order[order.indexOf(one) - 1] ?? [])
        assert.ok(new Set(before).size > 1, `${one} comes behind ${before.join()} only`)
      }
    }),
  )
})
