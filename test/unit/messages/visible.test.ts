// Invariant: a name never shows as another name: what would not be seen is shown as a mark, and what has its proper use stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeHidden, format, visible, visibleSegments } from '../../../main/messages/index.ts'

const SHOWN: readonly (readonly [name: string, wanted: string])[] = [
  ['invoice\u202efdp.exe', 'invoice‹U+202E›fdp.exe'],
  ['a\nb\tc\u001b[2J', 'a␊b␉c␛[2J'],
  ['a\u0085b\u009b31m', 'a‹U+0085›b‹U+009B›31m'],
  ['pay\u200bpal', 'pay‹U+200B›pal'],
  ['\ufeffbom', '‹U+FEFF›bom'],
  ['soft\u00adhyphen', 'soft‹U+00AD›hyphen'],
  ['line\u2028para\u2029', 'line‹U+2028›para‹U+2029›'],
  ['photo.jpg                    .exe', 'photo.jpg‹␣×20›.exe'],
  ['photo.jpg\u3000\u3000\u3000\u3000.exe', 'photo.jpg‹␣×4›.exe'],
  ['two  spaces', 'two  spaces'],
  ['\u2066isolate\u2069', '‹U+2066›isolate‹U+2069›'],
  ['\u061cmark', '‹U+061C›mark'],
  ['lone \ud800 half', 'lone ‹U+D800› half'],
  ['tags\u{e0041}\u{e0042}', 'tags‹U+E0041›‹U+E0042›'],
  ['filler\u3164\u115f', 'filler‹U+3164›‹U+115F›'],
  ['x\ufe0fy', 'x‹U+FE0F›y'],
  ['a\u200db', 'a‹U+200D›b'],
  ['del\u007f', 'del␡'],
]

const KEPT = [
  'photo.jpg',
  '会议室 照片.png',
  'Übergröße é e\u0301.txt',
  'می\u200cخواهم.txt',
  'क्\u200dष.txt',
  '👨\u200d👩\u200d👧 family.png',
  '❤\ufe0f.txt',
  '👍🏽.png',
  '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}.png',
  '1\ufe0f\u20e3.txt',
  '葛\u{e0100}.txt',
  'שלום.txt',
]

test('hidden and misleading characters become marks', () => {
  for (const [name, wanted] of SHOWN) assert.equal(visible(name), wanted)
})

test('names in any script, and emoji, stay as they are', () => {
  for (const name of KEPT) assert.equal(visible(name), name)
})

test('what is shown has nothing hidden, and showing it again changes nothing', () => {
  const character = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom(
      '\u202e',
      '\u200d',
      '\u200c',
      '\ufe0f',
      '\n',
      '   ',
      '\ud800',
      '❤',
      'م',
      '\u{e0020}',
      'a',
    ),
  )
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (parts) => {
      const name = parts.join('')
      const shown = visible(name)
      assert.doesNotMatch(
        shown,
        /[\p{Cc}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u,
      )
      assert.doesNotMatch(shown, / {3}/)
      assert.equal(visible(shown), shown)
      assert.equal(
        visibleSegments(name)
          .map(({ text }) => text)
          .join(''),
        shown,
      )
    }),
    { numRuns: 2000 },
  )
})

test('marks are segments of their own', () => {
  assert.deepEqual(visibleSegments('a\u202eb'), [
    { text: 'a', mark: false },
    { text: '‹U+202E›', mark: true },
    { text: 'b', mark: false },
  ])
})

test('a sentence shows what is hidden in its values', () => {
  assert.equal(format('Got “{title}”.', { title: 'a\u202eb\n' }, 'en'), 'Got “a‹U+202E›b␊”.')
})

test('JSON for a terminal has every hidden character escaped and means the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHidden(JSON.stringify({ text }))
      assert.doesNotMatch(escaped, /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/u)
      assert.deepEqual(JSON.parse(escaped), { text })
    }),
  )
})
