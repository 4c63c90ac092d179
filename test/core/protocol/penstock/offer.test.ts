// Invariant: a manifest arrives exactly as sent, however its bytes are split; any other input is a named error.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import type { ManifestEntry } from '../../../../main/contract/transfer.ts'
import { readLines } from '../../../../main/core/protocol/penstock/lines.ts'
import {
  decodeAnswer,
  decodeLine,
  decodeOffer,
  encodeAnswer,
  encodeEnd,
  encodeOffer,
  WIRE_VERSION,
  type ManifestEnd,
  type Offer,
  type OfferAnswer,
} from '../../../../main/core/protocol/penstock/offer.ts'
import { encodeEntry } from '../../../support/scripted/manifest.ts'
import { fc } from '../../../support/random.ts'

/** Seconds of 63 bits, in nanoseconds. */
const LAST_TIME = (2n ** 63n - 1n) * 1_000_000_000n

const isProtocol = (error: unknown): boolean => error instanceof PenstockError && error.code === 'protocol'

const entry: fc.Arbitrary<ManifestEntry> = fc
  .record({
    path: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    mtimeNs: fc.bigInt({ min: -LAST_TIME, max: LAST_TIME }),
    size: fc.maxSafeNat(),
    target: fc.string({ minLength: 1, maxLength: 60 }),
    type: fc.constantFrom('file' as const, 'directory' as const, 'symlink' as const),
  })
  .map(({ path, mode, mtimeNs, size, target, type }) => ({
    index: 0,
    path,
    mode,
    mtimeNs,
    type,
    size: type === 'file' ? size : 0,
    ...(type === 'symlink' ? { target } : {}),
  }))

function endOf(entries: readonly ManifestEntry[]): ManifestEnd {
  const totals = { files: 1, directories: 2, symlinks: 3, bytes: 2 ** 52 }
  return { end: entries.length, totals, streams: 4, technique: 'sendfile' }
}

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
    await Promise.resolve()
  }
}

test('entries survive any cutting of the stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 }),
      async (entries, sizes) => {
        const bytes = Buffer.from(entries.map(encodeEntry).join('') + encodeEnd(endOf(entries)))
        const seen: unknown[] = []
        for await (const lines of readLines(cut(bytes, sizes), 32 * 1024))
          seen.push(...lines.map((line) => decodeLine(line, 0)))
        assert.deepEqual(seen, [...entries, endOf(entries)])
      },
    ),
    { numRuns: 60 },
  )
})

test('a line past the limit, and a last line without an end, are refused', async () => {
  const drain = async (text: string): Promise<void> => {
    for await (const lines of readLines(cut(Buffer.from(text), [7]), 100))
      assert.ok(lines.every((line) => line.length <= 100))
  }
  await assert.rejects(drain('x'.repeat(101)), isProtocol)
  await assert.rejects(drain(`${'x'.repeat(101)}\n`), isProtocol)
  await assert.rejects(drain('{"end":0}'), isProtocol)
})

test('any other line is a protocol error and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      assert.throws(() => decodeOffer(line), isProtocol)
      assert.throws(() => decodeAnswer(line), isProtocol)
    }),
  )
  const bad = [
    '{"t":"f","n":"","s":1,"m":0,"mt":"0"}',
    '{"t":"f","n":"a","s":-1,"m":0,"mt":"0"}',
    '{"t":"f","n":"a","s":1.5,"m":0,"mt":"0"}',
    '{"t":"f","n":"a","s":1,"m":4096,"mt":"0"}',
    '{"t":"f","n":"a","s":1,"m":0,"mt":"soon"}',
    '{"t":"l","n":"a","m":0,"mt":"0"}',
    '{"t":"x","n":"a","m":0,"mt":"0"}',
    '{"end":-1}',
    '{"end":0}',
    '{"end":0,"totals":{"files":0,"directories":0,"symlinks":0}}',
    '{"end":0,"totals":{"files":0,"directories":0,"symlinks":0,"bytes":-1}}',
  ]
  for (const line of bad) assert.throws(() => decodeLine(line, 0), isProtocol, line)
})

test('an unknown technique is read as none', () => {
  const line = encodeEnd({ ...endOf([]), technique: null })
    .replace('null', '"teleport"')
    .trimEnd()
  assert.deepEqual(decodeLine(line, 0), { ...endOf([]), technique: null })
})

test('offer and answer are read back as they were', () => {
  const offer: Offer = {
    info: { alias: '会议室' },
    version: WIRE_VERSION,
    transferId: 'ab'.repeat(16),
    ciphers: ['sealed', 'tls', 'none'],
    check: false,
  }
  assert.deepEqual(decodeOffer(encodeOffer(offer).trimEnd()), offer)
  const answer: OfferAnswer = {
    sessionId: 'cd'.repeat(16),
    cipher: 'sealed',
    dataPort: 53318,
    secret: randomBytes(32),
    check: true,
    durability: 'commit',
    technique: 'splice',
    refused: [{ index: 3, code: 'unsafe-name' }],
  }
  assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
})

test('an answer has a data port exactly where its cipher is that of streams', () => {
  const answer: OfferAnswer = {
    ...{ sessionId: 'cd'.repeat(16), cipher: 'tls', dataPort: null, secret: randomBytes(32) },
    ...{ check: true, durability: 'commit', technique: null, refused: [] },
  }
  assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
  for (const change of [{ dataPort: 1 }, { cipher: 'sealed' }, { cipher: 'none' }] as const) {
    assert.throws(() => decodeAnswer(encodeAnswer({ ...answer, ...change })), isProtocol)
  }
})

test('a cipher of a later version is left out of an offer', () => {
  const offer = { info: {}, version: WIRE_VERSION, transferId: 'ab'.repeat(16), check: true } as const
  const line = encodeOffer({ ...offer, ciphers: ['tls', 'sealed'] }).replace('"tls"', '"quic","tls"')
  assert.deepEqual(decodeOffer(line.trimEnd()).ciphers, ['tls', 'sealed'])
})
