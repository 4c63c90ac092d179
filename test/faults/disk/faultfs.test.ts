// Invariant: the file system of the fault tests passes calls through, fails and counts exactly those it is set to, and ends
// with its process.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  statfs,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { errnoOf } from '../../../main/core/errors/errno.ts'
import { walk } from '../../../main/core/source/walk.ts'
import { describeTree, makeTree } from '../../support/files/tree.ts'
import { type FaultFs, mountFaultFs, type Operation } from '../../support/files/faultfs/index.ts'

const disk = await mountFaultFs()

if (typeof disk === 'string') test('is mounted', (t) => t.skip(`NOT RUN: ${disk}`))
else
  describe('faultfs', () => {
    after(() => disk.dispose())
    afterEach(async () => {
      await disk.clear()
    })
    checks(disk)
  })

function checks({ path, behind, ...disk }: FaultFs): void {
  test('a tree passes through', async () => {
    const [mounted, real] = [join(path, 'tree'), join(behind, 'tree')]
    await mkdir(mounted)
    await makeTree(mounted)
    assert.deepEqual(await describeTree(mounted), await describeTree(real))
    assert.equal((await lstat(join(mounted, 'large'))).ino, (await lstat(join(real, 'large'))).ino)
    await chmod(join(mounted, 'read only'), 0o755)
    await rm(mounted, { recursive: true })
    assert.deepEqual(await readdir(behind), [])
  })

  const at = (name: string) => join(path, name)
  const CALLS: [Operation, () => Promise<unknown>][] = [
    ['create', () => writeFile(at('new'), '')],
    ['open', () => readFile(at('file'))],
    ['read', () => readFile(at('file'))],
    ['write', () => writeFile(at('file'), 'more')],
    ['flush', async () => (await open(at('file'))).close()],
    ['rename', () => rename(at('file'), at('new'))],
    ['chmod', () => chmod(at('file'), 0o600)],
    ['utimens', () => utimes(at('file'), 1, 1)],
    ['getattr', () => lstat(at('file'))],
    ['mkdir', () => mkdir(at('new'))],
    ['unlink', () => rm(at('file'))],
    ['readdir', () => readdir(path)],
    ['statfs', () => statfs(path)],
    ['fsync', () => synced(at('file'))],
    ['fsyncdir', () => synced(path)],
  ]
  for (const [operation, call] of CALLS) {
    test(`${operation} fails as configured`, async () => {
      await writeFile(join(behind, 'file'), 'content')
      await disk.fail(operation, 'ENOSPC')
      await assert.rejects(call(), { code: 'ENOSPC' })
      assert.ok((await disk.count(operation)) > 0)
      await disk.clear()
      await call()
      await rm(join(behind, 'new'), { recursive: true, force: true })
    })
  }

  test('by name, after some calls, and for some', async () => {
    await disk.fail('create', 'EIO', { names: '*/b*', after: 1, times: 2 })
    const create = (name: string) =>
      writeFile(at(name), '').then(
        () => 'made',
        (error: unknown) => errnoOf(error),
      )
    const outcomes: unknown[] = []
    for (const name of ['a1', 'b1', 'b2', 'a2', 'b3', 'b4']) outcomes.push(await create(name))
    assert.deepEqual(outcomes, ['made', 'made', 'EIO', 'made', 'EIO', 'made'])
    assert.equal(await disk.count('create'), 6)
    assert.equal(await disk.count('create', '/a*'), 2)
  })

  test('files without a size are named when they are to be sent, and empty ones are sent', async () => {
    await writeFile(at('made'), 'content')
    await writeFile(at('empty'), '')
    await disk.unsized('*')
    assert.equal((await lstat(at('made'))).size, 0)
    const { entries, notDelivered } = await walk([path, at('made')], new AbortController().signal)
    assert.ok(entries.some((entry) => entry.path.endsWith('/empty')))
    assert.ok(!entries.some((entry) => entry.path.endsWith('made')))
    assert.deepEqual(
      notDelivered.filter((one) => one.path.endsWith('made')).map(({ reason }) => reason.code),
      ['size-unknown', 'size-unknown'],
    )
  })

  test('statfs without figures', async () => {
    await disk.zeroStatfs()
    const { bavail, blocks, bsize } = await statfs(path)
    assert.deepEqual([bavail, blocks], [0, 0])
    assert.ok(bsize >= 0)
  })

  test('it can be mounted twice, and is gone after dispose', async () => {
    const other = await mountFaultFs()
    assert.ok(typeof other !== 'string')
    await writeFile(join(other.path, 'file'), '')
    await other.dispose()
    await other.dispose()
    assert.ok(!existsSync(other.path))
  })
}

async function synced(path: string): Promise<void> {
  const file = await open(path)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
