// Invariant: a commit gives every complete file its name, mode and time to the nanosecond, and no other. Existing files stay
// unless the rule replaces them, and links planted in the target or in staging lead nowhere outside.
import type { NotDelivered } from '../../../main/contract/report.ts'
import assert from 'node:assert/strict'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { ConflictRule, Durability } from '../../../main/contract/report.ts'
import type { ManifestEntry } from '../../../main/contract/transfer.ts'
import { commitTransfer } from '../../../main/core/target/commit.ts'
import { planCommit } from '../../../main/core/target/commit-plan.ts'
import { NOTHING_PLACED, Placements } from '../../../main/core/target/placement.ts'
import { addon } from '../../../native/index.ts'
import { ensureRoom } from '../../../main/core/target/room.ts'
import type { Staging } from '../../../main/core/target/staging.ts'
import { StagingArea } from '../../../main/core/target/staging-area.ts'
import { NOTHING_REFUSED } from '../../../main/core/target/near-names.ts'

const MTIME = 1_600_000_000_123_456_789n

let root = ''
let target = ''
let outside = ''
const area = new StagingArea(Buffer.alloc(32, 7))
let staging: Staging

const at = (...parts: string[]) => join(target, ...parts)

interface Line {
  readonly path: string
  readonly type?: ManifestEntry['type']
  readonly text?: string
  readonly mode?: number
  readonly target?: string
  readonly mtimeNs?: bigint
}

/** A manifest with the content of its files already in staging; empty files are left for the commit to make. */
async function stage(lines: readonly Line[]): Promise<ManifestEntry[]> {
  return Promise.all(
    lines.map(
      async (
        {
          path,
          type = 'file',
          text = '',
          mode = type === 'directory' ? 0o755 : 0o644,
          target: to,
          mtimeNs = MTIME,
        },
        index,
      ) => {
        if (type === 'file' && text !== '') await fs.writeFile(join(staging.path, String(index)), text)
        const entry: ManifestEntry = { index, type, path, size: Buffer.byteLength(text), mode, mtimeNs }
        return to === undefined ? entry : { ...entry, target: to }
      },
    ),
  )
}

interface Options {
  readonly onConflict?: ConflictRule
  readonly durability?: Durability
  readonly failed?: readonly number[]
  readonly beforeFirstName?: () => Promise<void>
}

async function commit(entries: readonly ManifestEntry[], options: Options = {}) {
  const {
    onConflict = 'keep-both',
    durability = 'os',
    failed = [],
    beforeFirstName = () => Promise.resolve(),
  } = options
  const plan = await planCommit(entries, await staging.folding())
  return commitTransfer({
    ...{ staging, plan, arrived: NOTHING_PLACED, onConflict, durability, beforeFirstName },
    failed: new Set(failed),
  })
}

async function put(path: string, text: string, seconds = 1_000_000_000): Promise<void> {
  await fs.writeFile(at(path), text)
  await fs.utimes(at(path), seconds, seconds)
}

const read = (path: string) => fs.readFile(at(path), 'utf8')
const reasons = (notDelivered: readonly NotDelivered[]) =>
  notDelivered.map(({ path, by, reason }) => `${by} ${reason.code} ${path}`).sort()

describe('commitTransfer', () => {
  beforeEach(async () => {
    root = await fs.mkdtemp(join(tmpdir(), 'penstock-commit-'))
    target = join(root, 'made', 'target')
    outside = join(root, 'outside')
    await fs.mkdir(outside)
    staging = await area.create(target)
  })
  afterEach(async () => {
    await staging.discard()
    await fs.chmod(root, 0o700)
    await fs.rm(root, { recursive: true, force: true })
  })

  for (const durability of ['os', 'commit'] as const) {
    it(`gives a tree its names, modes and times (${durability})`, async () => {
      const entries = await stage([
        { path: '旅行', type: 'directory', mode: 0o555 },
        { path: '旅行/🏔', type: 'directory', mode: 0o500, mtimeNs: MTIME + 1n },
        { path: '旅行/🏔/a.txt', text: 'hello', mode: 0o4600 },
        { path: '旅行/empty file', mode: 0o444 },
        { path: '旅行/empty', type: 'directory', mode: 0o755 },
        { path: '旅行/link', type: 'symlink', target: '🏔/a.txt' },
        { path: 'top.txt', text: 'top' },
      ])
      const committed = await commit(entries, { durability })
      assert.deepEqual(committed, {
        savedAs: [at('旅行'), at('top.txt')],
        notDelivered: [],
        notes: [],
        changes: [],
        deliveredEntries: 7,
        deliveredFiles: 3,
        deliveredBytes: 8,
      })
      assert.deepEqual((await fs.readdir(target)).sort(), ['top.txt', '旅行'])
      for (const { path, mode, type, mtimeNs } of entries) {
        const facts = await fs.lstat(at(path), { bigint: true })
        assert.equal(facts.mtimeNs, mtimeNs, path)
        if (type !== 'symlink') assert.equal(Number(facts.mode) & 0o7777, mode & 0o777, path)
      }
      assert.equal(await read('旅行/link'), 'hello')
      await fs.chmod(at('旅行'), 0o700)
      await fs.chmod(at('旅行', '🏔'), 0o700)
    })
  }

  it('keeps both: the new one takes the next free number', async () => {
    await put('photo.jpg', 'old')
    await put('photo (2).jpg', 'old 2')
    await fs.mkdir(at('d'))
    await fs.symlink(outside, at('d (2)'))
    const entries = await stage([
      { path: 'photo.jpg', text: 'new' },
      { path: 'd', type: 'directory' },
      { path: 'd/x', text: 'in' },
      { path: 'photo (3).jpg', text: 'three' },
    ])
    const committed = await commit(entries)
    assert.deepEqual(committed.savedAs, [at('photo (4).jpg'), at('d (3)'), at('photo (3).jpg')])
    assert.deepEqual(
      await Promise.all(
        ['photo.jpg', 'photo (2).jpg', 'photo (3).jpg', 'photo (4).jpg', 'd (3)/x'].map(read),
      ),
      ['old', 'old 2', 'three', 'new', 'in'],
    )
    assert.deepEqual(await fs.readdir(outside), [])
    assert.deepEqual(await fs.readdir(at('d')), [])
  })

  it('merges by the rule where a top entry is there', async () => {
    const expected = {
      replace: { 'd/old': 'new', 'd/young': 'new', top: 'new' },
      skip: { 'd/old': 'was', 'd/young': 'was', top: 'was' },
      newer: { 'd/old': 'new', 'd/young': 'was', top: 'new' },
    } as const
    for (const [rule, texts] of [
      ['replace', expected.replace],
      ['skip', expected.skip],
      ['newer', expected.newer],
    ] as const) {
      await staging.discard()
      await fs.rm(target, { recursive: true })
      staging = await area.create(target)
      await fs.mkdir(at('d', 'kept'), { recursive: true })
      await fs.chmod(at('d'), 0o750)
      await put('d/old', 'was')
      await put('d/young', 'was', 2_000_000_000)
      await put('d/mine', 'mine')
      await put('top', 'was')
      const entries = await stage([
        { path: 'd', type: 'directory' },
        { path: 'd/old', text: 'new' },
        { path: 'd/young', text: 'new' },
        { path: 'd/sub', type: 'directory', mode: 0o711 },
        { path: 'd/sub/fresh', text: 'fresh' },
        { path: 'top', text: 'new' },
      ])
      const committed = await commit(entries, { onConflict: rule, durability: 'commit' })
      for (const [path, text] of Object.entries(texts))
        assert.equal(await read(path), text, `${rule} ${path}`)
      assert.equal(await read('d/sub/fresh'), 'fresh')
      assert.equal(await read('d/mine'), 'mine')
      assert.equal((await fs.lstat(at('d'))).mode & 0o777, 0o750)
      const sub = await fs.lstat(at('d/sub'), { bigint: true })
      assert.deepEqual([sub.mtimeNs, sub.mode & 0o777n], [MTIME, 0o711n])
      const kept = Object.values(texts).filter((text) => text === 'was').length
      assert.equal(committed.notDelivered.length, kept)
      assert.ok(
        committed.notDelivered.every(
          ({ by, reason: reason }) => by === 'policy' && reason.code === 'name-taken',
        ),
      )
      assert.equal(committed.deliveredEntries, 6 - kept)
    }
  })

  it('never puts a file in a folder’s place or a folder in a file’s', async () => {
    for (const rule of ['replace', 'skip', 'newer'] as const) {
      await staging.discard()
      await fs.rm(target, { recursive: true })
      staging = await area.create(target)
      await fs.mkdir(at('d', 'folder'), { recursive: true })
      await put('d/file', 'was')
      const entries = await stage([
        { path: 'd/folder', text: 'new' },
        { path: 'd/file', type: 'directory' },
        { path: 'd/file/below', text: 'new' },
      ])
      const { notDelivered, deliveredEntries } = await commit(entries, { onConflict: rule })
      assert.deepEqual(reasons(notDelivered), [
        'failure name-taken d/file',
        'failure name-taken d/file/below',
        'failure name-taken d/folder',
      ])
      assert.equal(deliveredEntries, 0)
      assert.equal(await read('d/file'), 'was')
    }
  })

  it('leads nothing through links planted in the target', async () => {
    await fs.mkdir(at('d'))
    await fs.symlink(outside, at('d', 'way'))
    await fs.symlink(join(outside, 'made'), at('top'))
    const entries = await stage([
      { path: 'd', type: 'directory' },
      { path: 'd/way', type: 'directory' },
      { path: 'd/way/x', text: 'x' },
      { path: 'top', text: 'top' },
    ])
    const { notDelivered } = await commit(entries, { onConflict: 'replace' })
    assert.deepEqual(reasons(notDelivered), ['failure name-taken d/way', 'failure name-taken d/way/x'])
    assert.deepEqual(await fs.readdir(outside), [])
    assert.ok((await fs.lstat(at('top'))).isFile())
  })

  it('leads nothing through links planted in staging, nor through the staging folder put elsewhere', async () => {
    const secret = join(outside, 'secret')
    await fs.writeFile(secret, 'secret', { mode: 0o600 })
    const entries = await stage([{ path: 'a' }, { path: 'b/c', text: 'good' }])
    const planted = entries.map((entry) => (entry.path === 'a' ? { ...entry, size: 6 } : entry))
    await fs.symlink(secret, join(staging.path, '0'))
    await fs.rename(staging.path, `${staging.path}-away`)
    await fs.symlink(outside, staging.path)
    const { notDelivered, deliveredEntries } = await commit(planted)
    assert.equal(deliveredEntries, 1)
    assert.equal(notDelivered[0]?.path, 'a')
    assert.deepEqual(await fs.readdir(outside), ['secret'])
    assert.equal((await fs.lstat(secret)).mode & 0o777, 0o600)
    assert.equal(await read('b/c'), 'good')
  })

  it('leaves out what failed, is not whole, is unsafe, collides, or points outside', async () => {
    const entries = await stage([
      { path: 'd', type: 'directory' },
      { path: 'd/failed', text: 'half' },
      { path: 'd/short', text: 'half' },
      { path: 'd/good', text: 'good' },
      { path: '../escape', text: 'x' },
      { path: 'd/good', text: 'again' },
      { path: 'd/out', type: 'symlink', target: '../../secret' },
      { path: 'toplink', type: 'symlink', target: 'd' },
      { path: 'd/through', type: 'symlink', target: 'sub' },
      { path: 'd/through/x', text: 'x' },
      { path: 'd/lost', text: 'lost' },
    ])
    await fs.rm(join(staging.path, '10'))
    const bigger = entries.map((entry) => (entry.path === 'd/short' ? { ...entry, size: 8 } : entry))
    const { notDelivered, savedAs, deliveredEntries, deliveredBytes } = await commit(bigger, { failed: [1] })
    assert.deepEqual(reasons(notDelivered), [
      'failure check-failed d/short',
      'failure io d/lost',
      'failure name-collision d/good',
      'failure unsafe-name ../escape',
      'failure unsafe-name d/through/x',
      'policy link-outside d/out',
      'policy link-outside toplink',
    ])
    assert.deepEqual(savedAs, [at('d')])
    assert.deepEqual([deliveredEntries, deliveredBytes], [3, 4])
    assert.deepEqual((await fs.readdir(at('d'))).sort(), ['good', 'through'])
    assert.equal(await fs.readlink(at('d/through')), 'sub')
    assert.deepEqual(await fs.readdir(join(root, 'made')), ['target'])
  })

  it('leaves placed files where they are, and takes away what is not whole', async () => {
    const entries = await stage([
      { path: 'd', type: 'directory', mode: 0o750 },
      { path: 'd/good', text: 'good' },
      { path: 'd/failed', text: 'half' },
      { path: 'd/undressed', text: 'undressed' },
      { path: 'd/twin', text: 'twin' },
      { path: 'd/sub/deep', text: 'deep' },
    ])
    const plan = await planCommit(entries, await staging.folding())
    const placements = await Placements.prepare(staging, plan, 'keep-both')
    for (const { index, path, type } of entries) {
      assert.equal(placements.isPlaced(index), type === 'file')
      if (type === 'file')
        await fs.rename(join(staging.path, String(index)), join(staging.path, 'tree', path))
    }
    await fs.writeFile(join(staging.path, 'tree', 'd/twin'), 'another file')
    const { notDelivered, deliveredEntries, deliveredBytes } = await commitTransfer({
      ...{ staging, plan, onConflict: 'keep-both', durability: 'os' },
      beforeFirstName: () => Promise.resolve(),
      failed: new Set([2]),
      arrived: {
        isPlaced: (index) => placements.isPlaced(index),
        displaced: [
          { index: 3, code: 'EPERM', named: true },
          { index: 4, code: 'EEXIST', named: false },
        ],
        changes: [],
      },
    })
    assert.deepEqual(reasons(notDelivered), [
      'failure name-taken d/twin',
      'failure no-permission d/undressed',
    ])
    assert.deepEqual([deliveredEntries, deliveredBytes], [3, 8])
    assert.deepEqual((await fs.readdir(at('d'), { recursive: true })).sort(), [
      'good',
      'sub',
      'sub/deep',
      'twin',
    ])
    assert.equal((await fs.lstat(at('d'))).mode & 0o777, 0o750)
    assert.equal((await fs.lstat(at('d/sub'))).mode & 0o777, 0o755)
    assert.equal(await read('d/twin'), 'another file')
  })

  it('places nothing where a folder may be joined with one that is there', async () => {
    const entries = await stage([{ path: 'd/file', text: 'x' }, { path: 'loose' }])
    const plan = await planCommit(entries, await staging.folding())
    for (const rule of ['skip', 'replace', 'newer'] as const) {
      const placements = await Placements.prepare(staging, plan, rule)
      assert.ok(!placements.isPlaced(0) && !placements.isPlaced(1))
    }
    const placements = await Placements.prepare(staging, plan, 'keep-both')
    assert.deepEqual([placements.isPlaced(0), placements.isPlaced(1)], [true, false])
  })

  it('makes folders that only paths name, and more entries than one batch', async () => {
    const lines = Array.from({ length: 2500 }, (_, index): Line => ({ path: `many/${index % 7}/${index}` }))
    const { deliveredEntries, notDelivered } = await commit(await stage(lines))
    assert.deepEqual([deliveredEntries, notDelivered.length], [2500, 0])
    assert.equal((await fs.lstat(at('many/3'))).mode & 0o777, 0o755)
  })

  it('gives no name when it is cancelled before', async () => {
    const entries = await stage([
      { path: 'd/x', text: 'x' },
      { path: 'y', text: 'y' },
    ])
    const beforeFirstName = () => Promise.reject(new PenstockError('cancelled-here'))
    await assert.rejects(commit(entries, { beforeFirstName }), { code: 'cancelled-here' })
    await staging.discard()
    assert.deepEqual(await fs.readdir(target), [])
  })
})

describe('room', () => {
  it('reports a full disk before the transfer, for missing folders too', () => {
    const dir = join(tmpdir(), 'not', 'there')
    ensureRoom(dir, 1)
    assert.throws(
      () => {
        ensureRoom(dir, 2 ** 52)
      },
      (error) =>
        error instanceof PenstockError && error.code === 'disk-full' && error.params['needed'] === 2 ** 52,
    )
  })

  it('asks the file system what it folds, and leaves nothing', async () => {
    const dir = await fs.mkdtemp(join(tmpdir(), 'penstock-folds-'))
    const folder = addon.openFolder(dir)
    const folding = await addon.foldsNames(folder)
    if (process.platform === 'linux')
      assert.deepEqual(folding, {
        ...{ caseFolds: false, normalisationFolds: false },
        ...NOTHING_REFUSED,
      })
    assert.deepEqual(await fs.readdir(dir), [])
    folder.close()
    await fs.rm(dir, { recursive: true })
  })
})
