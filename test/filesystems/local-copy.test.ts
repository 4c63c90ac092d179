// Invariant: on a file system that shares blocks a copy shares them and uses no space; on any other the same command copies
// and reports why. In both cases the files are equal.
import { copyCountSchema } from '../../main/contract/report.ts'
import { copyRuleCode } from '../../main/messages/copy-rules.ts'
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { addon } from '../../native/index.ts'
import { penstock } from '../support/processes/cli.ts'
import { LOOP_KINDS, mountLoop } from '../support/files/loop.ts'
import { describeTree, makeTree, patterned } from '../support/files/tree.ts'

const MIB = 1024 * 1024
const LARGE_MIB = 400

const reportSchema = z.looseObject({
  event: z.literal('report'),
  technique: z.string(),
  fellBackFrom: z.array(z.object({ technique: z.string() })),
  copies: copyCountSchema,
  bytes: z.number(),
  userCopyBytes: z.number(),
})

async function rmTree(dir: string): Promise<void> {
  await chmod(join(dir, 'source', 'read only'), 0o755)
  await rm(dir, { recursive: true })
}

for (const kind of LOOP_KINDS.filter((one) => !one.startsWith('ext'))) {
  const shares = kind !== 'xfs without reflink'
  describe(kind, () => {
    const mounted = mountLoop(kind, (shares ? 1024 : 2048) * MIB)
    if (typeof mounted === 'string') {
      test('is mounted', (t) => t.skip(`NOT RUN: ${mounted}`))
      return
    }
    after(() => {
      mounted.dispose()
    })
    const source = join(mounted.path, 'source')
    const free = (): number => addon.fileSystem(mounted.path).freeBytes ?? assert.fail('no figure')

    const copyBy = async (technique: string, dir: string) => {
      const args = ['send', source, '--to-folder', dir, '--technique', technique]
      const running = penstock([...args, '--state', join(mounted.path, 'state')])
      assert.equal(await running.exit, 0, JSON.stringify(running.lines.at(-1)))
      return reportSchema.parse(running.lines.at(-1))
    }

    test('the source is made', async () => {
      await mkdir(source)
      await makeTree(source)
      const large = await open(join(source, 'larger'), 'w')
      // Before it is written: XFS allocates room ahead for a growing file, which would fill the hole with blocks.
      await large.truncate((LARGE_MIB + 64) * MIB)
      const piece = patterned(MIB)
      for (let at = 0; at < LARGE_MIB; at += 1) await large.write(piece)
      await large.sync()
      await large.close()
    })

    const ways = shares
      ? ([
          ['auto', 'clone'],
          ['copyrange', 'copyrange'],
        ] as const)
      : ([
          ['auto', 'copyrange'],
          ['copyfile', 'copyfile'],
        ] as const)
    for (const [technique, ran] of ways) {
      test(`${technique} runs as ${ran}`, async () => {
        const dir = join(mounted.path, `to-${technique}`)
        const before = free()
        const report = await copyBy(technique, dir)
        const taken = before - free()
        assert.deepEqual(await describeTree(join(dir, 'source')), await describeTree(source))
        assert.deepEqual(await readdir(dir), ['source'])
        assert.equal(report.technique, ran)
        assert.equal(report.userCopyBytes, 0)
        if (shares) {
          assert.deepEqual([report.copies.cpu, report.copies.dma], [0, 0])
          assert.match(copyRuleCode(report.copies.rule), /shares-blocks/)
          assert.deepEqual(report.fellBackFrom, [])
          // The evidence: hundreds of megabytes that take almost no room.
          assert.ok(taken < 40 * MIB, `${taken} bytes taken`)
        } else {
          assert.deepEqual([report.copies.cpu, report.copies.dma], [1, 2])
          assert.deepEqual(
            report.fellBackFrom.map((from) => from.technique),
            technique === 'auto' ? ['clone'] : [],
          )
          assert.ok(taken > LARGE_MIB * MIB * 0.9, `${taken} bytes taken`)
        }
        const { blocks } = await stat(join(dir, 'source', 'larger'))
        assert.ok(blocks * 512 <= (LARGE_MIB + 1) * MIB, `${blocks} blocks`)
        // It stays as long as the file system: XFS frees room some time after a file is removed.
      })
    }

    if (shares) {
      test('more than the disk has room for is copied all the same', async () => {
        assert.ok(free() < 2 * LARGE_MIB * MIB)
        for (const name of ['one', 'two', 'three']) await copyBy('clone', join(mounted.path, name))
      })
    }

    test('a copy to another file system is made by copying, and the clone is not forgotten', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'penstock-across-'))
      const report = await copyBy('clone', dir)
      assert.deepEqual(await describeTree(join(dir, 'source')), await describeTree(source))
      assert.equal(report.copies.cpu, 1)
      assert.ok(report.fellBackFrom.some((from) => from.technique === 'clone'))
      await rmTree(dir)
    })
  })
}
