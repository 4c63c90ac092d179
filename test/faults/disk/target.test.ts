// Invariant: before the user accepts, nothing is written to the target folder. Both ends report the same true reason for a
// target that cannot take the files, and nothing remains in it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test, type TestContext } from 'node:test'
import type { Transfer } from '../../../main/core/api.ts'
import { mountFaultFs } from '../../support/files/faultfs/index.ts'
import { receiveOptions, sendOptions } from '../../support/penstock/options.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'

let root = ''
let dir = ''
let pair: Pair
let undo: (() => void)[] = []

before(async () => {
  pair = await openPair()
})
after(() => pair.close())
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-target-'))
  dir = join(root, 'target')
  await mkdir(dir)
  await writeFile(join(root, 'a.txt'), 'a')
})
afterEach(async () => {
  for (const step of undo.reverse()) step()
  undo = []
  await rm(root, { recursive: true, force: true })
})

/** Runs a program; false if it fails on this machine. */
function run(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).status === 0
}

function mounted(t: TestContext, options: string): boolean {
  if (run('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', dir)) {
    undo.push(() => run('umount', dir))
    return true
  }
  t.skip('NOT RUN: mounting needs root')
  return false
}

/** Sends; `spoil` changes the target once the offer has arrived. */
async function codes(spoil: () => Promise<void>): Promise<string[]> {
  const ends = await pair.deliver([join(root, 'a.txt')], dir, {
    receive: {
      decide: async () => {
        await spoil()
        return { accept: true }
      },
    },
  })
  return [ends.receiver, ends.sender].map((end) => (end.kind === 'done' ? 'done' : end.problem.code))
}

test('a file system that does not report its room takes the files', async (t) => {
  const disk = await mountFaultFs()
  if (typeof disk === 'string') return t.skip(`NOT RUN: ${disk}`)
  undo.push(() => void disk.dispose())
  await disk.zeroStatfs()
  const ends = await pair.deliver([join(root, 'a.txt')], disk.path)
  assert.deepEqual([ends.receiver.kind, ends.sender.kind], ['done', 'done'])
  assert.deepEqual(await readdir(disk.behind), ['a.txt'])
  await disk.dispose()
})

test('an offer that is not accepted writes nothing', async (t) => {
  const disk = await mountFaultFs()
  if (typeof disk === 'string') return t.skip(`NOT RUN: ${disk}`)
  undo.push(() => void disk.dispose())
  let seen: readonly string[] = ['not asked']
  await pair.deliver([join(root, 'a.txt')], disk.path, {
    receive: {
      decide: async () => {
        seen = await readdir(disk.behind)
        return { accept: false, problem: { code: 'refused' } }
      },
    },
  })
  assert.deepEqual(seen, [])
  for (const operation of ['mkdir', 'create', 'symlink', 'unlink', 'rmdir', 'write'] as const) {
    assert.equal(await disk.count(operation), 0, operation)
  }
  await disk.dispose()
})

describe('a target that cannot take the files', () => {
  test('is a file now', async () => {
    assert.deepEqual(
      await codes(async () => {
        await rm(dir, { recursive: true })
        await writeFile(dir, 'mine')
      }),
      ['target-unusable', 'target-unusable'],
    )
  })

  test('is immutable', async (t) => {
    if (!run('chattr', '+i', dir)) return t.skip('NOT RUN: needs root and a file system with attributes')
    undo.push(() => run('chattr', '-i', dir))
    assert.deepEqual(await codes(() => Promise.resolve()), ['no-permission', 'no-permission'])
    assert.deepEqual(await readdir(dir), [])
  })

  test('is read-only', async (t) => {
    if (!mounted(t, 'size=1m')) return
    assert.deepEqual(
      await codes(() => {
        assert.ok(run('mount', '-o', 'remount,ro', dir))
        return Promise.resolve()
      }),
      ['no-permission', 'no-permission'],
    )
    assert.deepEqual(await readdir(dir), [])
  })

  test('has no inodes', async (t) => {
    if (!mounted(t, 'size=10m,nr_inodes=4')) return
    for (const name of ['1', '2', '3']) await writeFile(join(dir, name), '')
    assert.deepEqual(await codes(() => Promise.resolve()), ['disk-full', 'disk-full'])
    assert.deepEqual((await readdir(dir)).sort(), ['1', '2', '3'])
  })

  test('has one inode, which the staging folder takes', async (t) => {
    if (!mounted(t, 'size=10m,nr_inodes=4')) return
    for (const name of ['1', '2']) await writeFile(join(dir, name), '')
    assert.deepEqual(await codes(() => Promise.resolve()), ['disk-full', 'disk-full'])
    assert.deepEqual((await readdir(dir)).sort(), ['1', '2'])
  })
})

describe('a target that goes away during the transfer', () => {
  const GONE = {
    'is deleted': () => {
      rmSync(dir, { recursive: true })
    },
    'is a file now': () => {
      rmSync(dir, { recursive: true })
      writeFileSync(dir, 'mine')
    },
  }
  const SENT = ['in', 'top.txt']

  /** Sends a folder and a file, and spoils the target as soon as the receiver's transfer is in this state. */
  async function spoiled(state: 'running' | 'committing', how: () => void, security: 'encrypted' | 'clear') {
    await mkdir(join(root, 'in', 'sub'), { recursive: true })
    await writeFile(join(root, 'in', 'sub', 'a'), 'a')
    await writeFile(join(root, 'top.txt'), 'top')
    const receiving = await pair.receiver.receive(receiveOptions(dir, { durability: 'commit' }))
    try {
      const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
      const device = await pair.sender.peers.probe('127.0.0.1', receiving.port)
      const paths = SENT.map((name) => join(root, name))
      const sending = pair.sender.send(sendOptions(paths, device, { security }))
      const transfer = await arrived
      let isSpoiled = false
      transfer.onChange(() => {
        if (isSpoiled || transfer.view().state.kind !== state) return
        isSpoiled = true
        how()
      })
      const ends = [await transfer.ended, await sending.ended]
      assert.ok(isSpoiled)
      return ends.map((end) => (end.kind === 'done' ? 'done' : end.problem.code))
    } finally {
      await receiving.close()
    }
  }

  for (const [name, how] of Object.entries(GONE)) {
    for (const state of ['running', 'committing'] as const) {
      for (const security of ['encrypted', 'clear'] as const) {
        test(`${name}, ${state}, ${security}`, async () => {
          assert.deepEqual(await spoiled(state, how, security), ['target-unusable', 'target-unusable'])
        })
      }
    }
  }
})

test('a target that was removed is made again', async () => {
  assert.deepEqual(await codes(() => rm(dir, { recursive: true })), ['done', 'done'])
  assert.deepEqual(await readdir(dir), ['a.txt'])
})

test('a target in which nothing can be removed gets the files', async (t) => {
  if (!run('chattr', '+a', dir)) return t.skip('NOT RUN: needs root and a file system with attributes')
  undo.push(() => run('chattr', '-a', dir))
  const ends = await pair.deliver([join(root, 'a.txt')], dir)
  assert.deepEqual([ends.receiver.kind, ends.sender.kind], ['done', 'done'])
  assert.ok(ends.receiver.kind === 'done')
  assert.deepEqual(
    ends.receiver.report.notes.map(({ code }) => code),
    ['staging-left'],
  )
})
