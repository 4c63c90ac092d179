// Invariant: an accepted name stays below its folder, for any name and by any system's rules; of two names that would be one
// on the disk, the second is refused; an accepted link cannot lead out.
import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import { describe, it } from 'node:test'
import {
  linkStaysInside,
  NameRegistry,
  nearPath,
  numbered,
  safePath,
} from '../../../main/core/target/names.ts'
import { fc } from '../../support/random.ts'

/** Parts of attacks, mixed with any text. */
const hostileComponent = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    ' ',
    '...',
    'C:',
    'c:x',
    'NUL',
    'con.txt',
    'com1',
    'a\\..\\..\\b',
    '\\\\host\\share',
    '~',
    '%2e%2e',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const hostilePath = fc
  .tuple(fc.array(hostileComponent, { minLength: 1, maxLength: 6 }), fc.constantFrom('/', '\\', '//'))
  .map(([parts, separator]) => parts.join(separator))

function whyOf(path: string, rules: 'posix' | 'windows'): string | number | null {
  const result = safePath(path, rules)
  return result.ok ? null : (result.problem.params?.['why'] ?? null)
}

describe('safePath', () => {
  it('accepts nothing that resolves outside', () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        if (safePath(path, 'posix').ok) {
          const reached = posix.relative('/target/in', posix.resolve('/target/in', path))
          assert.ok(reached !== '' && !reached.startsWith('../') && reached !== '..', path)
        }
        if (safePath(path, 'windows').ok) {
          const reached = win32.relative('D:\\target\\in', win32.resolve('D:\\target\\in', path))
          assert.ok(reached !== '' && !/^\.\.(\\|$)/.test(reached) && !win32.isAbsolute(reached), path)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('gives back the path as it came', () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        const result = safePath(path, 'posix')
        if (result.ok) assert.equal(result.path, path)
      }),
    )
  })

  it('accepts ordinary names of every language', () => {
    for (const path of [
      'a',
      'a/b.c',
      '照片/夏天.jpg',
      '🚀/👩‍👩‍👧.png',
      'naïve',
      'nai\u0308ve',
      '.hidden',
      'a\\b',
      'a:b',
      'NUL',
      ' x ',
      '...',
    ]) {
      assert.ok(safePath(path, 'posix').ok, path)
    }
  })

  it('names the fault', () => {
    const cases: [string, 'posix' | 'windows', string][] = [
      ['', 'posix', 'empty'],
      ['a//b', 'posix', 'empty'],
      ['a/', 'posix', 'empty'],
      ['/etc/passwd', 'posix', 'absolute'],
      ['a/../b', 'posix', 'dots'],
      ['./a', 'posix', 'dots'],
      ['a\0b', 'posix', 'control'],
      ['a\nb', 'posix', 'control'],
      ['a\u0085b', 'posix', 'control'],
      ['a\ud800b', 'posix', 'surrogate'],
      ['é'.repeat(256), 'posix', 'component'],
      [Array.from({ length: 257 }, () => 'a').join('/'), 'posix', 'depth'],
      [Array.from({ length: 20 }, () => 'a'.repeat(250)).join('/'), 'posix', 'path'],
      ['.penstock-abc/0', 'posix', 'own'],
      ['.PENSTOCK-abc', 'posix', 'own'],
      ['C:x', 'windows', 'drive'],
      ['a\\b', 'windows', 'character'],
      ['a/b:stream', 'windows', 'character'],
      ['nul', 'windows', 'reserved'],
      ['a/COM1.txt', 'windows', 'reserved'],
      ['con .log', 'windows', 'reserved'],
      ['LPT\u00b9', 'windows', 'reserved'],
      ['a.', 'windows', 'trailing'],
      ['a /b', 'windows', 'trailing'],
      ['é'.repeat(256), 'windows', 'component'],
      [Array.from({ length: 20 }, () => 'a'.repeat(250)).join('/'), 'windows', 'path'],
    ]
    for (const [path, rules, why] of cases) assert.equal(whyOf(path, rules), why, JSON.stringify(path))
    for (const rules of ['posix', 'windows'] as const) assert.ok(safePath('é'.repeat(255), rules).ok)
    assert.ok(safePath('a/.penstock-abc', 'posix').ok)
  })

  it('gives every path that it keeps for itself another one, and no two the same', () => {
    const own = [
      '.penstock-',
      '.penstock-a/b',
      '.PenStock-x',
      '_.penstock-a/b',
      '__.penstock-a/b',
      '.penstoc\u212a-a',
    ]
    for (const path of own) {
      assert.equal(nearPath(path), `_${path}`)
      assert.ok(safePath(nearPath(path), 'posix').ok, path)
    }
    for (const path of ['a', 'a/.penstock-a', '.penstock', '.penstocks', '_penstock-a', 'x.penstock-a'])
      assert.equal(nearPath(path), path)
    const name = fc.stringMatching(/^_{0,3}\.?penstock-?[a-z]?$/u)
    fc.assert(fc.property(name, name, (one, other) => one === other || nearPath(one) !== nearPath(other)))
  })

  it('cuts a near name that gets too long before its extension, and keeps cut names apart', () => {
    const longest = (rest: string, extension = ''): string => {
      const room = 255 - Buffer.byteLength(`.penstock-${rest}${extension}`)
      return `.penstock-${'a'.repeat(room)}${rest}${extension}`
    }
    const names = [
      ...['', '1', '2', 'é', '\u{1f600}', '日本語日本語日本語', '\u{1f600}'.repeat(40)].flatMap((rest) => [
        longest(rest),
        longest(rest, '.txt'),
      ]),
      `.penstock-.${'e'.repeat(244)}`,
      `_.penstock-${'\u{1f600}'.repeat(61)}`,
    ]
    assert.ok(names.every((name) => Buffer.byteLength(name) === 255))
    const near = names.map(nearPath)
    // Names in the same folder; one is the name that a cut without a mark would give.
    const beside = [nearPath(longest('').slice(0, -1)), nearPath('.penstock-a'), ...near.map(nearPath)]
    assert.equal(new Set([...near, ...beside]).size, near.length + beside.length)
    for (const [at, name] of near.entries()) {
      assert.ok(safePath(name, 'posix').ok, name)
      assert.ok(Buffer.from(name).toString() === name && Buffer.byteLength(name) > 250, name)
      assert.equal(name.endsWith('.txt'), names[at]?.endsWith('.txt'))
      assert.equal(nearPath(`${names[at] ?? ''}/x`), `${name}/x`)
    }
  })
})

describe('linkStaysInside', () => {
  it('accepts what stays below the top entry and refuses the rest', () => {
    for (const [link, target] of [
      ['a/l', 'b'],
      ['a/b/l', '../c'],
      ['a/b/c/l', '../../x/y'],
      ['a/l', './b'],
      ['a/l', '.'],
      ['a/b/l', '..'],
    ] as const) {
      assert.ok(linkStaysInside(link, target), `${link} ${target}`)
    }
    const outside = [
      ['l', 'b'],
      ['a/l', '..'],
      ['a/l', '../b'],
      ['a/l', '../a/b'],
      ['a/b/l', '../../a'],
      ['a/l', '/a'],
      ['a/l', ''],
      ['a/l', 'C:x'],
    ] as const
    for (const [link, target] of outside) assert.ok(!linkStaysInside(link, target), `${link} ${target}`)
  })

  it('refuses `..` behind a name, which could be a link to somewhere shallower', () => {
    assert.ok(!linkStaysInside('top/a/b/c/l', 's/../..'))
    assert.ok(!linkStaysInside('top/l', 'x\\..\\..\\y'))
    assert.ok(!linkStaysInside('top/l', '\\x'))
  })

  it('accepts no chain of links that leads out', () => {
    const step = fc.constantFrom('..', '.', 'a', 'b', 'c')
    const target = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => steps.join('/'))
    const links = fc.array(
      fc.tuple(fc.constantFrom('t/a', 't/b', 't/x/a', 't/x/b', 't/x/c', 't/x/y/a'), target),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(links, (made) => {
        const kept = new Map(made.filter(([path, to]) => linkStaysInside(path, to)))
        for (const [path] of kept) assert.ok(stays(kept, path), JSON.stringify([...kept]))
      }),
      { numRuns: 3000 },
    )
  })
})

/** Follows a link as a file system does; false if the path leaves `t`. */
function stays(links: ReadonlyMap<string, string>, start: string): boolean {
  let pending = start.split('/')
  let at: string[] = []
  for (let budget = 200; budget > 0; budget -= 1) {
    const step = pending.shift()
    if (step === undefined) return true
    if (step === '..') at = at.slice(0, -1)
    else if (step !== '.') at = [...at, step]
    if (at[0] !== 't') return false
    const to = links.get(at.join('/'))
    if (to === undefined) continue
    at = at.slice(0, -1)
    pending = [...to.split('/'), ...pending]
  }
  return true
}

describe('NameRegistry', () => {
  const folds = { caseFolds: true, normalisationFolds: true }
  const file = (path: string) => ({ path, type: 'file' }) as const

  it('takes different names, and a folder after what is in it', () => {
    const registry = new NameRegistry()
    const entries = [
      file('a/b'),
      { path: 'a', type: 'directory' },
      file('A'),
      file('e\u0301'),
      file('\u00e9'),
    ] as const
    for (const entry of entries) assert.equal(registry.add(entry), null)
  })

  it('refuses twins, files in the way and ways through links', () => {
    const cases: [readonly { path: string; type: 'file' | 'directory' | 'symlink' }[], string][] = [
      [[file('a'), file('a')], 'name-collision'],
      [[file('a'), file('a/b')], 'name-collision'],
      [[file('a/b'), file('a')], 'name-collision'],
      [
        [
          { path: 'd', type: 'directory' },
          { path: 'd', type: 'directory' },
        ],
        'name-collision',
      ],
      [[{ path: 'd', type: 'symlink' }, file('d/x')], 'unsafe-name'],
      [[file('d/x'), { path: 'd', type: 'symlink' }], 'name-collision'],
    ]
    for (const [entries, code] of cases) {
      const registry = new NameRegistry()
      const problems = entries.map((entry) => registry.add(entry)?.code ?? null)
      assert.deepEqual(problems, [null, code])
    }
  })

  it('sees what a folding file system takes for one', () => {
    for (const [first, second] of [
      ['Photo', 'photo'],
      ['e\u0301', '\u00e9'],
      ['D/a', 'd/b'],
      ['straße', 'STRASSE'],
    ] as const) {
      const registry = new NameRegistry(folds)
      assert.equal(registry.add(file(first)), null)
      assert.equal(registry.add(file(second))?.code, 'name-collision', `${first} ${second}`)
    }
  })
})

describe('numbered', () => {
  it('puts the number before the extension of a file', () => {
    assert.equal(numbered('photo.jpg', 2, true), 'photo (2).jpg')
    assert.equal(numbered('folder.d', 2, false), 'folder.d (2)')
    assert.equal(numbered('.profile', 3, true), '.profile (3)')
  })

  it('never grows past what a file system takes, nor cuts a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }),
        fc.integer({ min: 2, max: 9999 }),
        (name, count) => {
          const result = numbered(name, count, true)
          assert.ok(Buffer.byteLength(result) <= 255 && !/\p{Surrogate}/u.test(result), result)
        },
      ),
    )
  })
})
