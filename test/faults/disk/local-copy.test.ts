// Invariant: the report of a local copy counts the calls that strace sees in its thread; a copy that is killed or fills the
// disk leaves nothing under a final name.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { penstock } from '../../support/processes/cli.ts'
import { callsOf, OF_THE_THREAD_ITSELF } from '../../support/processes/strace.ts'
import { makeTree, patterned } from '../../support/files/tree.ts'

let root = ''
let source = ''

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-copying-'))
  source = join(root, 'source')
  await mkdir(source)
  await makeTree(source)
  const file = await open(join(source, 'larger'), 'w')
  const piece = patterned(16 * 1024 * 1024)
  for (let at = 0; at < 20; at += 1) await file.write(piece)
  await file.truncate(600 * 1024 * 1024)
  await file.close()
})

after(async () => {
  spawnSync('chmod', ['-R', 'u+w', root])
  await rm(root, { recursive: true, force: true })
})

const reportSchema = z.looseObject({ event: z.literal('report'), syscalls: z.record(z.string(), z.number()) })

for (const technique of ['clone', 'copyrange', 'copyfile']) {
  test(`strace counts what the report counts: ${technique}`, { timeout: 120_000 }, async (t) => {
    if (spawnSync('strace', ['-V']).status !== 0) return t.skip('NOT RUN: strace is not installed')
    const trace = join(root, `trace-${technique}`)
    const args = ['send', source, '--to-folder', join(root, technique), '--technique', technique]
    const running = penstock(
      [...args, '--durability', 'os', '--state', join(root, 'state')],
      ['strace', '-f', '-o', trace],
    )
    assert.equal(await running.exit, 0)
    const { syscalls } = reportSchema.parse(running.lines.at(-1))
    const seen = callsOf(await readFile(trace, 'utf8'), 'ps-copy')
    for (const name of OF_THE_THREAD_ITSELF) Reflect.deleteProperty(seen, name)
    assert.deepEqual(seen, syscalls)
  })
}

test('a full disk is named, and nothing is left behind', async (t) => {
  const disk = join(root, 'disk')
  await mkdir(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=350m', 'tmpfs', disk]).status !== 0) {
    return t.skip('NOT RUN: mounting needs root')
  }
  try {
    const args = ['send', source, '--to-folder', disk, '--state', join(root, 'state')]
    const before = penstock(args)
    assert.equal(await before.exit, 0)
    // A second one does not fit any more: found before it begins.
    const second = penstock(args)
    assert.equal(await second.exit, 1)
    assert.equal(problemOf(second.lines.at(-1)), 'folder-full')
    assert.deepEqual(await readdir(disk), ['source'])
  } finally {
    spawnSync('umount', [disk])
  }
})

test('a disk that becomes full while bytes move is named with the folder', async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('NOT RUN: strace is not installed')
  const target = join(root, 'becomes-full')
  const args = ['send', source, '--to-folder', target, '--technique', 'copyfile']
  const inject = ['-e', 'trace=sendfile', '-e', 'inject=sendfile:error=ENOSPC:when=2+']
  const running = penstock(
    [...args, '--state', join(root, 'state')],
    ['strace', '-f', '-qq', '-o', '/dev/null', ...inject],
  )
  assert.equal(await running.exit, 1)
  const last = z.looseObject({ event: z.literal('failed'), message: z.string() }).parse(running.lines.at(-1))
  assert.equal(problemOf(last), 'folder-full')
  assert.match(
    last.message,
    new RegExp(`^The disk of this folder is full: ${target}\\. Free some space on it`),
  )
  assert.deepEqual(await readdir(target), [])
})

function problemOf(line: unknown): string {
  return z.looseObject({ problem: z.object({ code: z.string() }) }).parse(line).problem.code
}

test('Ctrl-C leaves nothing behind', async () => {
  const target = join(root, 'interrupted')
  const running = penstock([
    ...['send', source, '--to-folder', target, '--technique', 'copyfile', '--durability', 'through'],
    ...['--state', join(root, 'state')],
  ])
  await running.seen('progress')
  running.child.kill('SIGINT')
  assert.equal(await running.exit, 130)
  assert.deepEqual(await readdir(target), [])
})
