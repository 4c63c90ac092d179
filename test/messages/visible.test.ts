// Invariant: a displayed name contains no invisible character, unless a script or an emoji needs it at that place; displaying
// it twice changes nothing; and different names look different.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeHidden, visible, visibleSegments } from '../../main/messages/visible.ts'
import { fc } from '../support/random.ts'

const ZWNJ = '\u200c'
const ZWJ = '\u200d'

/** Every code point of each range by its number: what has to be spelled out wherever it stands alone. */
const HIDDEN_RANGES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  controls: [
    [0x00, 0x1f],
    [0x7f, 0x9f],
  ],
  'marks of direction': [
    [0x61c, 0x61c],
    [0x200e, 0x200f],
    [0x202a, 0x202e],
    [0x2066, 0x2069],
  ],
  'no width': [
    [0x200b, 0x200d],
    [0x2060, 0x2064],
    [0xfeff, 0xfeff],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x180e, 0x180e],
  ],
  fillers: [
    [0x115f, 0x1160],
    [0x3164, 0x3164],
    [0xffa0, 0xffa0],
  ],
  'separators of lines': [[0x2028, 0x2029]],
  'deprecated formats and annotations': [
    [0x206a, 0x206f],
    [0xfff9, 0xfffb],
    [0x1d173, 0x1d17a],
  ],
  'variation selectors': [
    [0xfe00, 0xfe0f],
    [0x180b, 0x180d],
    [0xe0100, 0xe01ef],
  ],
  tags: [[0xe0000, 0xe007f]],
  surrogates: [[0xd800, 0xdfff]],
  noncharacters: [
    [0xfdd0, 0xfdef],
    [0xfffe, 0xffff],
    [0x10fffe, 0x10ffff],
  ],
}

const hiddenCodes = Object.values(HIDDEN_RANGES)
  .flat()
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index))

function markOf(code: number, count = 1): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code).repeat(count)
  if (code === 0x7f) return '␡'.repeat(count)
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return count === 1 ? `‹U+${hex}›` : `‹U+${hex}×${String(count)}›`
}

test('each hidden character is spelled out: alone, at either end, inside a name, in a run', () => {
  for (const code of hiddenCodes) {
    const one = String.fromCodePoint(code)
    const mark = markOf(code)
    assert.equal(visible(one), mark)
    assert.equal(visible(`${one}a`), `${mark}a`)
    assert.equal(visible(`a${one}`), `a${mark}`)
    assert.equal(visible(`a${one}b.txt`), `a${mark}b.txt`)
    assert.equal(visible(`ж${one}ж`), `ж${mark}ж`)
    assert.equal(visible(`a${one.repeat(40)}b`), `a${markOf(code, 40)}b`)
  }
})

test('names that read as another name', () => {
  const table: readonly (readonly [string, string])[] = [
    ['invoice\u202efdp.exe', 'invoice‹U+202E›fdp.exe'],
    ['a\nb', 'a␊b'],
    ['a\r\nb', 'a␍␊b'],
    ['\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['pay\u200bpal', 'pay‹U+200B›pal'],
    ['report\ufe0f.pdf', 'report‹U+FE0F›.pdf'],
    [`photo.jpg${' '.repeat(60)}.exe`, 'photo.jpg‹␣×60›.exe'],
    [`photo.jpg${'\u00a0'.repeat(60)}.exe`, 'photo.jpg‹U+00A0×60›.exe'],
    [`photo.jpg${'\u2800'.repeat(5)}.exe`, 'photo.jpg‹U+2800×5›.exe'],
    ['photo.jpg \u3000 \u3000.exe', 'photo.jpg‹␣›‹U+3000›‹␣›‹U+3000›.exe'],
    ['notes.txt ', 'notes.txt‹␣›'],
    [' notes.txt', '‹␣›notes.txt'],
    ['\u00a0', '‹U+00A0›'],
    ['\ud83d', '‹U+D83D›'],
    ['a\ude00\ud83db', 'a‹U+DE00›‹U+D83D›b'],
    [`a${ZWJ}b`, 'a‹U+200D›b'],
    [`😀${ZWJ}😀`, '😀‹U+200D›😀'],
    [`😀${ZWJ}`, '😀‹U+200D›'],
    [`${ZWJ}😀`, '‹U+200D›😀'],
    [`👩${ZWJ}${ZWJ}🚀`, '👩‹U+200D×2›🚀'],
    ['1\ufe0f', '1‹U+FE0F›'],
    ['😀\ufe0f\ufe0f', '😀\ufe0f‹U+FE0F›'],
    ['a\ufe0e', 'a‹U+FE0E›'],
    ['葛\u{e0100}\u{e0101}', '葛‹U+E0100›‹U+E0101›'],
    ['a\u{e0100}', 'a‹U+E0100›'],
    ['🏴\u{e0067}\u{e0062}', '🏴‹U+E0067›‹U+E0062›'],
    // A joiner after letters of one script and before those of another, or twice, joins nothing.
    [`ب${ZWNJ}a`, 'ب‹U+200C›a'],
    [`a${ZWNJ}ب`, 'a‹U+200C›ب'],
    [`ب${ZWNJ}${ZWNJ}ب`, 'ب‹U+200C×2›ب'],
    [`ب${ZWNJ}ܒ`, 'ب‹U+200C›ܒ'],
    [`ب${ZWNJ}.pdf`, 'ب‹U+200C›.pdf'],
    [`א${ZWJ}ב`, 'א‹U+200D›ב'],
    [`क${ZWJ}ष`, 'क‹U+200D›ष'],
  ]
  for (const [name, shown] of table) assert.equal(visible(name), shown, JSON.stringify(name))
})

test('what writing needs stays as it is', () => {
  const names = [
    'report 2024.pdf',
    'two  blanks.txt',
    'Screenshot 10.00.00\u202fAM.png',
    '会议室　工作站.pdf',
    'Ünïcode – “quotes”.ogg',
    'e\u0301te\u0301',
    'תמונות.zip',
    'قائمة',
    `می${ZWNJ}شود.txt`,
    `ب\u064e${ZWJ}ت`,
    `क्${ZWJ}ष`,
    `क्${ZWNJ}ष`,
    `র${ZWJ}্য`,
    `ක්${ZWJ}රම`,
    `അവന്${ZWJ}`,
    'ᠠ\u180b',
    '葛\u{e0100}.txt',
    '☎\ufe0e',
    '☀\ufe0f',
    '❤\ufe0f',
    '©\ufe0f',
    '😀\ufe0f',
    '1\ufe0f\u20e3',
    '👍🏽',
    '🇨🇳',
    `👩${ZWJ}👩${ZWJ}👧${ZWJ}👦`,
    `👩🏽${ZWJ}🚀 trip`,
    `❤${ZWJ}🔥`,
    `❤\ufe0f${ZWJ}🔥`,
    `🏳\ufe0f${ZWJ}🌈`,
    `🧑${ZWJ}⚖`,
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '\u06dd',
    '',
  ]
  for (const name of names) assert.equal(visible(name), name, JSON.stringify(name))
})

/** Names made of the characters that the rules examine, so that every neighbourhood occurs. */
const pieces = [
  ...['a', '.', '/', ' ', '    ', '\u00a0', '\u2800', 'ב', 'ب', 'ܒ', '\u064e', 'क', '्', '會', 'ᠠ'],
  ...[ZWJ, ZWNJ, '\ufe0f', '\ufe0e', '\u202e', '\n', '\u034f', '\u200b', '\u180b', '\ud83d', '\ude00'],
  ...[
    '😀',
    '👩',
    '🏽',
    '❤',
    '🔥',
    '🏴',
    '\u{e0067}',
    '\u{e007f}',
    '1',
    '\u20e3',
    '‹',
    '›',
    'U+202E',
    '×2',
    '␣',
    '␊',
    '\u{e0100}',
    '葛',
  ],
]
const name = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
)

test('nothing hidden is left, showing twice changes nothing, and the segments are the text', () => {
  fc.assert(
    fc.property(name, (given) => {
      const shown = visible(given)
      assert.equal(visible(shown), shown)
      // At any place: none of these has a context in which it may stay.
      assert.doesNotMatch(
        shown,
        /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u,
      )
      assert.doesNotMatch(shown, /[\p{Zs}\u2800]{3}|^[\p{Zs}\u2800]|[\p{Zs}\u2800]$/u)
      // A joiner or selector that stays has the neighbour that it works on before it.
      assert.doesNotMatch(shown, /(?:^|[^\p{L}\p{M}\p{Emoji}])[\u200c\u200d\ufe0f\u180b]/u)
      assert.doesNotMatch(shown, /[\u200c\u200d\ufe0f\u180b]{2}(?<!\ufe0f\u200d)/u)
      const segments = visibleSegments(given)
      assert.equal(segments.map(({ text }) => text).join(''), shown)
      assert.deepEqual(visibleSegments(shown), segments)
    }),
    { numRuns: 5000 },
  )
})

test('names that differ look different', () => {
  const plain = name.filter((one) => !/[‹›\u2400-\u2421]/u.test(one))
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      if (one !== other) assert.notEqual(visible(one), visible(other))
    }),
    { numRuns: 5000 },
  )
  // So do a name and the same name with one more invisible character.
  fc.assert(
    fc.property(plain, fc.nat(), fc.constantFrom(...hiddenCodes), (one, place, code) => {
      const at = one.length === 0 ? 0 : place % one.length
      const other = one.slice(0, at) + String.fromCodePoint(code) + one.slice(at)
      assert.notEqual(visible(one), visible(other))
    }),
    { numRuns: 5000 },
  )
})

test('a long name takes a time that grows with its length', () => {
  const long = [' ', 'a ', ZWJ, `😀${ZWJ}`, `ب\u064e${ZWNJ}`, '\u064e', '‹', '\ud83d', '\u202ea']
  for (const one of long) {
    const given = `ب${one.repeat(32_768)}${ZWNJ}`
    assert.equal(visible(visible(given)), visible(given))
  }
})

test('marks are segments of their own', () => {
  assert.deepEqual(visibleSegments('invoice\u202efdp.exe'), [
    { text: 'invoice', mark: false },
    { text: '‹U+202E›', mark: true },
    { text: 'fdp.exe', mark: false },
  ])
  assert.deepEqual(visibleSegments(''), [])
})

test('JSON: the same value, and nothing that a terminal would act upon', () => {
  fc.assert(
    fc.property(name, (given) => {
      const json = escapeHidden(JSON.stringify({ [given]: given }))
      assert.deepEqual(JSON.parse(json), { [given]: given })
      assert.doesNotMatch(json, /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u)
    }),
  )
})
