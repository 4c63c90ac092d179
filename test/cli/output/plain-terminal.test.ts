// Invariant: a terminal that cannot draw the bar, because it is narrow or cannot move its cursor, gets plain lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canDraw } from '../../../main/cli/output/progress.ts'

test('which terminals can draw', () => {
  for (const TERM of ['xterm-256color', 'screen', 'vt100']) {
    for (const columns of [80, 81, 400]) assert.equal(canDraw({ columns }, { TERM }), true)
    for (const columns of [0, 1, 20, 79]) assert.equal(canDraw({ columns }, { TERM }), false)
    assert.equal(canDraw({}, { TERM }), false)
  }
  for (const env of [{ TERM: 'dumb' }, { TERM: '' }, {}]) assert.equal(canDraw({ columns: 200 }, env), false)
})
