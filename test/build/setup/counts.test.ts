// Invariant: the last line of the tests is the sum of the runners' counts, and no group holds without a test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countsIn, verdict } from '../../../build/checks/counts.mjs'

const REASON = ['NOT', 'RUN: needs root'].join(' ')

test("Node's runner", () => {
  const text = `✔ one (1 ms)\n﹣ two (0 ms) # ${REASON}\nℹ tests 9\nℹ pass 4\nℹ fail 2\nℹ cancelled 1\nℹ skipped 1\nℹ todo 1\n`
  assert.deepEqual(countsIn(text), { passed: 4, failed: 3, skipped: 2, notRun: [REASON] })
})

test('vitest, in colours', () => {
  const text =
    '\u001b[2m      Tests \u001b[22m \u001b[31m1 failed\u001b[39m | \u001b[32m7 passed\u001b[39m | 2 skipped (10)\n'
  assert.deepEqual(countsIn(text), { passed: 7, failed: 1, skipped: 2, notRun: [] })
})

test('a test that speaks of passing counts for nothing', () => {
  assert.deepEqual(countsIn('✔ pass 12 things (1 ms)\n  ℹ pass 3\n'), {
    passed: 0,
    failed: 0,
    skipped: 0,
    notRun: [],
  })
})

test('verdicts', () => {
  const counts = countsIn('ℹ pass 1\n')
  assert.equal(verdict({ code: 0, counts, countsTests: true }), 'held')
  assert.equal(verdict({ code: 1, counts, countsTests: true }), 'FAILED')
  assert.equal(verdict({ code: null, counts, countsTests: true }), 'FAILED')
  assert.equal(verdict({ code: 0, counts: countsIn('ℹ pass 1\nℹ fail 1\n'), countsTests: true }), 'FAILED')
  assert.equal(verdict({ code: 0, counts: countsIn('ℹ pass 0\n'), countsTests: true }), 'NO TEST RAN')
  assert.equal(verdict({ code: 0, counts: countsIn(''), countsTests: false }), 'held')
})
