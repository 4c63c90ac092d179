// Invariant: a walk lists everything that can be sent, parents first, as it is on the disk. It names what cannot be sent, with
// the reason, and continues; it follows no link below a given path and never blocks the event loop for long.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { PartlyDelivered } from '../../../main/contract/partly-delivered.ts'
import { assertPaths, titleOf } from '../../../main/core/source/given-paths.ts'
import { nothingToSend } from '../../../main/core/source/nothing-to-send.ts'
import { walk, type Walked } from '../../../main/core/source/walk.ts'

const going = new AbortController().signal
let root = ''

const paths = ({ entries }: Walked) => entries.map(({ path }) => path)
const reasons = ({ notDelivered }: Walked) =>
  notDelivered.map(({ path, reason, by }) => `${by} ${reason.code} ${path}`).sort()

/** Entries that may be made in one turn of the event loop. */
const LONGEST = 1100

describe('walk', () => {
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'penstock-walk-')))
  })
  afterEach(async () => {
    await rm(root, { recursive: true, force: true })
  })

  it('lists parents before children with sizes, modes and nanoseconds', async () => {
    await mkdir(join(root, '数据', 'empty'), { recursive: true })
    await writeFile(join(root, '数据', '🚀.bin'), '12345', { mode: 0o640 })
    execFileSync('touch', ['-d', '2020-01-02 03:04:05.123456789 UTC', join(root, '数据', '🚀.bin')])
    const walked = await walk([join(root, '数据')], going)
    assert.deepEqual(paths(walked), ['数据', '数据/empty', '数据/🚀.bin'])
    assert.deepEqual(
      walked.entries.map(({ index }) => index),
      [0, 1, 2],
    )
    const file = walked.entries[2]
    assert.equal(file?.mtimeNs, 1_577_934_245_123_456_789n)
    assert.equal(file?.mode, 0o640)
    assert.equal(file?.absolutePath, join(root, '数据', '🚀.bin'))
    assert.deepEqual(walked.totals, { files: 1, directories: 2, symlinks: 0, bytes: 5 })
  })

  it('keeps the bytes of a name, composed or not', async () => {
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'e\u0301'), '')
    assert.deepEqual(paths(await walk([join(root, 'd')], going)), ['d', 'd/e\u0301'])
  })

  it('follows no link below, and lists those that lead out', async () => {
    await mkdir(join(root, 'd', 'in'), { recursive: true })
    await writeFile(join(root, 'secret'), 'secret')
    await symlink('in', join(root, 'd', 'good'))
    await symlink('../secret', join(root, 'd', 'up'))
    await symlink('/etc', join(root, 'd', 'etc'))
    await symlink('missing', join(root, 'd', 'dangling'))
    const walked = await walk([join(root, 'd')], going)
    assert.deepEqual(paths(walked), ['d', 'd/dangling', 'd/good', 'd/in'])
    assert.equal(walked.entries[2]?.target, 'in')
    assert.deepEqual(reasons(walked), ['policy link-outside d/etc', 'policy link-outside d/up'])
  })

  it('sends what a given link points to, under the name of the link', async () => {
    await mkdir(join(root, 'real'))
    await writeFile(join(root, 'real', 'x'), 'abc')
    await symlink('real', join(root, 'alias'))
    const walked = await walk([join(root, 'alias')], going)
    assert.deepEqual(paths(walked), ['alias', 'alias/x'])
    assert.equal(walked.entries[1]?.absolutePath, join(root, 'real', 'x'))
  })

  it('names what it cannot send, and goes on', async () => {
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'good'), '')
    await (
      await open(Buffer.concat([Buffer.from(join(root, 'd') + '/'), Buffer.from([0xff, 0x41])]), 'w')
    ).close()
    execFileSync('mkfifo', [join(root, 'd', 'pipe')])
    await writeFile(join(root, 'd', 'line\nbreak'), '')
    const server = createServer().listen(join(root, 'd', 'socket'))
    await new Promise((done) => server.once('listening', done))
    const walked = await walk([join(root, 'd')], going)
    server.close()
    assert.deepEqual(paths(walked), ['d', 'd/good'])
    assert.deepEqual(reasons(walked), [
      'failure name-not-utf8 d/\ufffdA',
      'failure unsafe-name d/line\nbreak',
      'policy not-regular d/pipe',
      'policy not-regular d/socket',
    ])
  })

  it(
    'names what it may not read',
    { skip: process.getuid?.() === 0 && 'root may read everything' },
    async () => {
      await mkdir(join(root, 'd', 'closed'), { recursive: true })
      await writeFile(join(root, 'd', 'file'), '', { mode: 0 })
      await chmod(join(root, 'd', 'closed'), 0)
      const walked = await walk([join(root, 'd')], going)
      await chmod(join(root, 'd', 'closed'), 0o700)
      assert.deepEqual(paths(walked), ['d'])
      assert.deepEqual(reasons(walked), ['failure not-readable d/closed', 'failure not-readable d/file'])
    },
  )

  it('numbers a second path of the same name', async () => {
    await mkdir(join(root, 'one'))
    await mkdir(join(root, 'two'))
    await writeFile(join(root, 'one', 'x.txt'), '')
    await writeFile(join(root, 'two', 'x.txt'), '')
    const walked = await walk([join(root, 'one', 'x.txt'), join(root, 'two', 'x.txt'), root, root], going)
    assert.deepEqual(paths(walked).slice(0, 3), ['x.txt', 'x (2).txt', basename(root)])
    assert.ok(paths(walked).includes(`${basename(root)} (2)/one/x.txt`))
  })

  it('gives `.` the name of its folder', async () => {
    const here = process.cwd()
    process.chdir(root)
    try {
      assert.deepEqual(paths(await walk(['.'], going)), [basename(root)])
    } finally {
      process.chdir(here)
    }
  })

  it('gives every path a title, also the root', () => {
    assert.equal(titleOf('/'), 'root')
    assert.equal(titleOf('/..'), 'root')
    assert.equal(titleOf('/srv/photos/'), 'photos')
    assert.equal(titleOf('.'), basename(process.cwd()))
  })

  it('lists paths that the user named and that cannot be sent, each with its reason, and goes on', async () => {
    const at = (name: string) => join(root, name)
    execFileSync('mkfifo', [at('named-pipe')])
    await symlink('nowhere', at('dangling'))
    await symlink('loop', at('loop'))
    await writeFile(at('good.txt'), 'good')
    const given = ['named-pipe', 'none', 'dangling', 'loop', 'good.txt', 'good.txt/below'].map(at)
    const { entries, notDelivered } = await walk(given, going)
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['good.txt'],
    )
    assert.deepEqual(
      notDelivered.map(({ by, path, reason }) => `${by} ${reason.code} ${path}`),
      [
        'failure not-regular named-pipe',
        `failure no-such-path ${at('none')}`,
        `failure no-such-path ${at('dangling')}`,
        `failure not-readable ${at('loop')}`,
        `failure no-such-path ${at('good.txt/below')}`,
      ],
    )
    await assertPaths(given)
    await assert.rejects(assertPaths([at('none')]), { code: 'no-such-path' })
    const several = nothingToSend(notDelivered)
    assert.ok(several instanceof PartlyDelivered)
    assert.equal(several.code, 'nothing-to-send')
    assert.deepEqual(several.partial, { delivered: [], notDelivered })
    assert.equal(nothingToSend(notDelivered.slice(0, 1)).code, 'not-regular')
    assert.equal(nothingToSend([]).code, 'nothing-to-send')
  })

  it(
    'names files whose size is made up, and takes empty ones',
    { skip: process.platform !== 'linux' },
    async () => {
      await writeFile(join(root, 'empty'), '')
      const given = [
        '/proc/cpuinfo',
        '/proc/self/fdinfo',
        '/sys/kernel/mm/transparent_hugepage',
        join(root, 'empty'),
      ]
      const { entries, notDelivered } = await walk(given, going)
      const files = entries.filter(({ type }) => type === 'file').map(({ path }) => path)
      assert.deepEqual(files, ['empty'])
      const unsized = notDelivered.filter(({ reason }) => reason.code === 'size-unknown')
      assert.ok(unsized.some(({ path }) => path === 'cpuinfo'))
      assert.ok(unsized.some(({ path }) => path.startsWith('fdinfo/')))
      assert.ok(unsized.some(({ path }) => path.startsWith('transparent_hugepage/')))
      assert.ok(unsized.every(({ by }) => by === 'failure'))
    },
  )

  it('throws when aborted', async () => {
    await assert.rejects(walk([root], AbortSignal.abort(new Error('enough'))), /enough/)
  })

  it('lets the event loop turn', async () => {
    const files = 5000
    await mkdir(join(root, 'many'))
    for (let at = 0; at < files; at += 200) {
      await Promise.all(
        Array.from({ length: 200 }, (_, index) => writeFile(join(root, 'many', `f${at + index}`), '')),
      )
    }
    await utimes(join(root, 'many'), 1, 1)
    // Turns are counted, not timed: the time of a turn depends more on the machine than on the walk.
    let turns = 0
    let isWalking = true
    const turn = (): void => {
      turns += 1
      if (isWalking) setImmediate(turn)
    }
    setImmediate(turn)
    const walked = await walk([join(root, 'many')], going)
    isWalking = false
    assert.equal(walked.totals.files, files)
    assert.equal(walked.entries.length, files + 1)
    assert.ok(turns >= files / LONGEST, `${turns} turns for ${files} files`)
  })
})
