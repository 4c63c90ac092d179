// Invariant: a quantity uses one family of units, is never "1000" of a smaller unit, and is never a guess.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  format,
  formatBytes,
  formatAmount,
  formatCount,
  formatDuration,
  formatFingerprint,
  formatPercent,
  formatRate,
} from '../../main/messages/index.ts'
import { fc } from '../support/random.ts'

/** Shows the invisible: thin and no-break spaces as they are typed. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', '_')

const BYTES: readonly (readonly [number, string])[] = [
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [999.6, '1.00 kB'],
  [1000, '1.00 kB'],
  [1024, '1.02 kB'],
  [12_345, '12.3 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [1_130_000_000, '1.13 GB'],
  [5e12, '5.00 TB'],
  [5e18, '5000 PB'],
  [-1, '–'],
  [NaN, '–'],
  [Infinity, '–'],
]

test('bytes', () => {
  for (const [bytes, text] of BYTES) assert.equal(plain(formatBytes(bytes)), text, String(bytes))
})

test('bytes never show a thousand of a smaller unit', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 9e17, noNaN: true }), (bytes) => {
      const number = Number(plain(formatBytes(bytes)).split(' ')[0])
      assert.ok(number < 1000, formatBytes(bytes))
    }),
  )
})

test('rates', () => {
  assert.equal(plain(formatRate(1.13e9)), '1.13 GB/s')
  assert.equal(plain(formatRate(NaN)), '–')
})

test('counts', () => {
  const table = [
    [0, '0'],
    [999, '999'],
    [1000, '1_000'],
    [12_345, '12_345'],
    [1_234_567, '1_234_567'],
    [-4200, '−4_200'],
    [NaN, '–'],
  ] as const
  for (const [count, text] of table) assert.equal(plain(formatCount(count)), text)
})

test('durations in both languages', () => {
  const table = [
    [0, '0 ms', '0 毫秒'],
    [0.42, '420 ms', '420 毫秒'],
    [0.9996, '1.0 s', '1.0 秒'],
    [4.23, '4.2 s', '4.2 秒'],
    [9.96, '10 s', '10 秒'],
    [59.4, '59 s', '59 秒'],
    [59.6, '1 min 00 s', '1 分 00 秒'],
    [185, '3 min 05 s', '3 分 05 秒'],
    [3600, '1 h 00 min', '1 小时 00 分'],
    [7380, '2 h 03 min', '2 小时 03 分'],
    [93_600, '1 d 02 h', '1 天 02 小时'],
    [-1, '–', '–'],
    [NaN, '–', '–'],
  ] as const
  for (const [seconds, en, zh] of table) {
    assert.equal(plain(formatDuration(seconds, 'en')), en)
    assert.equal(plain(formatDuration(seconds, 'zh')), zh)
  }
})

test('a percentage is 100 only when all is done', () => {
  assert.equal(formatPercent(999_999, 1_000_000), '99%')
  assert.equal(formatPercent(1, 1), '100%')
  assert.equal(formatPercent(0, 0), '100%')
  assert.equal(formatPercent(0, 10), '0%')
})

test('a fingerprint comes in groups of four', () => {
  assert.equal(formatFingerprint('3fa490c1ab'), '3fa4 90c1 ab')
  assert.equal(formatFingerprint(''), '')
})

test('an average keeps its decimals: a card does not turn 0.16 copies into none', () => {
  const table = [
    [0.16, '0.16 CPU copies'],
    [1.5, '1.5 CPU copies'],
    [1, '1 CPU copy'],
    [0, '0 CPU copies'],
    [2, '2 CPU copies'],
    [12_345, '12_345 CPU copies'],
  ] as const
  for (const [cpu, text] of table)
    assert.equal(plain(format('{cpu#CPU copy|CPU copies}', { cpu }, 'en')), text)
  assert.equal(plain(formatAmount(-0.5)), '−0.5')
  assert.equal(plain(formatAmount(1234.5)), '1_235')
  assert.equal(formatAmount(Number.NaN), '–')
})
