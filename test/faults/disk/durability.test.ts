// Invariant: with `commit`, a file is reported as delivered only after the file and its name are synced to the disk, even on a
// file system without a working syncfs. A file that cannot be synced is not delivered, with the reason, at both ends; the
// others are. A failure after all files are in place is a note.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import { type FaultFs, mountFaultFs } from '../../support/files/faultfs/index.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'
import { patterned } from '../../support/files/tree.ts'

const SMALL = Array.from({ length: 12 }, (_, index) => `small ${String(index)}.txt`)
const NESTED = ['deep/large.bin', ...SMALL.map((name) => `deep/a/${name}`), 'deep/empty']

const disk = await mountFaultFs()

let root = ''
let pair: Pair
let paths: string[] = []

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-durability-'))
  pair = await openPair()
  await mkdir(join(root, 'source', 'deep', 'a'), { recursive: true })
  await writeFile(join(root, 'source', 'top.bin'), patterned(3_000_000))
  for (const name of NESTED) {
    const size = name.endsWith('large.bin') ? 9_000_000 : name.endsWith('empty') ? 0 : 5000
    await writeFile(join(root, 'source', name), patterned(size))
  }
  paths = ['deep', 'top.bin'].map((name) => join(root, 'source', name))
})
after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

if (typeof disk === 'string') test('is mounted', (t) => t.skip(`NOT RUN: ${disk}`))
else
  describe('a file system without syncfs', () => {
    after(() => disk.dispose())
    afterEach(() => disk.clear())
    for (const to of ['penstock', 'folder'] as const) checks(disk, to)
  })

/** Both ends of a transfer, which are one for a copy on this machine. */
async function deliver(
  to: 'penstock' | 'folder',
  dir: string,
  options: { durability?: 'os' | 'commit'; onConflict?: 'keep-both' | 'replace' } = {},
): Promise<TerminalState[]> {
  const { durability = 'commit', onConflict = 'keep-both' } = options
  if (to === 'folder') {
    return [await pair.sender.copy({ paths, dir, technique: 'auto', durability, onConflict }).ended]
  }
  const ends = await pair.deliver(paths, dir, { receive: { durability, onConflict } })
  return [ends.receiver, ends.sender]
}

function reportOf(end: TerminalState) {
  assert.ok(end.kind === 'done', JSON.stringify(end))
  return end.report
}

/** Path and code of what was not delivered, the same at every end. */
function missedOf(ends: readonly TerminalState[]): string[][] {
  return ends.map((end) =>
    reportOf(end)
      .notDelivered.map(({ path, reason }) => `${path}: ${reason.code}`)
      .sort(),
  )
}

function checks({ path, behind, ...faults }: FaultFs, to: 'penstock' | 'folder'): void {
  const folder = () => mkdtemp(join(path, 'target-'))
  const entriesOf = async (dir: string) => (await readdir(dir, { recursive: true })).sort()
  const ALL = ['deep', 'deep/a', 'top.bin', ...NESTED].sort()
  /** The message of a failing end: the copy on this machine names its folder, not a receiver. */
  const name = (what: string) => `${to}: ${what}`

  test(name('every file, folder and name is synced'), async () => {
    const dir = await folder()
    for (const end of await deliver(to, dir)) assert.deepEqual(reportOf(end).notDelivered, [])
    assert.deepEqual(await entriesOf(dir), ALL)
    const files = NESTED.length + 1
    // An empty file may be made after the others are synced; it is nothing but its name.
    assert.ok((await faults.count('fsync')) >= files - 1)
    assert.ok((await faults.count('fsyncdir', '*/tree/deep/a')) >= 1)
    assert.ok((await faults.count('fsyncdir', dir.slice(path.length))) >= 1)
  })

  test(name('nothing is synced where that was not asked for'), async () => {
    const dir = await folder()
    for (const end of await deliver(to, dir, { durability: 'os' })) reportOf(end)
    assert.equal((await faults.count('fsync')) + (await faults.count('fsyncdir')), 0)
  })

  for (const [errno, code] of [
    ['EIO', 'io'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
  ] as const) {
    test(name(`one file cannot be synced: ${errno}`), async () => {
      const dir = await folder()
      // The first file to be synced, under the name that it has then.
      await faults.fail('fsync', errno, { times: 1 })
      const ends = await deliver(to, dir)
      const [missed = [], ...others] = missedOf(ends)
      assert.equal(missed.length, 1)
      assert.match(missed[0] ?? '', new RegExp(`: ${code}$`, 'u'))
      for (const other of others) assert.deepEqual(other, missed)
      const lost = (missed[0] ?? '').split(': ')[0]
      assert.deepEqual(
        await entriesOf(dir),
        ALL.filter((entry) => entry !== lost),
      )
      for (const end of ends) assert.equal(reportOf(end).entries, ALL.length - 1)
    })
  }

  test(name('no file can be synced'), async () => {
    const dir = await folder()
    await faults.fail('fsync', 'EIO')
    const ends = await deliver(to, dir)
    for (const missed of missedOf(ends)) assert.ok(missed.length >= NESTED.length, missed.join(', '))
    assert.ok(!(await entriesOf(dir)).includes('top.bin'))
    assert.ok(!(await entriesOf(dir)).includes('deep/large.bin'))
  })

  for (const errno of ['EIO', 'EINVAL', 'ENOTSUP'] as const) {
    test(name(`folders cannot be synced: ${errno}`), async () => {
      const dir = await folder()
      await faults.fail('fsyncdir', errno)
      const ends = await deliver(to, dir)
      for (const missed of missedOf(ends)) assert.deepEqual(missed, [])
      const [receiver] = ends
      assert.ok(receiver)
      assert.deepEqual(reportOf(receiver).notes, [
        {
          code: 'names-not-durable',
          path: dir,
          params: { errno: errno === 'ENOTSUP' ? 'EOPNOTSUPP' : errno },
        },
      ])
      assert.deepEqual(await entriesOf(dir), ALL)
    })
  }

  for (const operation of ['rmdir', 'unlink'] as const) {
    test(name(`the staging folder cannot be removed: ${operation}`), async () => {
      const dir = await folder()
      await faults.fail(operation, 'EPERM')
      const ends = await deliver(to, dir)
      for (const missed of missedOf(ends)) assert.deepEqual(missed, [])
      const [receiver] = ends
      assert.ok(receiver)
      const { notes } = reportOf(receiver)
      assert.deepEqual(
        notes.map(({ code }) => code),
        ['staging-left'],
      )
      const left = (await readdir(dir)).filter((entry) => entry.startsWith('.penstock-'))
      assert.deepEqual(notes[0]?.path, join(dir, left[0] ?? ''))
      await faults.clear()
      // The next transfer removes it.
      for (const end of await deliver(to, dir)) reportOf(end)
      assert.ok((await readdir(dir)).every((entry) => !entry.startsWith('.penstock-')))
    })
  }

  test(name('folders that were there are synced where they got new names, and only there'), async () => {
    const dir = await folder()
    await mkdir(join(dir, 'deep', 'a'), { recursive: true })
    await mkdir(join(dir, 'deep', 'untouched'))
    await writeFile(join(dir, 'deep', 'untouched', 'kept'), '')
    await faults.clear()
    for (const end of await deliver(to, dir, { onConflict: 'replace' })) {
      assert.deepEqual(reportOf(end).notDelivered, [])
    }
    const below = dir.slice(path.length)
    for (const folderName of ['', '/deep', '/deep/a']) {
      assert.ok((await faults.count('fsyncdir', below + folderName)) >= 1, folderName)
    }
    assert.equal(await faults.count('fsyncdir', `${below}/deep/untouched`), 0)
    assert.equal(await faults.count('fsync', `${below}/deep/untouched/kept`), 0)
  })

  test(name('a name that cannot be given is not delivered, at either end'), async () => {
    const dir = await folder()
    for (const operation of ['rename', 'rename2', 'link'] as const) {
      await faults.fail(operation, 'EIO', { names: '*/top.bin' })
    }
    const ends = await deliver(to, dir)
    for (const missed of missedOf(ends)) assert.deepEqual(missed, ['top.bin: io'])
    assert.deepEqual(
      await entriesOf(dir),
      ALL.filter((entry) => entry !== 'top.bin'),
    )
  })

  test(name('modes that deny reading do not hinder it'), async () => {
    const dir = await folder()
    const source = join(root, 'source', 'deep', 'empty')
    await chmod(source, 0o200)
    const ends = await deliver(to, dir)
    for (const missed of missedOf(ends)) assert.deepEqual(missed, [])
    await chmod(source, 0o644)
    assert.deepEqual(await readdir(join(behind, dir.slice(path.length))), ['deep', 'top.bin'])
  })
}
