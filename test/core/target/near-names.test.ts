// Invariant: a near name is one that the target takes; a name that it takes stays as it is, and one that is not safe stays
// unsafe. Different entries of one manifest get different names, in any order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManifestEntry } from '../../../main/contract/transfer.ts'
import { CommitPlanner } from '../../../main/core/target/commit-plan.ts'
import { NearNames, NOTHING_REFUSED } from '../../../main/core/target/near-names.ts'
import { NO_FOLDING, sentPath } from '../../../main/core/target/names.ts'

const ALL = {
  ...{ refused: '<>:"|?*\\', refusesEndings: true, refusesDevices: true },
  countsUnits: false,
}
const LONG = 'x'.repeat(300)

const NAMES: readonly (readonly [string, string])[] = [
  ['a:b?.txt', 'a_b_.txt'],
  ['fine name.txt', 'fine name.txt'],
  ['a\\b', 'a_b'],
  ['<>:"|?*\\', '________'],
  ['ends.', 'ends_'],
  ['ends ', 'ends_'],
  ['NUL', '_NUL'],
  ['con.txt', '_con.txt'],
  ['aux .log', '_aux .log'],
  ['com1', '_com1'],
  ['console', 'console'],
  ['a:/b?/c', 'a_/b_/c'],
  // Not safe before, and not after.
  ['..', '..'],
  ['../x?', '../x_'],
  ['a//b?', 'a//b_'],
  ['.', '.'],
]

test('names that a file system of Windows does not take', () => {
  const near = new NearNames(ALL)
  for (const [name, expected] of NAMES) assert.equal(near.pathOf(name), expected, name)
})

test('a file system that takes everything changes nothing but what is too long', () => {
  const near = new NearNames(NOTHING_REFUSED)
  for (const [name] of NAMES) assert.equal(near.pathOf(name), name)
  assert.equal(near.pathOf(`${LONG}.jpeg`), `${'x'.repeat(250)}.jpeg`)
  assert.equal(near.pathOf(LONG), LONG.slice(0, 255))
  assert.equal(near.pathOf(`d/${'字'.repeat(200)}.txt`), `d/${'字'.repeat(83)}.txt`)
  assert.equal(near.pathOf(`a.${LONG}`), `a.${LONG}`.slice(0, 255))
  const units = new NearNames({ ...NOTHING_REFUSED, countsUnits: true })
  assert.equal(units.pathOf('字'.repeat(255)), '字'.repeat(255))
  assert.equal(units.pathOf(`${'字'.repeat(255)}.txt`), `${'字'.repeat(251)}.txt`)
  assert.equal(units.pathOf('\u{1f600}'.repeat(200)), '\u{1f600}'.repeat(127))
  // A path that no system creates costs no time.
  const deep = 'a/'.repeat(16_000)
  assert.equal(near.pathOf(deep), deep)
})

const entry = (index: number, path: string, type: ManifestEntry['type'] = 'file'): ManifestEntry => ({
  ...{ index, path, type, size: 0, mode: 0o644, mtimeNs: 0n },
})

test('entries that get near names do not take those of others', () => {
  const sent = [
    entry(0, 'a?', 'directory'),
    entry(1, 'a?/x:'),
    entry(2, 'a_', 'directory'),
    entry(3, 'a_/x_'),
    entry(4, 'a|', 'directory'),
    entry(5, 'a|/x_'),
    entry(6, 'a?/x_'),
    entry(7, 'b:'),
    entry(8, 'b_'),
    entry(9, `${LONG}1.txt`),
    entry(10, `${LONG}2.txt`),
  ]
  for (const list of [sent, [...sent.slice(2, 6), ...sent.slice(0, 2), ...sent.slice(6)]]) {
    const planner = new CommitPlanner({ ...NO_FOLDING, ...ALL }, 'posix')
    const paths = new Map<string, string>()
    for (const one of list) {
      const added = planner.add(one)
      assert.ok('entry' in added, one.path)
      assert.equal(sentPath(added.entry), one.path)
      assert.ok(!paths.has(added.entry.path), added.entry.path)
      paths.set(added.entry.path, one.path)
    }
    // What was in one folder stays in one folder.
    const folders = [...paths].map(([here, was]) => `${was.split('/')[0] ?? ''} ${here.split('/')[0] ?? ''}`)
    assert.equal(new Set(folders).size, new Set(sent.map(({ path }) => path.split('/')[0])).size)
  }
})

test('an ordinary collision is still one', () => {
  const planner = new CommitPlanner({ ...NO_FOLDING, ...ALL, caseFolds: true }, 'posix')
  assert.ok('entry' in planner.add(entry(0, 'A')))
  const added = planner.add(entry(1, 'a'))
  assert.ok('problem' in added)
  assert.equal(added.problem.code, 'name-collision')
})
