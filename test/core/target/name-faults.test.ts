// Invariant: the reason for which a path is refused is true of it, and no such reason is true of a path that is accepted, by
// the rules of either system; the marks of cut names are those that WIRE.md describes; and no string of JavaScript, lone
// surrogates included, changes between the addon and here.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { nearPath, numbered, safePath, type NameRules } from '../../../main/core/target/names.ts'
import { fc } from '../../support/random.ts'

type Test = (path: string, rules: NameRules) => boolean

const componentsOf = (path: string) => path.split('/')
const anyComponent =
  (holds: (name: string, rules: NameRules) => boolean): Test =>
  (path, rules) =>
    componentsOf(path).some((name) => holds(name, rules))
const onWindows =
  (holds: (name: string) => boolean): ((name: string, rules: NameRules) => boolean) =>
  (name, rules) =>
    rules === 'windows' && holds(name)
const lengthBy = (text: string, rules: NameRules) =>
  rules === 'windows' ? text.length : Buffer.byteLength(text)

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text)

/** By `why`: what is wrong with a path. */
const FAULTS: Readonly<Record<string, Test>> = {
  empty: anyComponent((name) => name === ''),
  absolute: (path) => path.startsWith('/'),
  drive: (path, rules) => rules === 'windows' && /^[A-Za-z]:/u.test(path),
  dots: anyComponent((name) => name === '.' || name === '..'),
  surrogate: (path) => !isWellFormed(path),
  control: (path) => /\p{Cc}/u.test(path),
  character: anyComponent(onWindows((name) => /[<>:"|?*\\]/u.test(name))),
  trailing: anyComponent(onWindows((name) => /[. ]$/u.test(name))),
  reserved: anyComponent(
    onWindows((name) => /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/iu.test(name)),
  ),
  own: (path) => /^\.penstock-/iu.test(path),
  component: anyComponent((name) => name.length > 255),
  path: (path, rules) => lengthBy(path, rules) > 4096,
  depth: (path) => componentsOf(path).length > 256,
}
const TOO_LONG = ['component', 'path', 'depth']

/** Pieces of names on which a rule turns, at the edges of what UTF-8 and UTF-16 encode in so many bytes or units. */
const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '.',
        '..',
        '/',
        '\\',
        ':',
        'C:',
        'K\u212a:',
        'con',
        'NUL',
        'com¹',
        'LPT0',
        'conout$',
        ' ',
        '.txt',
        '_',
      ],
      ...[
        '.penstock-',
        '.PEN\u017ftoc\u212a-',
        '\u0000',
        '\u001f',
        '\u007f',
        '\u0080',
        '\u009f',
        '\u00a0',
        '\u07ff',
      ],
      ...[
        '\u0800',
        '\ud7ff',
        '\ud800',
        '\udbff',
        '\udc00',
        '\udfff',
        '\ue000',
        '\uffff',
        '\u{10000}',
        '\u{10ffff}',
      ],
      ...[
        '\u202e',
        'a'.repeat(255),
        'é'.repeat(127),
        '日'.repeat(85),
        '\u{1f600}'.repeat(63),
        'd/'.repeat(255),
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)
const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))
const RUNS = { numRuns: 5000 }

function trueFaults(path: string, rules: NameRules): string[] {
  return Object.keys(FAULTS).filter((why) => FAULTS[why]?.(path, rules) === true)
}

describe('a path', () => {
  for (const rules of ['posix', 'windows'] as const) {
    it(`is refused for what is wrong with it by the rules of ${rules}, and else accepted`, () => {
      fc.assert(
        fc.property(text, (path) => {
          const result = safePath(path, rules)
          const faults = trueFaults(path, rules)
          if (result.ok) {
            assert.deepEqual(faults, [])
            return
          }
          const { code, params } = result.problem
          const why = String(params?.['why'])
          assert.ok(faults.includes(why), `${why} is not one of ${faults.join(' ')}`)
          assert.equal(code, TOO_LONG.includes(why) ? 'name-too-long' : 'unsafe-name')
          assert.equal(params?.['path'], path)
        }),
        RUNS,
      )
    })
  }

  it('of one fault is refused for this fault, wherever it is', () => {
    const faults: readonly (readonly [string, string])[] = [
      ['..', 'dots'],
      ['a\u0000', 'control'],
      ['a\u009fb', 'control'],
      ['\ud800', 'surrogate'],
      ['a\udfff', 'surrogate'],
      ['a'.repeat(256), 'component'],
      ['', 'empty'],
    ]
    for (const [name, why] of faults) {
      for (const path of [`${name}/a`, `a/${name}`, `a/${name}/b`, `\u{1f600}/é/${name}`]) {
        if (path.startsWith('/')) continue
        for (const rules of ['posix', 'windows'] as const) {
          const result = safePath(path, rules)
          assert.equal(result.ok ? null : result.problem.params?.['why'], why, JSON.stringify(path))
        }
      }
    }
  })
})

describe('a near path', () => {
  it('differs from what is kept and changes nothing else, whatever the text', () => {
    fc.assert(
      fc.property(text, (path) => {
        const near = nearPath(path)
        const [top = '', ...below] = componentsOf(path)
        const [nearTop = '', ...nearBelow] = componentsOf(near)
        assert.deepEqual(nearBelow, below)
        if (near === path) assert.ok(!/^_*\.penstock-/iu.test(path))
        else if (nearTop !== `_${top}`) assert.ok(Buffer.byteLength(`_${top}`) > 255)
        assert.ok(near === path || Buffer.byteLength(nearTop) <= 255)
      }),
      RUNS,
    )
  })

  it('that is cut has the mark of WIRE.md', () => {
    for (let length = 0; length <= 130; length += 1) {
      const name = `.penstock-${'\u{1f600}'.repeat(61)}${'x'.repeat(length)}`
      const mark = createHash('sha256').update(name).digest('hex').slice(0, 8)
      const isCut = Buffer.byteLength(name) >= 255
      assert.equal(nearPath(name).endsWith(`~${mark}`), isCut, `${length}`)
    }
  })
})

describe('a numbered name', () => {
  it('is the name around the number, cut between characters where both do not fit', () => {
    const name = text.map((path) => path.replaceAll('/', ''))
    fc.assert(
      fc.property(name, fc.integer({ min: 2, max: 99_999 }), fc.boolean(), (given, count, isFile) => {
        const result = numbered(given, count, isFile)
        const suffix = ` (${count})`
        const at = result.lastIndexOf(suffix)
        const [stem, extension] = [result.slice(0, at), result.slice(at + suffix.length)]
        assert.ok(at >= 0 && given.startsWith(stem) && given.endsWith(extension))
        assert.ok(extension === '' || (isFile && /^\.[^.]*$/u.test(extension)))
        assert.ok(Buffer.byteLength(result) <= 255)
        assert.ok(!isWellFormed(given) || isWellFormed(result))
        if (Buffer.byteLength(given + suffix) <= 255) assert.equal(stem + extension, given)
      }),
      RUNS,
    )
  })
})
