// Invariant: a hidden line contains what the user typed, edited as on any terminal, however the keys are split into chunks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typeSecret, type SecretLine } from '../../../main/cli/terminal/secret-line.ts'
import { fc } from '../../support/random.ts'

function typeAll(...pieces: string[]): SecretLine {
  let line: SecretLine = { kind: 'typing', text: '' }
  for (const piece of pieces) {
    if (line.kind !== 'typing') return line
    line = typeSecret(line.text, piece)
  }
  return line
}

test('keys and what they make', () => {
  const table: readonly (readonly [string, SecretLine])[] = [
    ['0042\r', { kind: 'done', text: '0042' }],
    ['0042\n', { kind: 'done', text: '0042' }],
    [' 4 2 \r', { kind: 'done', text: ' 4 2 ' }],
    ['12\x7f\x7f\x7f34\b5\r', { kind: 'done', text: '35' }],
    ['密😀\x7f码\r', { kind: 'done', text: '密码' }],
    ['wrong\x15right\r', { kind: 'done', text: 'right' }],
    ['wrong\x17right\r', { kind: 'done', text: 'right' }],
    ['\x1b[D\x1bOA1\x1b[200~23\x1b[201~\r', { kind: 'done', text: '123' }],
    ['1\x002\x1a3\t\r', { kind: 'done', text: '123' }],
    ['first\rsecond\r', { kind: 'done', text: 'first' }],
    ['12\x03', { kind: 'interrupted' }],
    ['\x04', { kind: 'ended' }],
    ['12\x7f\x7f\x04', { kind: 'ended' }],
    ['12\x04', { kind: 'done', text: '12' }],
    ['12', { kind: 'typing', text: '12' }],
    ['x'.repeat(5000) + '\r', { kind: 'done', text: 'x'.repeat(1024) }],
  ]
  for (const [keys, line] of table) {
    assert.deepEqual(typeAll(keys), line, JSON.stringify(keys))
  }
})

test('any text, however it is divided, is the line', () => {
  const character = fc.constantFrom('a', '7', ' ', '密', '😀', '\x7f')
  fc.assert(
    fc.property(fc.array(fc.array(character)), (pieces) => {
      const parts = pieces.map((piece) => piece.join(''))
      assert.deepEqual(typeAll(...parts, '\r'), typeAll(parts.join('') + '\r'))
    }),
    { verbose: true },
  )
})
