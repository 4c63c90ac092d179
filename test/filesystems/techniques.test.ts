// Invariant: with every pair of techniques, with and without the check, files of every awkward size arrive equal on every
// common file system, holes stay holes, and an operation that a file system only pretends to do is not reported as done.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { addon } from '../../native/index.ts'
import { assertCarried, assertEqual, COMBINATIONS, nameOf } from '../native/carried.ts'
import { fill, source, sparse, transfer, writeFiles } from '../native/harness.ts'
import { describeMounted, mountLoop, mountMemory } from '../support/files/loop.ts'

const MIB = 1024 * 1024
const PAGE = 4096
/** A range on the wire; a hole is sent as a hole if it covers a whole range. */
const RANGE = 8 * MIB
const DISK = 600 * MIB

/** In an order in which some go as ranges and some in batches. */
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

/** Writes a file to the disk and drops its pages. */
function forget(path: string): void {
  syncFolder(path)
  assert.equal(spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0']).status, 0)
}

function syncFolder(path: string): void {
  assert.equal(spawnSync('sync', ['-f', path]).status, 0)
}

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
    const skips = addon.skipsCache(mounted.path)
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

    for (const check of [true, false]) {
      test(`readwrite with dontcache, check ${check ? 'on' : 'off'}`, async () => {
        const outcome = await transfer(files, staging, {
          ...{ send: 'readwrite', receive: 'readwrite', dontCache: true, check },
          // Not a multiple of a page: only whole ones can leave.
          bufferBytes: 100_000,
        })
        assert.equal(outcome.receiver.kind, 'done')
        await assertEqual(files, staging)
        const refused = { bytes: 0, code: 'EOPNOTSUPP', syscall: 'RWF_DONTCACHE' }
        for (const { uncached, bytes, holeBytes, syscalls, fellBackFrom } of [outcome.sent, outcome.taken]) {
          assert.deepEqual(uncached, skips ? { bytes: bytes - holeBytes } : refused)
          assert.deepEqual(fellBackFrom, [])
          const plain = (syscalls['pread64'] ?? 0) + (syscalls['pwrite64'] ?? 0)
          assert.equal(plain > 0, !skips)
        }
      })
    }

    for (const dontCache of [true, false]) {
      test(`${dontCache ? 'with dontcache nothing' : 'without it all'} stays in the page cache`, async () => {
        const path = join(sources, 'on-disk')
        fill(path, 5 * RANGE + 5000)
        forget(path)
        await transfer([source(path)], staging, {
          ...{ send: 'readwrite', receive: 'readwrite', bufferBytes: 100_000, dontCache },
        })
        const taken = join(staging, '0')
        syncFolder(staging)
        for (const file of [path, taken]) {
          const { lookedBytes, cachedBytes } = await addon.cachedPart([file], 1000)
          const cached = cachedBytes / lookedBytes
          assert.ok(skips && dontCache ? cached < 0.01 : cached > 0.9, `${file}: ${cached} of it is cached`)
        }
        rmSync(path)
      })
    }

    test('whether dontcache works is the same of a folder and of a file in it', () => {
      // On others it depends on the kernel: Linux 6.14 and later have it on ext4 and XFS.
      if (type === 'tmpfs') assert.equal(skips, false)
      assert.equal(addon.skipsCache(plain[0]?.path ?? ''), skips)
      assert.equal(addon.skipsCache(join(mounted.path, 'missing')), false)
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
