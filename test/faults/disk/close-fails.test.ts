// Invariant: neither side counts a received file as delivered if its close fails; the report has the disk's errno, and the
// other files arrive. File systems that write late, such as network ones, report errors of writes at close.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { addon, type CopyEngineTechnique } from '../../../native/index.ts'
import { assertEqual } from '../../native/carried.ts'
import { hash, TECHNIQUES, transfer, writeFiles } from '../../native/harness.ts'
import { mountFaultFs } from '../../support/files/faultfs/index.ts'
import { describeMounted } from '../../support/files/loop.ts'

const REASONS = [
  { errno: 'ENOSPC', code: 'disk-full' },
  { errno: 'EDQUOT', code: 'disk-full' },
  { errno: 'EIO', code: 'io' },
] as const
/** Small ones that go in one batch, an empty one among them, and three that go as ranges. */
const SIZES = [10, 0, 5000, 60_000, 200_000, 9 * 1024 * 1024, 70_000]
const LOST = [1, 2, 5]

const mounted = await mountFaultFs()

describeMounted(
  'a close that fails',
  () => mounted,
  (disk) => {
    const sources = mkdtempSync(join(tmpdir(), 'penstock-close-fails-'))
    after(() => {
      rmSync(sources, { recursive: true })
    })
    const files = writeFiles(sources, SIZES)
    let count = 0
    const folder = (): string => {
      count += 1
      const path = join(disk.path, `staging-${String(count)}`)
      mkdirSync(path)
      return path
    }

    for (const receive of TECHNIQUES.receive) {
      for (const check of [true, false]) {
        for (const placed of [false, true]) {
          const name = `${receive}, check ${check ? 'on' : 'off'}, ${placed ? 'placed' : 'by number'}`
          test(name, async () => {
            for (const { errno, code } of REASONS) {
              await disk.clear()
              for (const index of LOST) await disk.fail('flush', errno, { names: `*/${String(index)}` })
              const staging = folder()
              const opened = addon.openFolder(staging)
              const tree = addon.makeFolder(opened, 'tree')
              addon.makeFolder(tree, 'top').close()
              const outcome = await transfer(files, staging, {
                ...{ receive, check, streams: 2, tree },
                placement: (index) =>
                  placed ? { path: `top/${String(index)}`, mode: 0o600, mtimeNs: 5n } : undefined,
              })
              tree.close()
              opened.close()
              const expected = LOST.map((index) => ({ index, code, errno }))
              const byIndex = (left: { index: number }, right: { index: number }): number =>
                left.index - right.index
              assert.deepEqual([...outcome.received].sort(byIndex), expected)
              for (const end of [outcome.sender, outcome.receiver]) {
                assert.equal(end.kind, 'done')
                assert.deepEqual([...end.failures].sort(byIndex), expected)
              }
              assert.equal(outcome.taken.filesDone, SIZES.length - LOST.length)
              const whole = files.filter(({ index }) => !LOST.includes(index))
              await assertEqual(whole, placed ? join(staging, 'tree', 'top') : staging)
            }
          })
        }
      }
    }

    for (const technique of addon.copyTechniques()) {
      test(`of a copy by ${technique}`, async () => {
        await disk.clear()
        await disk.fail('flush', 'ENOSPC', { names: '*/5' })
        const staging = folder()
        const opened = addon.openFolder(staging)
        const fallback: readonly CopyEngineTechnique[] = ['copyrange', 'copyfile']
        const copier = addon.createCopier({ staging: opened, technique, fallback, durability: 'os' })
        copier.addFiles(files)
        copier.endOfFiles()
        const failures = [{ index: 5, code: 'disk-full', errno: 'ENOSPC' }]
        assert.deepEqual(await copier.ended, { kind: 'done', failures })
        opened.close()
        for (const { index, path, size } of files) {
          if (size > 0 && index !== 5)
            assert.equal(await hash(join(staging, String(index))), await hash(path))
        }
      })
    }
  },
)
