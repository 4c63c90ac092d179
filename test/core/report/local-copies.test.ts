// Invariant: the copy count of a local copy follows from the call that carried the bytes and from the observed behaviour of
// the target; what cannot be observed is not counted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countLocalCopies, type LocalCopyFacts } from '../../../main/core/report/local-copies.ts'

const PLAIN: LocalCopyFacts = {
  bytesBy: { clone: 0, copyrange: 0, copyfile: 0, readwrite: 0 },
  rangeAcrossBytes: 0,
  sharesBlocks: false,
  sourceType: 'ext4',
  targetType: 'ext4',
}

const CASES: readonly (readonly [string, Partial<LocalCopyFacts>, readonly [number, number] | null])[] = [
  ['nothing moved', {}, null],
  [
    'a clone copies nothing',
    { bytesBy: { clone: 9, copyrange: 0, copyfile: 0, readwrite: 0 }, sharesBlocks: true },
    [0, 0],
  ],
  ['copyrange on ext4', { bytesBy: { clone: 0, copyrange: 9, copyfile: 0, readwrite: 0 } }, [1, 2]],
  [
    'copyrange that shares',
    { bytesBy: { clone: 0, copyrange: 9, copyfile: 0, readwrite: 0 }, sharesBlocks: true },
    [0, 0],
  ],
  [
    'copyrange between two devices of a file system that shares',
    {
      bytesBy: { clone: 0, copyrange: 9, copyfile: 0, readwrite: 0 },
      sharesBlocks: true,
      rangeAcrossBytes: 1,
    },
    null,
  ],
  [
    'copyrange on a server',
    { bytesBy: { clone: 0, copyrange: 9, copyfile: 0, readwrite: 0 }, targetType: 'nfs' },
    null,
  ],
  [
    'copyfile',
    { bytesBy: { clone: 0, copyrange: 0, copyfile: 9, readwrite: 0 }, sharesBlocks: true },
    [1, 2],
  ],
  [
    'copyfile into memory',
    { bytesBy: { clone: 0, copyrange: 0, copyfile: 9, readwrite: 0 }, targetType: 'tmpfs' },
    [1, 1],
  ],
  ['readwrite', { bytesBy: { clone: 0, copyrange: 0, copyfile: 0, readwrite: 9 } }, [2, 2]],
  [
    'a quarter copied',
    { bytesBy: { clone: 3, copyrange: 0, copyfile: 1, readwrite: 0 }, sharesBlocks: true },
    [0.25, 0.5],
  ],
]

for (const [name, facts, expected] of CASES) {
  test(name, () => {
    const copies = countLocalCopies({ ...PLAIN, ...facts })
    assert.deepEqual(copies && [copies.cpu, copies.dma], expected)
  })
}
