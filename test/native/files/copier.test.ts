// Invariant: a file copied on this machine is equal byte for byte and its holes stay holes; one that cannot be copied
// completely is reported. A technique that cannot run leaves the file to the next, with the reason.
import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { addon } from '../../../native/index.ts'
import type { CopierSample, CopyEngineTechnique, EngineEnd, SourceFile } from '../../../native/index.ts'
import { fill, hash, scratchFolders, source, sparse, writeFiles } from '../harness.ts'

const ORDER: readonly CopyEngineTechnique[] = ['clone', 'copyrange', 'copyfile', 'readwrite']
const MIB = 1024 * 1024

const folder = scratchFolders()

async function copy(
  files: readonly SourceFile[],
  staging: string,
  technique: CopyEngineTechnique,
  fallback: readonly CopyEngineTechnique[] = ORDER,
): Promise<{ end: EngineEnd; sample: CopierSample }> {
  const opened = addon.openFolder(staging)
  const copier = addon.createCopier({ staging: opened, technique, fallback, durability: 'os' })
  copier.addFiles(files)
  copier.endOfFiles()
  const end = await copier.ended
  opened.close()
  return { end, sample: copier.sample() }
}

async function assertCopied(files: readonly SourceFile[], staging: string): Promise<void> {
  for (const { path, index, size } of files) {
    const copied = join(staging, String(index))
    // The commit makes an empty file.
    if (size === 0) assert.ok(!existsSync(copied))
    else assert.equal(await hash(copied), await hash(path))
  }
}

const SIZES = [0, 1, 4095, 4096, 4097, 70_000, 64 * MIB + 1, 130 * MIB]

describe('within one folder of the test machine', () => {
  const files = writeFiles(folder(), SIZES)
  for (const technique of ORDER) {
    test(`${technique} copies every size`, async () => {
      const staging = folder()
      const { end, sample } = await copy(files, staging, technique)
      assert.deepEqual(end, { kind: 'done', failures: [] })
      await assertCopied(files, staging)
      assert.equal(
        sample.bytes,
        SIZES.reduce((sum, size) => sum + size, 0),
      )
      assert.equal(sample.filesDone, files.length)
      assert.equal(sample.userCopyBytes, technique === 'readwrite' ? sample.bytes : 0)
      const opened = addon.openFolder(staging)
      const shares = await addon.sharesBlocks(opened)
      opened.close()
      // If blocks cannot be shared, the clone reports it, and the next technique copies.
      const expected = technique === 'clone' && !shares ? 'copyrange' : technique
      assert.equal(sample.technique, expected)
      assert.equal(sample.bytesBy[expected], sample.bytes)
      const refused = sample.fellBackFrom.map((one) => one.technique)
      assert.deepEqual(refused, expected === technique ? [] : ['clone'])
      assert.deepEqual(
        readdirSync(staging).filter((name) => name.startsWith('probe')),
        [],
      )
    })
  }
})

describe('across devices', () => {
  if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(folder()).dev) {
    test('tmpfs', (t) => t.skip('NOT RUN: there is no second file system at /dev/shm'))
    return
  }
  const memory = mkdtempSync('/dev/shm/penstock-copier-')
  after(() => rmSync(memory, { recursive: true, force: true }))
  const files = writeFiles(folder(), [0, 1, 5000, 3 * MIB + 1])
  test('a clone is refused with EXDEV, for this file only, and the file is copied', async () => {
    const staging = join(memory, 'across')
    mkdirSync(staging)
    const { end, sample } = await copy(files, staging, 'clone')
    assert.deepEqual(end, { kind: 'done', failures: [] })
    await assertCopied(files, staging)
    assert.ok(
      sample.fellBackFrom.some(({ technique, syscall }) => technique === 'clone' && syscall === 'ioctl'),
    )
    assert.deepEqual(addon.copyTechniques(), ORDER)
  })
  test('tmpfs to tmpfs, holes included', async () => {
    const from = join(memory, 'from')
    const staging = join(memory, 'to')
    mkdirSync(from)
    mkdirSync(staging)
    sparse(join(from, 'sparse'), 64 * MIB, [{ at: 8 * MIB, text: 'x'.repeat(4096) }])
    const sources = [source(join(from, 'sparse'), 7)]
    const { end } = await copy(sources, staging, 'clone')
    assert.deepEqual(end, { kind: 'done', failures: [] })
    await assertCopied(sources, staging)
    assert.ok(statSync(join(staging, '7')).blocks * 512 < MIB)
  })
})

describe('holes', () => {
  for (const technique of ['copyrange', 'copyfile', 'readwrite'] as const) {
    test(`${technique} leaves them where they are`, async () => {
      const from = folder()
      const staging = folder()
      const size = 48 * MIB
      const pieces = [
        { at: 0, text: 'a'.repeat(4096) },
        { at: 12 * MIB, text: 'b'.repeat(8192) },
        { at: 30 * MIB + 4096, text: 'c' },
      ]
      sparse(join(from, 'tail'), size, pieces)
      sparse(join(from, 'full end'), size, [{ at: size - 1, text: 'z' }])
      sparse(join(from, 'nothing'), size, [])
      const files = ['tail', 'full end', 'nothing'].map((name, index) => source(join(from, name), index))
      const { end, sample } = await copy(files, staging, technique)
      assert.deepEqual(end, { kind: 'done', failures: [] })
      await assertCopied(files, staging)
      for (const { index } of files) {
        const { size: length, blocks } = statSync(join(staging, String(index)))
        assert.equal(length, size)
        assert.ok(blocks * 512 < MIB, `${blocks} blocks`)
      }
      assert.equal(sample.bytes, 3 * size)
      assert.ok(sample.holeBytes > 3 * size - MIB)
      assert.equal(sample.bytesBy[technique], sample.bytes - sample.holeBytes)
    })
  }
})

describe('what cannot be copied', () => {
  test('is named, and the others arrive', async () => {
    const from = folder()
    const staging = folder()
    const files = writeFiles(from, [5000, 5000, 5000, 5000, 5000])
    const [shrunk, grown, touched, gone] = files
    truncateSync(shrunk?.path ?? '', 100)
    appendFileSync(grown?.path ?? '', 'more')
    utimesSync(touched?.path ?? '', 1, 1)
    rmSync(gone?.path ?? '')
    const { end, sample } = await copy(files, staging, 'clone')
    assert.deepEqual(end, {
      kind: 'done',
      failures: [
        { index: 0, code: 'file-shrank' },
        { index: 1, code: 'file-changed' },
        { index: 2, code: 'file-changed' },
        { index: 3, code: 'file-vanished', errno: 'ENOENT' },
      ],
    })
    assert.equal(sample.filesDone, 1)
    await assertCopied(files.slice(4), staging)
  })

  test('a staging file that is there already is never written to', async () => {
    const staging = folder()
    fill(join(staging, '0'), 10)
    const before = await hash(join(staging, '0'))
    const { end } = await copy(writeFiles(folder(), [100]), staging, 'copyfile')
    assert.deepEqual(end, { kind: 'done', failures: [{ index: 0, code: 'io', errno: 'EEXIST' }] })
    assert.equal(await hash(join(staging, '0')), before)
  })

  test('without any technique left the file fails, and is not passed off as good', async () => {
    if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(folder()).dev) return
    const memory = mkdtempSync('/dev/shm/penstock-copier-')
    const { end } = await copy(writeFiles(folder(), [100]), memory, 'clone', [])
    rmSync(memory, { recursive: true })
    assert.deepEqual(end, { kind: 'done', failures: [{ index: 0, code: 'io', errno: 'EXDEV' }] })
  })
})

describe('cancel', () => {
  test('ends a copy in the middle of a file', async () => {
    const staging = folder()
    const files = writeFiles(folder(), [700 * MIB])
    const opened = addon.openFolder(staging)
    const copier = addon.createCopier({
      staging: opened,
      technique: 'copyfile',
      fallback: [],
      durability: 'os',
    })
    copier.addFiles(files)
    while (copier.sample().bytes === 0) await new Promise(setImmediate)
    copier.cancel()
    assert.deepEqual(await copier.ended, { kind: 'cancelled', failures: [] })
    assert.ok(copier.sample().bytes < 700 * MIB)
    opened.close()
  })

  test('ends a copier that waits for files', async () => {
    const opened = addon.openFolder(folder())
    const copier = addon.createCopier({ staging: opened, technique: 'clone', fallback: [], durability: 'os' })
    copier.cancel()
    assert.deepEqual(await copier.ended, { kind: 'cancelled', failures: [] })
    opened.close()
  })
})
