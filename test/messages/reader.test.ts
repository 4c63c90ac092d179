// Invariant: a sentence is true for the user who reads it, for every code and every reader: it names the devices as that user sees
// them, and asks for nothing that only the other user can do.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { explain, LANGUAGES, sentence } from '../../main/messages/index.ts'
import { codesOf, READERS, TRANSFERS, WRONG } from '../support/readers.ts'

for (const reader of READERS) {
  describe(`the ${reader} reads of the own side`, () => {
    for (const code of codesOf(reader)) {
      test(code, () => {
        for (const [at, language] of LANGUAGES.entries()) {
          const wrong = WRONG[reader][at] ?? /^/u
          const problem = { code, params: { path: 'a', needed: 2e9, free: 1e6 } }
          assert.doesNotMatch(sentence(problem, language, TRANSFERS[reader]), wrong)
        }
      })
    }
  })
}

test('a fault at the receiver sends its sender to that device', () => {
  for (const code of ['target-unusable', 'no-permission', 'io'] as const) {
    for (const language of LANGUAGES) {
      const { summary, next } = explain({ code, params: { peer: 'Edit bay' } }, language)
      assert.match(summary, /Edit bay/u, `${code} ${language}`)
      assert.match(next, /Edit bay/u, `${code} ${language}`)
      for (const reader of ['receiver', 'copier'] as const) {
        const text = sentence({ code }, language, TRANSFERS[reader])
        assert.doesNotMatch(text, /[{}]|  |Edit bay|\/copies/u)
      }
    }
  }
  // The source of a transfer is `not-readable`: these two can only be of the target.
  for (const code of ['target-unusable', 'no-permission'] as const)
    assert.match(sentence({ code }, 'en', TRANSFERS.sender), /Edit bay.*Edit bay/u)
})

test('a refused connection is not a device that does not answer', () => {
  const problem = { code: 'peer-unreachable', params: { host: '10.0.0.2', port: 53317 } } as const
  const refused = { ...problem, params: { ...problem.params, errno: 'ECONNREFUSED' } }
  assert.match(sentence(problem, 'en'), /does not answer/u)
  assert.doesNotMatch(sentence(refused, 'en'), /does not answer|firewall/u)
  assert.match(sentence(refused, 'en'), /No program listens at 10\.0\.0\.2, port 53317/u)
  assert.match(sentence(refused, 'zh'), /连接被拒绝/u)
})

test('one corrupted record ends a transfer, so no sentence about it claims several', () => {
  for (const language of LANGUAGES) {
    for (const reader of READERS) {
      assert.doesNotMatch(
        sentence({ code: 'check-failed' }, language, TRANSFERS[reader]),
        /several|many|times|again and|多次/u,
      )
    }
  }
})
