// Invariant: a file operation of the addon never acts outside its open folder, replaces only on request, and sets modes and
// nanoseconds exactly; with and without the system calls of newer kernels.
import assert from 'node:assert/strict'
import { closeSync, fsyncSync, writeSync } from 'node:fs'
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { addon, type CommitEntry, type Folder } from '../../../native/index.ts'
import { KERNELS } from '../../support/kernels.ts'

const MTIME = 1_234_567_890_123_456_789n

let root = ''
let target: Folder
let staging: Folder
let outside = ''

const inTarget = (...parts: string[]) => join(root, 'target', ...parts)
const inStaging = (...parts: string[]) => join(root, 'target', '.penstock-x', ...parts)

function file(
  path: string,
  stagingName: string,
  size: number,
  more: Partial<Extract<CommitEntry, { kind: 'file' }>> = {},
): CommitEntry {
  return { kind: 'file', path, stagingName, size, mode: 0o640, mtimeNs: MTIME, replace: 'never', ...more }
}

for (const { on, addon } of KERNELS) {
  describe(`file operations${on}`, () => {
    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'penstock-file-ops-'))
      outside = join(root, 'outside')
      await mkdir(outside)
      await mkdir(inTarget())
      target = addon.openFolder(inTarget())
      staging = addon.makeFolder(target, '.penstock-x')
    })

    afterEach(async () => {
      staging.close()
      target.close()
      await rm(root, { recursive: true, force: true })
    })

    it('places a file with its mode and its time to the nanosecond, and never with setuid', async () => {
      await writeFile(inStaging('0'), 'content')
      const outcomes = await addon.commit(target, staging, [file('文件 🚀.txt', '0', 7, { mode: 0o4751 })])
      assert.deepEqual(outcomes, [{ kind: 'done' }])
      const facts = await lstat(inTarget('文件 🚀.txt'), { bigint: true })
      assert.equal(facts.mtimeNs, MTIME)
      assert.equal(facts.mode & 0o7777n, 0o751n)
      assert.equal(facts.nlink, 1n)
      assert.deepEqual(await readdir(inStaging()), [])
    })

    it('makes a file that Node can write to, sync and close, never through a link and never over a file', async () => {
      const fd = await addon.createFile(staging, '0')
      writeSync(fd, 'content')
      fsyncSync(fd)
      closeSync(fd)
      assert.equal(await readFile(inStaging('0'), 'utf8'), 'content')
      assert.equal((await lstat(inStaging('0'))).mode & 0o777, 0o600)
      await writeFile(join(outside, 'victim'), 'kept')
      await symlink(join(outside, 'victim'), inStaging('link'))
      await symlink(join(outside, 'new'), inStaging('dangling'))
      await mkdir(inStaging('folder'))
      for (const name of ['0', 'link', 'dangling', 'folder'])
        await assert.rejects(addon.createFile(staging, name), { code: 'EEXIST' }, name)
      for (const name of ['', '.', '..', 'folder/x', '../x'])
        await assert.rejects(addon.createFile(staging, name), { code: 'EINVAL' }, name)
      assert.equal(await readFile(join(outside, 'victim'), 'utf8'), 'kept')
      assert.deepEqual(await readdir(outside), ['victim'])
    })

    it('syncs a folder below another, through no link', async () => {
      await mkdir(inTarget('a', 'b'), { recursive: true })
      await symlink(outside, inTarget('away'))
      await addon.syncFolder(target)
      await addon.syncFolder(target, 'a/b')
      await assert.rejects(addon.syncFolder(target, 'away'), { code: 'ENOTDIR' })
      await assert.rejects(addon.syncFolder(target, '../outside'), { code: 'EINVAL' })
      await assert.rejects(addon.syncFolder(target, 'missing'), { code: 'ENOENT' })
    })

    it('removes a file or a link below the folder, and nothing that a link leads to', async () => {
      await writeFile(join(outside, 'victim'), 'kept')
      await symlink(join(outside, 'victim'), inStaging('link'))
      await symlink(outside, inStaging('away'))
      await mkdir(inStaging('folder'))
      await writeFile(inStaging('folder', 'file'), '')
      await addon.removeFile(staging, 'link')
      await addon.removeFile(staging, 'folder/file')
      await addon.removeFile(staging, 'not there')
      await assert.rejects(addon.removeFile(staging, 'away/victim'), { code: 'ENOTDIR' })
      await assert.rejects(addon.removeFile(staging, '../../outside/victim'), { code: 'EINVAL' })
      await assert.rejects(addon.removeFile(staging, 'folder'))
      assert.deepEqual((await readdir(inStaging())).sort(), ['away', 'folder'])
      assert.equal(await readFile(join(outside, 'victim'), 'utf8'), 'kept')
    })

    it('keeps times before 1970', async () => {
      await addon.commit(target, staging, [file('old', '0', 0, { mtimeNs: -1n })])
      assert.equal((await lstat(inTarget('old'), { bigint: true })).mtimeNs, -1n)
    })

    it('makes an empty file where staging has none, and refuses a file that is not whole', async () => {
      await writeFile(inStaging('1'), 'half')
      const outcomes = await addon.commit(target, staging, [
        file('empty', '0', 0),
        file('whole', '1', 8),
        file('gone', '2', 3),
      ])
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)),
        ['done', 'EBADMSG', 'ENOENT'],
      )
      assert.deepEqual((await readdir(inTarget())).sort(), ['.penstock-x', 'empty'])
    })

    it('passes through no link in the target', async () => {
      await symlink(outside, inTarget('way'))
      await mkdir(inTarget('real'))
      await symlink(outside, inTarget('real', 'way'))
      await mkdir(join(outside, 'deep'))
      await writeFile(inStaging('0'), '')
      const outcomes = await addon.commit(target, staging, [
        { kind: 'directory', path: 'way', mode: 0o755 },
        { kind: 'directory', path: 'way/in', mode: 0o755 },
        file('way/0', '0', 0),
        file('way/deep/0', '0', 0),
        file('real/way/0', '0', 0, { replace: 'always' }),
        { kind: 'symlink', path: 'way/link', target: 'x', mtimeNs: 0n, replace: 'always' },
        { kind: 'directory-times', path: 'way', mode: 0o700, mtimeNs: 0n },
        { kind: 'directory-times', path: 'way/deep', mode: 0o700, mtimeNs: 0n },
      ])
      for (const outcome of outcomes) assert.equal(outcome.kind === 'failed' && outcome.code, 'ENOTDIR')
      assert.deepEqual(await readdir(outside), ['deep'])
      assert.deepEqual(await readdir(join(outside, 'deep')), [])
    })

    it('takes no link, folder or pipe in staging for a file', async () => {
      const secret = join(outside, 'secret')
      await writeFile(secret, 'secret')
      await chmod(secret, 0o600)
      await symlink(secret, inStaging('0'))
      await mkdir(inStaging('1'))
      const outcomes = await addon.commit(target, staging, [
        file('a', '0', 6, { mode: 0o644 }),
        file('b', '1', 0),
      ])
      assert.ok(outcomes.every(({ kind }) => kind === 'failed'))
      assert.equal((await lstat(secret)).mode & 0o777, 0o600)
    })

    it('refuses paths that lead out', async () => {
      for (const path of ['../x', 'a/../../x', '/tmp/x', '', '.', '..', 'a//b', './a', 'a\0b']) {
        const [outcome] = await addon.commit(target, staging, [file(path, '0', 0, { replace: 'always' })])
        assert.equal(outcome?.kind, 'failed', path)
      }
      const [outcome] = await addon.commit(target, staging, [file('x', '../0', 0)])
      assert.equal(outcome?.kind, 'failed')
      assert.deepEqual(await readdir(outside), [])
    })

    it('replaces only by rule', async () => {
      const put = async (name: string) => {
        await writeFile(inTarget(name), 'old')
        await utimes(inTarget(name), 2_000_000_000, 2_000_000_000)
      }
      for (const name of ['never', 'always', 'older', 'newer']) await put(name)
      for (const name of ['0', '1', '2', '3']) await writeFile(inStaging(name), 'new')
      const outcomes = await addon.commit(target, staging, [
        file('never', '0', 3),
        file('always', '1', 3, { replace: 'always' }),
        file('older', '2', 3, { replace: 'if-newer' }),
        file('newer', '3', 3, { replace: 'if-newer', mtimeNs: 2_000_000_000_000_000_001n }),
      ])
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)),
        ['EEXIST', 'done', 'kept-existing', 'done'],
      )
      const texts = await Promise.all(
        ['never', 'always', 'older', 'newer'].map((name) => readFile(inTarget(name), 'utf8')),
      )
      assert.deepEqual(texts, ['old', 'new', 'old', 'new'])
    })

    it('replaces a link itself, not what it points to, and never a folder', async () => {
      const victim = join(outside, 'victim')
      await writeFile(victim, 'safe')
      await symlink(victim, inTarget('link'))
      await mkdir(inTarget('folder'))
      await writeFile(inStaging('0'), 'new')
      const outcomes = await addon.commit(target, staging, [
        file('link', '0', 3, { replace: 'always' }),
        file('folder', '1', 0, { replace: 'always' }),
        { kind: 'directory', path: 'link', mode: 0o755 },
        { kind: 'directory', path: 'folder', mode: 0o755 },
      ])
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)),
        ['done', 'EISDIR', 'ENOTDIR', 'kept-existing'],
      )
      assert.equal(await readFile(victim, 'utf8'), 'safe')
      assert.equal(await readFile(inTarget('link'), 'utf8'), 'new')
    })

    it('makes links with their own time', async () => {
      const outcomes = await addon.commit(target, staging, [
        { kind: 'symlink', path: 'link', target: '目标/文件', mtimeNs: MTIME, replace: 'never' },
        { kind: 'symlink', path: 'link', target: 'other', mtimeNs: MTIME, replace: 'never' },
      ])
      assert.deepEqual(outcomes[0], { kind: 'done' })
      assert.equal(outcomes[1]?.kind, 'failed')
      assert.equal(await readlink(inTarget('link')), '目标/文件')
      assert.equal((await lstat(inTarget('link'), { bigint: true })).mtimeNs, MTIME)
    })

    it('renames files, folders and links without replacing', async () => {
      for (const name of ['taken-file', 'taken-folder', 'taken-link']) {
        await writeFile(inStaging('file'), 'new')
        await mkdir(inStaging('folder'))
        await symlink('nowhere', inStaging('link'))
        if (name === 'taken-file') await writeFile(inTarget(name), 'old')
        else if (name === 'taken-folder') await mkdir(inTarget(name))
        else await symlink('elsewhere', inTarget(name))
        for (const from of ['file', 'folder', 'link']) {
          await assert.rejects(addon.renameNoReplace(staging, from, target, name), { code: 'EEXIST' })
        }
        await addon.renameNoReplace(staging, 'file', target, `${name} 1`)
        await addon.renameNoReplace(staging, 'folder', target, `${name} 2`)
        await addon.renameNoReplace(staging, 'link', target, `${name} 3`)
        assert.equal(await readlink(inTarget(`${name} 3`)), 'nowhere')
      }
      assert.deepEqual(await readdir(inStaging()), [])
      assert.equal(await readFile(inTarget('taken-file'), 'utf8'), 'old')
    })

    it('reports what failed, where, and the system call', async () => {
      const failed = addon.renameNoReplace(staging, 'missing', target, 'x')
      await assert.rejects(failed, (error: Error & { code?: string; syscall?: string; path?: string }) => {
        assert.equal(error.code, 'ENOENT')
        assert.match(error.syscall ?? '', /^rename/)
        assert.equal(typeof error.path, 'string')
        assert.match(error.stack ?? '', /file-ops\.test/)
        return true
      })
      assert.throws(() => addon.openFolder(join(root, 'none')), { code: 'ENOENT', syscall: 'openat' })
      assert.throws(() => addon.makeFolder(target, '.penstock-x'), { code: 'EEXIST' })
      assert.throws(() => addon.makeFolder(target, '../x'), { code: 'EINVAL' })
    })

    it('removes a staging folder without following links, folders that cannot be entered too', async () => {
      await writeFile(join(outside, 'kept'), '')
      await symlink(outside, inStaging('link'))
      await mkdir(inStaging('a', 'b'), { recursive: true })
      await link(join(outside, 'kept'), inStaging('a', 'b', 'hard'))
      await chmod(inStaging('a', 'b'), 0)
      await chmod(inStaging('a'), 0o555)
      await addon.removeStaging(target, '.penstock-x', staging)
      await addon.removeStaging(target, '.penstock-x', staging)
      assert.deepEqual(await readdir(inTarget()), [])
      assert.deepEqual(await readdir(outside), ['kept'])
      assert.throws(() => addon.removeStaging(target, 'other', staging), TypeError)
      assert.throws(() => addon.removeStaging(target, '../.penstock-x', staging), TypeError)
      await assert.rejects(addon.removeStaging(target, '.penstock-x/..', staging), { code: 'EINVAL' })
    })
  })
}

describe('facts', () => {
  it('of the file system', () => {
    const { type, freeBytes } = addon.fileSystem(tmpdir())
    assert.match(type, /^(?:[a-z0-9]+)$/)
    assert.ok(freeBytes !== null && Number.isSafeInteger(freeBytes) && freeBytes > 0)
  })

  it('refuses a closed folder and what is no folder', async () => {
    const folder = addon.openFolder(tmpdir())
    folder.close()
    assert.throws(() => addon.makeFolder(folder, 'x'), TypeError)
    await assert.rejects(async () => addon.syncFolder({ path: '/', close: () => undefined }), TypeError)
  })
})
