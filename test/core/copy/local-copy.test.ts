// Invariant: a copy to a folder on this machine keeps content, holes, modes and nanoseconds, leaves nothing behind when
// cancelled, and never targets its own source.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import {
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addon } from '../../../native/index.ts'
import type { CopyOptions } from '../../../main/core/api.ts'
import { StagingArea } from '../../../main/core/target/staging-area.ts'
import { LocalCopy } from '../../../main/core/copy/local-copy.ts'
import { ProgrammingErrors } from '../../../main/core/transfer/programming-errors.ts'
import { describeTree, hashOf, makeTree, patterned } from '../../support/files/tree.ts'

const area = new StagingArea(Buffer.alloc(32, 7))
let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-local-'))
})
after(() => rm(root, { recursive: true, force: true }))

function copyOf(paths: readonly string[], dir: string, options: Partial<CopyOptions> = {}): LocalCopy {
  const copy = new LocalCopy(
    {
      paths,
      dir,
      technique: 'auto',
      durability: 'os',
      onConflict: 'keep-both',
      ...options,
    },
    area,
    new ProgrammingErrors((error) => assert.fail(String(error))),
  )
  copy.start()
  return copy
}

async function reportOf(copy: LocalCopy) {
  const end = await copy.ended
  assert.ok(end.kind === 'done', JSON.stringify(end))
  return end.report
}

async function problemOf(copy: LocalCopy): Promise<string> {
  const end = await copy.ended
  return end.kind === 'done' ? 'done' : end.problem.code
}

for (const technique of ['auto', 'clone', 'copyrange', 'copyfile'] as const) {
  test(`a tree is equal afterwards: ${technique}`, async () => {
    const source = join(root, `tree-${technique}`)
    await mkdir(source)
    await makeTree(source)
    const sparse = await open(join(source, 'sparse'), 'w')
    await sparse.truncate(32 * 1024 * 1024)
    await sparse.write('middle', 20 * 1024 * 1024)
    await sparse.close()
    const target = join(root, `made-${technique}`, 'deeper')
    const copy = copyOf([source], target, { technique, durability: 'commit' })
    const report = await reportOf(copy)
    const arrived = join(target, `tree-${technique}`)
    assert.deepEqual(await describeTree(arrived), await describeTree(source))
    assert.ok((await stat(join(arrived, 'sparse'))).blocks * 512 < 1024 * 1024)
    assert.deepEqual(await readdir(target), [`tree-${technique}`])
    assert.deepEqual(copy.view().savedAs, [arrived])
    assert.equal(report.carrier, 'local')
    assert.equal(report.verified, false)
    assert.equal(report.userCopyBytes, 0)
    assert.equal(report.bytes, copy.view().totals.bytes)
    if (technique === 'copyfile') assert.equal(report.copies?.cpu, 1)
    assert.ok(report.copies !== null)
    if (report.technique !== technique && technique !== 'auto') {
      assert.equal(report.fellBackFrom[0]?.technique, technique)
    }
  })
}

test('names that are taken follow the rule', async () => {
  const source = join(root, 'taken.txt')
  await writeFile(source, 'new')
  const target = join(root, 'taken')
  await mkdir(target)
  await writeFile(join(target, 'taken.txt'), 'old')
  await reportOf(copyOf([source], target))
  assert.deepEqual((await readdir(target)).sort(), ['taken (2).txt', 'taken.txt'])
  const notDelivered = await reportOf(copyOf([source], target, { onConflict: 'skip' }))
  assert.equal(notDelivered.notDelivered[0]?.by, 'policy')
  await reportOf(copyOf([source], target, { onConflict: 'replace' }))
  assert.equal(await hashOf(join(target, 'taken.txt')), await hashOf(source))
})

test('a folder into itself and a file onto itself are refused, through links as well', async () => {
  const folder = join(root, 'itself')
  await mkdir(join(folder, 'inner'), { recursive: true })
  await writeFile(join(folder, 'file'), 'x')
  await symlink(join(folder, 'inner'), join(root, 'way in'))
  const before = await describeTree(folder)
  assert.equal(await problemOf(copyOf([folder], folder)), 'folder-into-itself')
  assert.equal(await problemOf(copyOf([folder], join(folder, 'inner'))), 'folder-into-itself')
  assert.equal(await problemOf(copyOf([folder], join(folder, 'not yet', 'there'))), 'folder-into-itself')
  assert.equal(await problemOf(copyOf([folder], join(root, 'way in'))), 'folder-into-itself')
  assert.equal(
    await problemOf(copyOf([join(folder, 'file')], folder, { onConflict: 'replace' })),
    'file-onto-itself',
  )
  assert.equal(await problemOf(copyOf([folder], root)), 'file-onto-itself')
  assert.deepEqual(await describeTree(folder), before)
})

test('cancel leaves nothing behind', async () => {
  const source = join(root, 'long')
  await mkdir(source)
  const first = join(source, '0')
  await writeFile(first, patterned(16 * 1024 * 1024))
  // More than can be copied before the cancel, without the time to write it.
  for (let more = 1; more < 60; more += 1) await link(first, join(source, String(more)))
  const target = join(root, 'cancelled')
  const copy = copyOf([source], target, { technique: 'copyfile' })
  while (copy.view().bytes === 0) await new Promise(setImmediate)
  copy.cancel()
  const end = await copy.ended
  assert.equal(end.kind, 'cancelled')
  assert.deepEqual(await readdir(target), [])
})

test('what changes on the way is named, and the others arrive', async () => {
  const source = join(root, 'changing')
  await mkdir(source)
  for (const name of ['a', 'b', 'c']) await writeFile(join(source, name), name)
  const target = join(root, 'changed')
  const copy = copyOf([source], target)
  // The walk has examined the files when the first state after `preparing` is reported.
  const stop = copy.onChange(() => {
    stop()
    void truncate(join(source, 'b'), 0)
  })
  const first = await copy.ended
  if (first.kind !== 'done') return assert.fail(JSON.stringify(first))
  const names = await readdir(join(target, 'changing'))
  const missing = first.report.notDelivered.map(({ path }) => path.split('/')[1] ?? '')
  assert.deepEqual([...names, ...missing].sort(), ['a', 'b', 'c'])
})

test('too little room is found before anything is written', async (t) => {
  if (!existsSync('/dev/shm')) return t.skip('NOT RUN: there is no /dev/shm')
  const source = join(root, 'huge')
  // Larger than any disk, but all hole: only allocated bytes must count.
  await writeFile(source, '')
  await truncate(source, 8 * 1024 ** 4)
  const target = await mkdtemp('/dev/shm/penstock-local-')
  const { freeBytes } = addon.fileSystem(target)
  assert.ok(freeBytes !== null && freeBytes < 8 * 1024 ** 4)
  const report = await reportOf(copyOf([source], target))
  assert.equal(report.bytes, 8 * 1024 ** 4)
  assert.equal((await stat(join(target, 'huge'))).blocks, 0)
  await rm(target, { recursive: true })
})

test('nanoseconds of modification times are kept', async () => {
  const source = join(root, 'times')
  await writeFile(source, 'x')
  await utimes(source, 1, 1_234_567_890.123_456)
  const target = join(root, 'timed')
  await reportOf(copyOf([source], target))
  const [from, to] = await Promise.all(
    [source, join(target, 'times')].map((path) => stat(path, { bigint: true })),
  )
  assert.equal(to?.mtimeNs, from?.mtimeNs)
})
