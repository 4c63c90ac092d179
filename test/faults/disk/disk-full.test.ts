// Invariant: both sides report a disk that is or becomes full, and nothing remains on it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { penstock, receiver, type Running, sendTo } from '../../support/processes/cli.ts'
import { patterned } from '../../support/files/tree.ts'

let root = ''
let disk = ''
let file = ''
let mounted = false

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-full-'))
  disk = join(root, 'disk')
  file = join(root, 'large.bin')
  await mkdir(disk)
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk]).status === 0
  await writeFile(file, patterned(150 * 1024 * 1024))
})

after(async () => {
  if (mounted) spawnSync('umount', [disk])
  await rm(root, { recursive: true, force: true })
})

const endSchema = z.looseObject({ event: z.string(), problem: z.object({ code: z.string() }) })

function endOf(running: Running) {
  const { event, problem } = endSchema.parse(running.lines.at(-1))
  return [event, problem.code]
}

async function send(name: string, beforeBytes: () => Promise<void>) {
  const receiving = await receiver(disk, join(root, `state-${name}-r`), ['--once', '--clear'])
  await beforeBytes()
  const sending = penstock([
    ...sendTo(receiving.port, file, join(root, `state-${name}-s`)),
    ...['--clear', '--technique', 'readwrite', '--buffer', '4096'],
  ])
  return { sending, receiving }
}

/** Both sides fail by the full disk, and nothing of the transfer is left on it. */
async function assertFull({ sending, receiving }: Awaited<ReturnType<typeof send>>): Promise<void> {
  assert.equal(await sending.exit, 1)
  assert.equal(await receiving.exit, 1)
  assert.deepEqual(
    [endOf(sending), endOf(receiving)],
    [
      ['failed', 'disk-full'],
      ['failed', 'disk-full'],
    ],
  )
  assert.deepEqual(await readdir(disk), ['filler'])
}

test('too small from the start', { timeout: 60_000 }, async (t) => {
  if (!mounted) return t.skip('NOT RUN: needs root to mount a small file system')
  const filler = join(disk, 'filler')
  const sent = await send('small', () => writeFile(filler, Buffer.alloc(40 * 1024 * 1024)))
  await assertFull(sent)
  await rm(filler)
})

test('filled by others while bytes move', { timeout: 60_000 }, async (t) => {
  if (!mounted) return t.skip('NOT RUN: needs root to mount a small file system')
  const filler = join(disk, 'filler')
  const sent = await send('filled', () => Promise.resolve())
  await sent.receiving.seen('offer')
  // At once, and more than is left beside the file, so that the transfer cannot be done before.
  spawnSync('fallocate', ['-l', '40m', filler])
  await assertFull(sent)
  await rm(filler)
})
