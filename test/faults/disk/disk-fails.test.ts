// Invariant: with every sending technique a file that the disk cannot read completely is reported with the disk's own errno,
// even under a mapping, which does not return one; the others arrive.
import assert from 'node:assert/strict'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { SourceFile } from '../../../native/index.ts'
import { assertEqual } from '../../native/carried.ts'
import { source, TECHNIQUES, transfer, writeFiles } from '../../native/harness.ts'
import { mountLoop } from '../../support/files/loop.ts'

const MIB = 1024 * 1024
const SMALL = 60_000
/** A page in the middle, so that what is before it can be had. */
const DAMAGED_AT = 40_960
const MARK = 'the page that the disk does not give back: '

function put(path: string, at: number, text: string): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, text, at)
  closeSync(fd)
}

/** Changes one byte below the file system, which keeps checksums: reading it is EIO from then on. */
function damage(image: string, mark: string): void {
  const content = readFileSync(image)
  const at = content.indexOf(mark)
  assert.ok(at >= 0 && content.indexOf(mark, at + 1) < 0, 'the mark is there once')
  put(image, at, mark.charAt(0).toUpperCase())
}

describe('btrfs with damaged pages', () => {
  const disk = mountLoop('btrfs', 200 * MIB)
  if (typeof disk === 'string') {
    test('is mounted', (t) => t.skip(`NOT RUN: ${disk}`))
    return
  }
  const staging = mkdtempSync(join(tmpdir(), 'penstock-disk-fails-'))
  after(() => {
    disk.dispose()
    rmSync(staging, { recursive: true })
  })
  // One of the small ones, one that goes as a range, and one that slices are taken of.
  const sizes = [...Array.from({ length: 20 }, () => SMALL), 3 * MIB, 3 * MIB]
  const damaged = [7, 20, 21]
  for (const { index, path } of writeFiles(disk.path, sizes)) {
    if (damaged.includes(index)) put(path, DAMAGED_AT, `${MARK}${String(index)}.`)
  }
  disk.whileUnmounted((image) => {
    for (const index of damaged) damage(image, `${MARK}${String(index)}.`)
  })
  const files = sizes.map((_, index) => source(join(disk.path, `source-${String(index)}`), index))
  const sliced = files[21]
  assert.ok(sliced)
  const slices = Array.from({ length: 20 }, (_, index): SourceFile => ({
    ...sliced,
    index,
    offset: index * 8192,
    size: 4096,
  }))

  const LISTS = [
    { name: 'files', list: files.slice(0, 21), lost: [7, 20] },
    { name: 'slices', list: slices, lost: [DAMAGED_AT / 8192] },
  ]
  for (const technique of TECHNIQUES.send) {
    for (const check of [true, false]) {
      for (const { name, list, lost } of LISTS) {
        test(`${name} by ${technique}, check ${check ? 'on' : 'off'}`, async () => {
          const dir = join(staging, `${name}-${technique}-${String(check)}`)
          mkdirSync(dir)
          const { sender, receiver, sent } = await transfer(list, dir, { send: technique, check })
          const failed = lost.map((index) => ({ index, code: 'io', errno: 'EIO' }))
          const byIndex = (one: { index: number }, other: { index: number }) => one.index - other.index
          for (const end of [sender, receiver]) {
            assert.equal(end.kind, 'done')
            assert.deepEqual([...end.failures].sort(byIndex), failed)
          }
          assert.equal(sent.filesDone, list.length - lost.length)
          const whole = list.filter(({ index }) => !lost.includes(index))
          if (name === 'files') await assertEqual(whole, dir)
          else for (const { index, offset = 0, size } of whole) assertSlice(dir, index, offset, size)
        })
      }
    }
  }

  function assertSlice(dir: string, index: number, offset: number, size: number): void {
    assert.ok(sliced)
    const wanted = Buffer.alloc(size)
    const fd = openSync(sliced.path, 'r')
    readSync(fd, wanted, 0, size, offset)
    closeSync(fd)
    assert.ok(readFileSync(join(dir, String(index))).equals(wanted), `slice ${String(index)}`)
  }
})
