// Invariant: the tests' TypeScript codec and golden.json agree byte for byte in both directions (the C++ driver checks the
// addon's codec against the same file).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FRAME_TYPES, FrameReader, crc32c, encodeFrame } from '../../support/scripted/frames.ts'
import { golden } from '../../support/golden.ts'

/** Messages that are not frames. */
const OTHERS = ['PREAMBLE', 'HELLO', 'SEALED']

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Buffer.isBuffer(value)) return value.toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
  }
  return value
}

describe('golden bytes', () => {
  for (const { name, hex, fields } of golden) {
    if (OTHERS.includes(name)) continue
    test(`${name} ${JSON.stringify(fields).slice(0, 40)}`, () => {
      const [frame, ...rest] = new FrameReader().push(Buffer.from(hex, 'hex'))
      assert.ok(frame)
      assert.deepEqual(rest, [])
      assert.deepEqual(plain(frame), { name, ...fields })
      assert.equal(encodeFrame(frame).toString('hex'), hex)
    })
  }

  test('every message has golden bytes', () => {
    const names = new Set(golden.map(({ name }) => name))
    for (const name of [...OTHERS, ...Object.keys(FRAME_TYPES)]) assert.ok(names.has(name), name)
  })

  test('the preamble is 64 bytes that begin with magic and version, HELLO 32', () => {
    const preamble = Buffer.from(golden.find(({ name }) => name === 'PREAMBLE')?.hex ?? '', 'hex')
    assert.equal(preamble.length, 64)
    assert.equal(preamble.subarray(0, 7).toString('latin1'), 'PNSTCK\u0002')
    assert.equal(golden.find(({ name }) => name === 'HELLO')?.hex.length, 64)
  })

  test('CRC-32C of the usual test word', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
  })
})
