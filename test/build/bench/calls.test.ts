// Invariant: the calls per file are all calls of the threads by the number of files, and those that each file takes are named.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callsPerFile, namedCallsPerFile } from '../../bench/calls.ts'

test('all calls count, and the rare ones have no name', () => {
  const calls = { syscalls: { close: 101, openat: 100, ppoll: 3, sendto: 196 }, files: 100 }
  assert.equal(callsPerFile(calls), 4)
  assert.equal(namedCallsPerFile(calls), 'sendto 1.96, close 1.01, openat 1.00')
})
