// Invariant: a successful clone is one FICLONE for each file with content, on the copy's thread, which moves no content
// itself; the report counts the system calls that strace counts.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { penstock } from '../support/processes/cli.ts'
import { mountLoop } from '../support/files/loop.ts'
import { describeTree, patterned } from '../support/files/tree.ts'
import { callsOfThreads, linesOfThreads } from './trace.ts'
import { missing, reportSchema } from './transfer.ts'

const MIB = 1024 * 1024
const SIZES = [0, 1, 4095, 70_001, 20 * MIB + 1]
const THREAD = 'ps-copy'
const MOVING = /^(p?readv?2?|pread64|p?writev?2?|pwrite64|copy_file_range|sendfile|splice)\(/
/** The eventfd that wakes JavaScript takes eight bytes, none of them content. */
const WAKING = /^write\(\d+, "\\1\\0\\0\\0\\0\\0\\0\\0", 8/

const without = missing('strace')

for (const kind of ['btrfs', 'xfs with reflink']) {
  describe(kind, () => {
    const mounted = mountLoop(kind, 400 * MIB)
    if (typeof mounted === 'string') {
      test('is mounted', (t) => t.skip(`NOT RUN: ${mounted}`))
      return
    }
    after(() => mounted.dispose())

    test('a clone is one call for each file', { skip: without, timeout: 120_000 }, async () => {
      const source = join(mounted.path, 'source')
      await mkdir(source)
      for (const size of SIZES) await writeFile(join(source, String(size)), patterned(size, size))
      const path = join(mounted.path, 'trace')
      const to = join(mounted.path, 'to')
      const args = ['send', source, '--to-folder', to, '--technique', 'clone', '--durability', 'os']
      const running = penstock(
        [...args, '--state', join(mounted.path, 'state')],
        ['strace', '-f', '-o', path],
      )
      assert.equal(await running.exit, 0, JSON.stringify(running.lines.at(-1)))
      const report = reportSchema.parse(running.lines.at(-1))
      assert.equal(report.technique, 'clone')
      assert.deepEqual(report.fellBackFrom, [])
      assert.deepEqual(await describeTree(join(to, 'source')), await describeTree(source))

      const trace = readFileSync(path, 'utf8')
      assert.deepEqual(callsOfThreads(trace, THREAD), report.syscalls)
      const lines = linesOfThreads(trace, THREAD)
      const clones = lines.filter((line) => /^ioctl\(\d+, .*\bFICLONE\b/.test(line))
      assert.equal(clones.length, SIZES.filter((size) => size > 0).length)
      assert.equal(report.syscalls['ioctl'], clones.length)
      assert.deepEqual(
        lines.filter((line) => MOVING.test(line) && !WAKING.test(line)),
        [],
      )
    })
  })
}
