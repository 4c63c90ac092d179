// Invariant: a sentence is true for the side that reads it: none asks the receiver to ask the recipient, to send again, or to
// free space on the receiver's disk.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '../../main/contract/errors.ts'
import { explain, LANGUAGES, sentence } from '../../main/messages/index.ts'

/** How a transfer can end at its receiver. */
const AT_RECEIVER: readonly ErrorCode[] = [
  'refused',
  'refused-unattended',
  'busy',
  'disk-full',
  'cancelled-here',
  'cancelled-by-peer',
  'peer-gone',
  'name-too-long',
  'timed-out',
  'check-failed',
  'unsafe-name',
  'name-collision',
]

test('the receiver reads of its own side', () => {
  for (const code of AT_RECEIVER) {
    const text = sentence({ code }, 'en', 'receiver')
    assert.doesNotMatch(
      text,
      /recipient|the receiver|(?<!the sender to )[Ss]end (it )?again|space there|--/u,
      code,
    )
    for (const language of LANGUAGES) {
      const [own, other] = (['receiver', 'sender'] as const).map((side) => sentence({ code }, language, side))
      assert.notEqual(own, other, `${code} ${language}`)
    }
  }
  const full = { code: 'disk-full', params: { path: '/in', needed: 2e9, free: 1e6 } } as const
  assert.match(
    explain(full, 'en', 'receiver').summary,
    /^The disk for received files is full: \/in – 2\.00.GB/u,
  )
})

test('a fault at the receiver sends its sender to that device', () => {
  for (const code of ['target-unusable', 'no-permission', 'io'] as const) {
    for (const language of LANGUAGES) {
      const { summary, next } = explain({ code, params: { peer: 'Edit bay' } }, language)
      assert.match(summary, /Edit bay/u, `${code} ${language}`)
      assert.match(next, /Edit bay/u, `${code} ${language}`)
      assert.doesNotMatch(sentence({ code }, language, 'receiver'), /[{}]|  /u)
    }
  }
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
    for (const side of ['receiver', 'sender'] as const) {
      assert.doesNotMatch(
        sentence({ code: 'check-failed' }, language, side),
        /several|many|times|again and|多次/u,
      )
    }
  }
})
