// Invariant: with every technique a file with a placement has its name, mode and time as soon as it has arrived; one that cannot
// be placed is reported with the reason, affects no other file, and nothing leaves the tree.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { addon, type Placement, type SourceFile } from '../../../native/index.ts'
import { KERNELS } from '../../support/kernels.ts'
import { checksOf, hash, scratch, transfer, writeFiles } from '../harness.ts'

const MTIME = 1_500_000_000_123_456_700n
const RECEIVE = addon.supportedTechniques().receive

const root = scratch()
after(() => root.dispose())

let stagings = 0
function staging(): string {
  stagings += 1
  const path = join(root.path, `staging-${stagings}`)
  mkdirSync(join(path, 'tree', 'top', 'below'), { recursive: true })
  return path
}

const sizes = [0, 1, 4096, 70_000, 9 * 1024 * 1024 + 3, 20_000_000, 5]
const folder = join(root.path, 'source')
mkdirSync(folder)
const files: readonly SourceFile[] = writeFiles(folder, sizes)
const modes = [0o600, 0o644, 0o755, 0o444, 0o640, 0o400, 0o604]
const placed = (index: number): Placement => ({
  path: index % 2 === 0 ? `top/${index} 名` : `top/below/${index}`,
  mode: modes[index] ?? 0o644,
  mtimeNs: MTIME + BigInt(index),
})

describe('files under their own names', () => {
  for (const receive of RECEIVE) {
    for (const check of checksOf(receive)) {
      for (const streams of [1, 4]) {
        test(`${receive}, check ${check ? 'on' : 'off'}, ${streams} streams`, async () => {
          const into = staging()
          const tree = addon.openFolder(join(into, 'tree'))
          const outcome = await transfer(files, into, { receive, check, streams, tree, placement: placed })
          tree.close()
          assert.equal(outcome.receiver.kind, 'done')
          assert.deepEqual(outcome.displaced, [])
          assert.deepEqual(readdirSync(into), ['tree'])
          for (const { index, path } of files) {
            const { path: own, mode, mtimeNs } = placed(index)
            const facts = statSync(join(into, 'tree', own), { bigint: true })
            assert.equal(facts.mode & 0o7777n, BigInt(mode))
            assert.equal(facts.mtimeNs, mtimeNs)
            assert.equal(await hash(join(into, 'tree', own)), await hash(path))
          }
        })
      }
    }
  }
})

for (const { on, addon } of KERNELS)
  describe(`a name that cannot be had${on}`, () => {
    /** The results of two files if the second is to be created there. */
    async function second(path: string, into = staging()) {
      const tree = addon.openFolder(join(into, 'tree'))
      const placement = (index: number): Placement =>
        index === 1
          ? { path: 'top/first', mode: 0o644, mtimeNs: MTIME }
          : { path, mode: 0o644, mtimeNs: MTIME }
      const two = [files[1], files[2]].flatMap((file) => file ?? [])
      const outcome = await transfer(two, into, { tree, placement, addon })
      tree.close()
      assert.equal(outcome.receiver.kind, 'done')
      assert.equal(await hash(join(into, 'tree', 'top', 'first')), await hash(files[1]?.path ?? ''))
      // The receiver still read its bytes, so that the others could arrive.
      assert.equal(await hash(join(into, '2')), await hash(files[2]?.path ?? ''))
      return outcome.displaced
    }

    test(`is one that another file has`, async () => {
      assert.deepEqual(await second('top/first'), [{ index: 2, code: 'EEXIST', named: false }])
    })

    test(`lies in a folder that is not there`, async () => {
      assert.deepEqual(await second('top/none/name'), [{ index: 2, code: 'ENOENT', named: false }])
    })

    test(`leads out of the tree`, async () => {
      const into = staging()
      const outside = join(root.path, `outside-${stagings}`)
      mkdirSync(outside)
      symlinkSync(outside, join(into, 'tree', 'top', 'link'))
      for (const path of ['top/link/name', '../../../escaped', `${outside}/name`, 'top/below/..', 'alone']) {
        const [displaced] = await second(path, into)
        assert.equal(displaced?.index, 2, path)
        assert.equal(displaced.named, false)
        for (const name of ['2', 'tree/top/first']) remove(into, name)
      }
      assert.deepEqual(readdirSync(outside), [])
      assert.ok(!existsSync(join(root.path, 'escaped')))
    })

    function remove(into: string, name: string): void {
      assert.ok(readFileSync(join(into, name)).length > 0)
      rmSync(join(into, name))
    }
  })
