// Invariant: the report states for how much of what `readwrite` moved the page cache was left alone, and why not for the rest.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineSample } from '../../../native/index.ts'
import { dontcacheOf } from '../../../main/core/report/dontcache.ts'

const none = { mmap: 0, gather: 0, sendfile: 0, transmitfile: 0, splice: 0, direct: 0, zerocopy: 0 }

function outcomeOf(readwrite: number, uncached: EngineSample['uncached']) {
  return dontcacheOf({ uncached, bytesBy: { ...none, seal: 0, unseal: 0, ktls: 0, readwrite } })
}

test('it was not in effect, or had nothing to do: there is nothing to report', () => {
  assert.equal(outcomeOf(100, null), null)
  assert.equal(outcomeOf(0, { bytes: 0 }), null)
})

test('done to all, to some, to none', () => {
  const refused = { code: 'EOPNOTSUPP', syscall: 'RWF_DONTCACHE' }
  const why = { code: 'dontcache-refused', params: refused }
  assert.deepEqual(outcomeOf(100, { bytes: 100 }), { bytes: 100, of: 100, why: null })
  assert.deepEqual(outcomeOf(100, { bytes: 40, ...refused }), { bytes: 40, of: 100, why })
  assert.deepEqual(outcomeOf(100, { bytes: 0, ...refused }), { bytes: 0, of: 100, why })
})

test('what was read and then sent by another technique does not count', () => {
  assert.deepEqual(outcomeOf(100, { bytes: 140 }), { bytes: 100, of: 100, why: null })
})
