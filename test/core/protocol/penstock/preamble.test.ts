// Invariant: only a preamble made with the session's secret verifies; any other 64 bytes fail.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  encodePreamble,
  PREAMBLE_BYTES,
  readPreamble,
  verifyPreamble,
} from '../../../../main/core/protocol/penstock/preamble.ts'
import { fc } from '../../../support/random.ts'

const sessionId = '000102030405060708090a0b0c0d0e0f'

test('what was encoded is read back and verifies', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 0, max: 255 }),
      (secret, streamIndex) => {
        const bytes = encodePreamble({ streamIndex, sessionId, secret })
        assert.equal(bytes.length, PREAMBLE_BYTES)
        assert.equal(readPreamble(bytes)?.streamIndex, streamIndex)
        assert.equal(readPreamble(bytes)?.sessionId, sessionId)
        assert.ok(verifyPreamble(bytes, secret))
      },
    ),
  )
})

test('one flipped bit anywhere is refused', () => {
  const secret = randomBytes(32)
  const good = encodePreamble({ streamIndex: 0, sessionId, secret })
  for (let bit = 0; bit < PREAMBLE_BYTES * 8; bit++) {
    const bad = Buffer.from(good)
    bad.writeUInt8(bad.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    assert.equal(readPreamble(bad) !== null && verifyPreamble(bad, secret), false, `bit ${String(bit)}`)
  }
})

test('another secret, and any other length, is refused', () => {
  const good = encodePreamble({ streamIndex: 0, sessionId, secret: randomBytes(32) })
  assert.equal(verifyPreamble(good, randomBytes(32)), false)
  for (const length of [0, 1, 63, 65, 128]) assert.equal(readPreamble(Buffer.alloc(length, good)), null)
})

test('two preambles of one stream differ in their nonce', () => {
  const options = { streamIndex: 0, sessionId, secret: randomBytes(32) }
  assert.notEqual(readPreamble(encodePreamble(options))?.nonce, readPreamble(encodePreamble(options))?.nonce)
})
