// Invariant: a transfer that is larger than free memory leaves another program's file in the page cache, at the sender and at the
// receiver, and the report counts what it left there itself. A memory control group stands for a machine with little memory.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { addon } from '../../native/index.ts'
import { fill } from '../native/harness.ts'
import { missing, type Report, scratch, transferBetween } from './transfer.ts'

const MIB = 1024 * 1024
/** Of the group: what two programs of Node need, and some room for the page cache. */
const LIMIT = 320 * MIB
const BYTES = 480 * MIB
const OTHER_BYTES = 64 * MIB
const PAGE = 4096

const { path: root, remove } = await scratch()
const large = join(root, 'large')
const other = join(root, 'other')

/** A control group of a limited memory; a string says why there is none. */
function limitedGroup(): string | { readonly path: string } {
  const kinds = [
    { folder: '/sys/fs/cgroup', limit: 'memory.max' },
    { folder: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
  ]
  for (const { folder, limit } of kinds) {
    const path = join(folder, `penstock-${process.pid}`)
    try {
      mkdirSync(path)
    } catch {
      continue
    }
    if (existsSync(join(path, limit))) {
      writeFileSync(join(path, limit), String(LIMIT))
      return { path }
    }
    rmdirSync(path)
  }
  return 'NOT RUN: no memory control group can be made here'
}

const elsewhere = missing('dd', { root: true })
const uncached =
  elsewhere === false && !addon.skipsCache(root) ? 'NOT RUN: dontcache does not work here' : elsewhere
const group = uncached === false ? limitedGroup() : uncached
const without = typeof group === 'string' ? group : false

/** The words that run a command in the group. */
function grouped(): string[] {
  assert.ok(typeof group !== 'string')
  return ['sh', '-c', `echo $$ > ${group.path}/cgroup.procs && exec "$@"`, 'sh']
}

function forget(path: string): void {
  execFileSync('sync', [path])
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'])
}

async function cachedShare(path: string): Promise<number> {
  const pages = await addon.cachedPages([path], 1000)
  assert.ok(pages !== null)
  return (pages * PAGE) / statSync(path).size
}

/** Another program reads its file. */
async function readOther(): Promise<void> {
  forget(other)
  const [program, ...args] = [...grouped(), 'cat', other]
  execFileSync(program, args, { stdio: 'ignore' })
  assert.ok((await cachedShare(other)) > 0.99)
}

before(() => {
  if (without !== false) return
  fill(large, BYTES)
  fill(other, OTHER_BYTES)
})

after(async () => {
  await remove()
  if (typeof group !== 'string') rmdirSync(group.path)
})

const ENDS = [
  { end: 'sender', around: 'aroundSender', options: 'send', usual: 'sendfile' },
  { end: 'receiver', around: 'aroundReceiver', options: 'receive', usual: 'splice' },
] as const

test('both reports count the pages of all files', { skip: missing() }, async () => {
  const tree = join(root, 'tree')
  mkdirSync(join(tree, 'inner'), { recursive: true })
  const names = ['one', 'inner/two', 'inner/three']
  for (const [index, name] of names.entries()) fill(join(tree, name), (index + 1) * MIB + index)
  const { sent, received, dir } = await transferBetween({ root, source: tree })
  for (const { report, top } of [
    { report: sent, top: tree },
    { report: received, top: join(dir, 'tree') },
  ]) {
    const counted = await addon.cachedPages(
      names.map((name) => join(top, name)),
      1000,
    )
    assert.ok(counted !== null && counted > 0)
    assert.equal(report.cachedPagesLeft, counted)
  }
})

describe('a transfer that is larger than free memory', { skip: without }, () => {
  for (const { end, around, options, usual } of ENDS) {
    const run = async (chosen: readonly string[]): Promise<{ report: Report; file: string }> => {
      forget(large)
      await readOther()
      const { sent, received, dir } = await transferBetween({
        ...{ root, source: large, [around]: grouped(), [options]: chosen },
      })
      return end === 'sender' ? { report: sent, file: large } : { report: received, file: join(dir, 'large') }
    }

    test(`${end}: leaves the file of another program cached`, { timeout: 120_000 }, async () => {
      const { report, file } = await run([])
      assert.equal(report.technique, 'readwrite')
      assert.equal(report.reason?.code, 'larger-than-free-memory')
      assert.deepEqual(report.dontcache, { bytes: BYTES, of: BYTES })
      assert.ok((await cachedShare(other)) > 0.95, `${await cachedShare(other)} of it is cached`)
      assert.ok((await cachedShare(file)) < 0.05)
      // What is under write-back leaves later.
      assert.ok(report.cachedPagesLeft !== null && report.cachedPagesLeft * PAGE < LIMIT)
    })

    test(`${end}: ${usual} pushes it out, as this can tell`, { timeout: 120_000 }, async () => {
      const { report } = await run(['--technique', usual])
      assert.equal(report.technique, usual)
      assert.equal(report.dontcache, null)
      assert.ok((await cachedShare(other)) < 0.5, `${await cachedShare(other)} of it is cached`)
    })
  }
})
