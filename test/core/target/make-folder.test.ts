// Invariant: creating a folder always returns, with the folder or with the error of the call that failed.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { errnoOf } from '../../../main/core/errors/errno.ts'
import { makeFolders } from '../../../main/core/target/make-folder.ts'

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-make-'))
})
after(async () => {
  await rm(root, { recursive: true, force: true })
})

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory()
const errnoFrom = async (path: string): Promise<string> =>
  makeFolders(path).then(
    () => 'made',
    (error: unknown) => errnoOf(error),
  )

describe('a folder is made with its parents', () => {
  it('and one that exists is left as it is', async () => {
    const path = join(root, 'a', '数据', 'c')
    assert.equal(await makeFolders(path), true)
    assert.ok(await isFolder(path))
    await chmod(path, 0o705)
    assert.equal(await makeFolders(path), false)
    assert.equal((await stat(path)).mode & 0o777, 0o705)
    assert.equal(await makeFolders('/'), false)
    assert.equal(await makeFolders('.'), false)
  })

  it('with the mode that was asked for, parents as well', async () => {
    await makeFolders(join(root, 'private', 'state'), 0o700)
    for (const path of ['private', 'private/state']) {
      assert.equal((await stat(join(root, path))).mode & 0o777, 0o700)
    }
  })

  it('through a link to a folder', async () => {
    await mkdir(join(root, 'real'))
    await symlink('real', join(root, 'link'))
    assert.equal(await makeFolders(join(root, 'link')), false)
    assert.equal(await makeFolders(join(root, 'link', 'x', 'y')), true)
    assert.equal(await realpath(join(root, 'link', 'x')), await realpath(join(root, 'real', 'x')))
  })

  it('by several calls at once, of which one made it', async () => {
    const path = join(root, 'many', 'at', 'once')
    const made = await Promise.all(Array.from({ length: 20 }, () => makeFolders(path)))
    assert.equal(made.filter((one) => one).length, 1)
  })

  it('as deep as a path can be', async () => {
    const path = join(root, ...Array.from({ length: 1500 }, () => 'd'))
    assert.equal(await makeFolders(path), true)
  })
})

describe('what cannot be made is an error', () => {
  it('a file, a link to nothing and a circle of links in the path', async () => {
    await writeFile(join(root, 'file'), '')
    await symlink('nothing/there', join(root, 'dangling'))
    await symlink('circle', join(root, 'circle'))
    assert.equal(await errnoFrom(join(root, 'file')), 'EEXIST')
    assert.equal(await errnoFrom(join(root, 'file', 'x', 'y')), 'ENOTDIR')
    assert.equal(await errnoFrom(join(root, 'dangling')), 'EEXIST')
    assert.equal(await errnoFrom(join(root, 'dangling', 'x')), 'EEXIST')
    assert.equal(await errnoFrom(join(root, 'circle', 'x')), 'ELOOP')
    assert.equal(await errnoFrom(join(root, 'x'.repeat(256), 'y')), 'ENAMETOOLONG')
  })

  if (process.platform === 'linux') {
    it('where mkdir answers ENOENT although the parent exists', async () => {
      for (const path of ['/proc/x', '/proc/x/y/z', '/proc/self/x']) {
        assert.equal(await errnoFrom(path), 'ENOENT', path)
      }
    })

    it('in a folder that was removed while a process works in it', async () => {
      const gone = join(root, 'gone')
      await mkdir(gone)
      const child = spawn('cat', { cwd: gone, stdio: ['pipe', 'pipe', 'ignore'] })
      child.stdin.write('ready\n')
      await once(child.stdout, 'data')
      await rmdir(gone)
      assert.equal(await errnoFrom(`/proc/${String(child.pid)}/cwd/x/y`), 'ENOENT')
      child.stdin.end()
      await once(child, 'close')
    })
  }

  it('while another removes the parents again and again', async () => {
    const parent = join(root, 'removed')
    let going = true
    const remover = (async () => {
      while (going) await rm(parent, { recursive: true, force: true }).catch(() => undefined)
    })()
    try {
      for (let round = 0; round < 200; round += 1) {
        const outcome = await errnoFrom(join(parent, 'a', 'b', 'c'))
        // EEXIST: it existed at the time of mkdir, and no longer at the time of stat.
        assert.ok(['made', 'ENOENT', 'EEXIST'].includes(outcome), outcome)
      }
    } finally {
      going = false
      await remover
    }
  })
})
