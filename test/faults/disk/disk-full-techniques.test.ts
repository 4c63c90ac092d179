// Invariant: with every receiving technique a disk that others fill during a transfer ends it as disk-full on both sides,
// without a crash, even under a mapping, and with nothing under a final name.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { addon } from '../../../native/index.ts'
import { penstock, receiver } from '../../support/processes/cli.ts'
import { describeMounted, mountLoop, mountMemory } from '../../support/files/loop.ts'
import { patterned } from '../../support/files/tree.ts'

const MIB = 1024 * 1024
const FILE = 150 * MIB
/** Room on the disk for the file. */
const LEFT = 100 * MIB

let root = ''
let file = ''

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-full-by-'))
  file = join(root, 'large.bin')
  await writeFile(file, patterned(FILE))
})

after(() => rm(root, { recursive: true, force: true }))

const endSchema = z.looseObject({ event: z.string(), problem: z.object({ code: z.string() }) })
const FULL = ['failed', 'disk-full']

function endOf(line: unknown) {
  const { event, problem } = endSchema.parse(line)
  return [event, problem.code]
}

// A file system in memory has no way past the page cache: there it would be another row for readwrite.
const DISKS = [
  { kind: 'ext4', techniques: ['mmap', 'direct', 'splice'], mount: () => mountLoop('ext4', 240 * MIB) },
  { kind: 'tmpfs', techniques: ['mmap', 'splice'], mount: () => mountMemory(160 * MIB) },
] as const

for (const { kind, techniques, mount } of DISKS) {
  describeMounted(kind, mount, (disk) => {
    for (const technique of techniques) {
      test(`received by ${technique}`, { timeout: 120_000 }, async () => {
        const was = await readdir(disk.path)
        const state = await mkdtemp(join(root, 'state-'))
        const taking = ['--once', '--clear', '--technique', technique]
        const receiving = await receiver(disk.path, join(state, 'r'), taking)
        const to = ['--to', `127.0.0.1:${String(receiving.port)}`, '--state', join(state, 's')]
        // Slow enough that the disk is full before all has come.
        const slow = ['--clear', '--technique', 'readwrite', '--buffer', '4096']
        const sending = penstock(['send', file, ...to, ...slow])
        await receiving.seen('offer')
        const filler = join(disk.path, 'filler')
        const { freeBytes } = addon.fileSystem(disk.path)
        assert.ok(freeBytes !== null && freeBytes > FILE, `${freeBytes} bytes free`)
        assert.equal(spawnSync('fallocate', ['-l', String(freeBytes - LEFT), filler]).status, 0)
        assert.deepEqual([await sending.exit, await receiving.exit], [1, 1])
        assert.deepEqual([endOf(sending.lines.at(-1)), endOf(receiving.lines.at(-1))], [FULL, FULL])
        await rm(filler)
        assert.deepEqual(await readdir(disk.path), was)
      })
    }
  })
}
