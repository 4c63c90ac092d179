// Invariant: a taken name follows the rule, whatever file system is mounted below the folder and however coarse its times:
// what is merged into another file system is copied there whole, what is as new is kept, and of several transfers of one
// folder name at once each entry of each follows the rule.
import assert from 'node:assert/strict'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test, type TestContext } from 'node:test'
import { spawnSync } from 'node:child_process'
import type { ConflictRule } from '../../main/contract/report.ts'
import { temporaryFolder } from '../support/files/temporary.ts'
import { FUSE_KINDS, LOOP_KINDS, mountFuse, mountLoop } from '../support/files/loop.ts'
import { patterned } from '../support/files/tree.ts'
import { notDelivered, penstock, portsOf, type Running, sendTo } from '../support/processes/cli.ts'

const MIB = 1024 * 1024
const root = temporaryFolder('merging')
let count = 0
const fresh = (): string => {
  const path = join(root, String((count += 1)))
  mkdirSync(path)
  return path
}

const ROUTES = ['encrypted', 'unencrypted', 'copied'] as const
type Route = (typeof ROUTES)[number]

/** One transfer of `source` into `dir` by command lines. Returns the ends whose reports list what was not delivered. */
async function deliver(
  source: string,
  dir: string,
  rule: ConflictRule,
  route: Route,
): Promise<readonly Running[]> {
  const own = fresh()
  const common = ['--on-conflict', rule, '--state', join(own, 'here')]
  if (route === 'copied') {
    const copying = penstock(['send', source, '--to-folder', dir, ...common])
    await copying.exit
    return [copying]
  }
  const clear = route === 'encrypted' ? [] : ['--clear']
  const fixed = ['--dir', dir, '--port', '0', '--accept', 'all', '--hidden', '--once']
  const receiving = penstock(['receive', ...fixed, ...clear, ...common])
  const { port } = await portsOf(receiving)
  const sending = penstock([...sendTo(port, source, join(own, 'there')), ...clear])
  await Promise.all([sending.exit, receiving.exit])
  return [receiving, sending]
}

const OLD = 1_000_000_000
const at = (seconds: number, path: string, text: string | Buffer): void => {
  writeFileSync(path, text)
  utimesSync(path, seconds, seconds)
}

describe('another file system below the folder', () => {
  const mounts: Readonly<Record<string, (path: string) => boolean>> = {
    tmpfs: (path) => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', path]).status === 0,
    'the same one, bound': (path) => spawnSync('mount', ['--bind', fresh(), path]).status === 0,
    bindfs: (path) => spawnSync('bindfs', ['--no-allow-other', fresh(), path]).status === 0,
  }
  const mounted: string[] = []
  after(() => {
    for (const path of mounted) spawnSync('umount', [path])
  })

  function source(): string {
    const set = join(fresh(), 'set')
    mkdirSync(join(set, 'below', 'deeper'), { recursive: true })
    at(OLD + 100, join(set, 'beside'), 'new beside')
    at(OLD + 100, join(set, 'below', 'taken'), 'new taken')
    at(OLD - 100, join(set, 'below', 'older'), 'new older')
    at(OLD + 100, join(set, 'below', 'large'), patterned(9 * MIB + 1))
    at(OLD + 100, join(set, 'below', 'deeper', 'free'), 'new free')
    at(OLD + 100, join(set, 'below', 'empty'), '')
    symlinkSync('deeper/free', join(set, 'below', 'link'))
    return set
  }

  const EXPECTED: Readonly<
    Record<'replace' | 'skip' | 'newer', readonly [string, string, readonly string[]]>
  > = {
    replace: ['new taken', 'new older', []],
    skip: ['was', 'was', ['set/below/older policy name-taken', 'set/below/taken policy name-taken']],
    newer: ['new taken', 'was', ['set/below/older policy name-taken']],
  }

  async function merges(
    t: TestContext,
    make: (path: string) => boolean,
    rule: keyof typeof EXPECTED,
    route: Route,
  ) {
    const dir = fresh()
    const below = join(dir, 'set', 'below')
    mkdirSync(below, { recursive: true })
    if (!make(below)) return t.skip('NOT RUN: it cannot be mounted here')
    mounted.push(below)
    at(OLD, join(below, 'taken'), 'was')
    at(OLD, join(below, 'older'), 'was')
    at(OLD, join(below, 'mine'), 'mine')
    const set = source()
    const [taken, older, missing] = EXPECTED[rule]
    for (const side of await deliver(set, dir, rule, route))
      assert.deepEqual(notDelivered(side).sort(), missing)
    const read = (path: string) => readFileSync(join(dir, 'set', path), 'utf8')
    assert.deepEqual(
      ['beside', 'below/taken', 'below/older', 'below/deeper/free', 'below/empty', 'below/mine'].map(read),
      ['new beside', taken, older, 'new free', '', 'mine'],
    )
    assert.ok(readFileSync(join(below, 'large')).equals(readFileSync(join(set, 'below', 'large'))))
    assert.equal(readlinkSync(join(below, 'link')), 'deeper/free')
    assert.equal(lstatSync(join(below, 'large')).mtimeMs, (OLD + 100) * 1000)
    // Nothing else is left, under whatever name.
    assert.deepEqual(readdirSync(dir), ['set'])
    const names = ['deeper', 'empty', 'large', 'link', 'mine', 'older', 'taken']
    assert.deepEqual(readdirSync(below).sort(), names)
  }

  for (const [name, make] of Object.entries(mounts)) {
    for (const rule of ['replace', 'skip', 'newer'] as const) {
      test(`${name}, ${rule}, unencrypted`, (t) => merges(t, make, rule, 'unencrypted'))
    }
  }
  for (const route of ['encrypted', 'copied'] as const) {
    test(`tmpfs, replace, ${route}`, (t) => merges(t, mounts['tmpfs'] ?? (() => false), 'replace', route))
  }
})

describe('coarse times', () => {
  const disks = [
    ...LOOP_KINDS.filter((one) => !one.startsWith('xfs')).map((kind) => ({ kind, mount: mountLoop })),
    ...FUSE_KINDS.map((kind) => ({ kind, mount: mountFuse })),
  ]
  for (const { kind, mount } of disks) {
    test(kind, async (t) => {
      const disk = mount(kind, 200 * MIB)
      if (typeof disk === 'string') return t.skip(`NOT RUN: ${disk}`)
      t.after(() => disk.dispose())
      const set = join(fresh(), 'set')
      mkdirSync(set)
      writeFileSync(join(set, 'file'), 'first')
      // A time that no file system with coarse times can hold.
      spawnSync('touch', ['-d', '2020-02-03 04:05:07.987654321 UTC', join(set, 'file')])
      const dir = join(disk.path, 'target')
      await deliver(set, dir, 'newer', 'copied')
      for (const route of ROUTES) {
        const before = statSync(join(dir, 'set', 'file'))
        for (const side of await deliver(set, dir, 'newer', route))
          assert.deepEqual(notDelivered(side).sort(), ['set/file policy name-taken'], route)
        assert.equal(statSync(join(dir, 'set', 'file')).ino, before.ino)
      }
      writeFileSync(join(set, 'file'), 'second')
      spawnSync('touch', ['-d', '2020-02-03 04:05:10.1 UTC', join(set, 'file')])
      for (const side of await deliver(set, dir, 'newer', 'copied'))
        assert.deepEqual(notDelivered(side).sort(), [])
      assert.equal(readFileSync(join(dir, 'set', 'file'), 'utf8'), 'second')
    })
  }
})

describe('three transfers of one folder name at once', () => {
  const NAMES = ['a', 'b', 'c'] as const
  /** Each has a file of its own, one that all have, and one that is newest in the last. */
  function sources(): readonly string[] {
    return NAMES.map((name, number) => {
      const set = join(fresh(), 'set')
      mkdirSync(join(set, 'sub'), { recursive: true })
      at(OLD + number, join(set, name), name)
      at(OLD + number, join(set, 'sub', name), name)
      at(OLD + number, join(set, 'all'), name)
      return set
    })
  }

  for (const rule of ['replace', 'skip', 'newer', 'keep-both'] as const) {
    for (const route of ['received', 'copied'] as const) {
      test(`${rule}, ${route}`, async () => {
        const dir = fresh()
        const ends: Running[] = []
        if (route === 'copied') {
          ends.push(
            ...sources().map((set) =>
              penstock([
                'send',
                set,
                '--to-folder',
                dir,
                '--on-conflict',
                rule,
                '--state',
                join(fresh(), 's'),
              ]),
            ),
          )
        } else {
          const fixed = ['--dir', dir, '--port', '0', '--accept', 'all', '--hidden', '--on-conflict', rule]
          const receiving = penstock(['receive', ...fixed, '--state', join(fresh(), 's')])
          const { port } = await portsOf(receiving)
          ends.push(...sources().map((set) => penstock(sendTo(port, set, join(fresh(), 's')))))
          await Promise.all(ends.map(({ exit }) => exit))
          receiving.child.kill('SIGTERM')
          await receiving.exit
        }
        await Promise.all(ends.map(({ exit }) => exit))
        const missing = ends.flatMap(notDelivered)
        if (rule === 'keep-both') {
          assert.deepEqual(missing, [])
          assert.deepEqual(readdirSync(dir).sort(), ['set', 'set (2)', 'set (3)'])
          return
        }
        assert.deepEqual(readdirSync(dir), ['set'])
        const set = join(dir, 'set')
        assert.deepEqual(readdirSync(set).sort(), ['a', 'all', 'b', 'c', 'sub'])
        assert.deepEqual(readdirSync(join(set, 'sub')).sort(), [...NAMES])
        for (const name of NAMES) assert.equal(readFileSync(join(set, name), 'utf8'), name)
        // Only the file that all have can be left out, and by the rule.
        assert.deepEqual([...new Set(missing)], missing.length > 0 ? ['set/all policy name-taken'] : [])
        if (rule === 'skip') assert.equal(missing.length, 2)
        if (rule === 'replace') assert.equal(missing.length, 0)
        if (rule === 'newer') assert.equal(readFileSync(join(set, 'all'), 'utf8'), 'c')
      })
    }
  }
})
