// Invariant: no name or path from outside sends a terminal a character that it would act on or hide, by any kind of output.
// JSON lines keep the name as it is.
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { Output, table } from '../../../main/cli/output/output.ts'
import { timeLeft } from '../../../main/cli/output/progress.ts'
import { visible } from '../../../main/messages/index.ts'

const HOSTILE = 'a\u001b[2J\u009b\u202e\u200b\u2028\n\tb\ud800\u{e0041}.txt '
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

function output(json: boolean): { readonly it: Output; readonly lines: () => string[] } {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const read = (stream: PassThrough): string => {
    const chunk: unknown = stream.read()
    return Buffer.isBuffer(chunk) ? chunk.toString('utf8') : ''
  }
  return {
    it: new Output({ stdout, stderr }, json, 'en'),
    lines: () => `${read(stdout)}${read(stderr)}`.trimEnd().split('\n'),
  }
}

test('sentences and problems', () => {
  const { it, lines } = output(false)
  it.print(it.text(it.words.report.savedIn, { path: HOSTILE }))
  it.note(it.text(it.words.receive.offerFrom, { number: 1, peer: HOSTILE, host: HOSTILE }))
  it.problem({ code: 'no-such-path', params: { path: HOSTILE } })
  it.print(it.sentence({ code: 'no-such-path', params: { path: HOSTILE } }))
  const written = lines()
  assert.equal(written.length, 5)
  for (const line of written) assert.doesNotMatch(line, HIDDEN)
  assert.ok(written.filter((line) => line.includes(visible(HOSTILE))).length >= 4)
})

test('tables: one line a row, columns aligned', () => {
  const lines = table(
    ['name', 'size'],
    [
      [HOSTILE, '1 kB'],
      ['short', '2 kB'],
    ],
  )
  assert.equal(lines.length, 3)
  for (const line of lines) assert.doesNotMatch(line, HIDDEN)
  assert.equal(lines[1]?.indexOf('1 kB'), lines[2]?.indexOf('2 kB'))
})

test('tables: a wide character takes two columns, a mark none', () => {
  const cells = ['日本語', '\ua960', '🙂', 'e\u0301', 'a']
  const [, ...lines] = table(
    ['name', 'size'],
    cells.map((cell) => [cell, 'x']),
  )
  assert.deepEqual(lines, [
    '日本語  x',
    `\ua960${' '.repeat(6)}x`,
    `🙂${' '.repeat(6)}x`,
    `e\u0301${' '.repeat(7)}x`,
    `a${' '.repeat(7)}x`,
  ])
})

test('JSON lines', () => {
  const { it, lines } = output(true)
  it.event({ event: 'offer', title: HOSTILE })
  const [line = '', ...more] = lines()
  assert.deepEqual(more, [])
  assert.doesNotMatch(line, HIDDEN)
  assert.deepEqual(JSON.parse(line), { event: 'offer', title: HOSTILE })
})

test('the last second of a transfer has no number', () => {
  const { it } = output(false)
  const texts = [NaN, Infinity, 0, 0.143, 0.999, 1, 1.2, 61].map((seconds) => timeLeft(it, seconds))
  const expected = ['', '', 'almost done', 'almost done', 'almost done', '1.0 s left', '2.0 s left']
  assert.deepEqual(
    texts.map((text) => text.replaceAll('\u00a0', ' ')),
    [...expected, '1 min 01 s left'],
  )
})
