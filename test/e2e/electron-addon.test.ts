// Invariant: the addon built for Node works inside Electron. Electron runs this file as Node, with the addon's own tests; it
// shows that Electron runs them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addon } from '../../native/index.ts'

test('what runs these tests is Electron', () => {
  assert.match(process.versions['electron'] ?? 'none', /^\d+\./u)
})

test('the addon loads, and reports what this system supports', () => {
  const { send, receive } = addon.supportedTechniques()
  assert.ok(send.includes('readwrite'))
  assert.ok(receive.includes('readwrite'))
})
