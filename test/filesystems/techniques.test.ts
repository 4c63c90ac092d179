// Invariant: with every pair of techniques, with and without the check, files of every awkward size arrive equal on every
// common file system, holes stay holes, and an operation that a file system only pretends to do is not reported as done.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { addon } from '../../native/index.ts'
import { assertCarried, COMBINATIONS, nameOf } from '../native/carried.ts'
import { fill, source, sparse, transfer, writeFiles } from '../native/harness.ts'
import { describeMounted, mountLoop, mountMemory } from '../support/files/loop.ts'

const MIB = 1024 * 1024
const PAGE = 4096
/** A range on the wire; a hole is sent as one where it covers a whole one. */
const RANGE = 8 * MIB
const DISK = 600 * MIB

/** Beside each other so that some go as ranges and some in batches. */
const SIZES = [
  ...[RANGE + MIB + 1, PAGE - 1, 70_000, 0, 70_000, 1, 70_000, PAGE, 70_001],
  ...[0, 1, PAGE - 1, PAGE, PAGE + 1, 65_536, 65_537],
]

const PLACES = [
  { kind: 'ext4', type: 'ext4', mount: () => mountLoop('ext4', DISK) },
  { kind: 'xfs with reflink', type: 'xfs', mount: () => mountLoop('xfs with reflink', DISK) },
  { kind: 'btrfs', type: 'btrfs', mount: () => mountLoop('btrfs', DISK) },
  { kind: 'tmpfs', type: 'tmpfs', mount: () => mountMemory(DISK) },
] as const

for (const { kind, type, mount } of PLACES) {
  describeMounted(kind, mount, (mounted) => {
    const sources = join(mounted.path, 'sources')
    mkdirSync(sources)
    const plain = writeFiles(sources, SIZES)
    const holed = join(sources, 'holed')
    // A range of data in the middle, and a last one that ends in the middle of a block.
    sparse(holed, 3 * RANGE + 3, [
      { at: RANGE + 5, text: 'in the middle' },
      { at: 3 * RANGE, text: 'end' },
    ])
    const files = [...plain, source(holed, plain.length)]
    const staging = join(mounted.path, 'staging')
    beforeEach(() => {
      mkdirSync(staging)
    })
    afterEach(() => {
      rmSync(staging, { recursive: true })
    })

    for (const combination of COMBINATIONS) {
      test(nameOf(combination), async () => {
        const { sent, taken } = await assertCarried(files, staging, combination)
        assert.deepEqual([sent.holeBytes, taken.holeBytes], [2 * RANGE, 2 * RANGE])
        const { blocks } = statSync(join(staging, String(plain.length)))
        assert.ok(blocks * 512 <= RANGE + 64 * 1024, `${blocks} blocks of a file that is mostly hole`)
      })
    }

    test('it is the file system that it is taken for', () => {
      assert.equal(addon.fileSystem(mounted.path).type, type)
    })

    test('options of mmap', async () => {
      const mapOptions = ['sequential', 'willneed', 'populate', 'lock'] as const
      const { sender, sent } = await transfer(files, staging, { send: 'mmap', check: false, mapOptions })
      assert.equal(sender.kind, 'done')
      const done = sent.mapped.options.filter(({ windows }) => windows === sent.mapped.windows)
      assert.deepEqual(
        done.map(({ option }) => option),
        mapOptions,
      )
    })

    if (type === 'btrfs') {
      test('without checksums direct writes are direct', async () => {
        const bare = join(mounted.path, 'bare')
        mkdirSync(bare)
        const done = spawnSync('chattr', ['+C', bare])
        assert.equal(done.status, 0)
        const large = join(sources, 'large')
        fill(large, RANGE)
        const { taken } = await transfer([source(large)], bare, { receive: 'direct' })
        assert.deepEqual([taken.technique, taken.directBytes], ['direct', RANGE])
      })
    }
  })
}
