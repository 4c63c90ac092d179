// Invariant: a small file that travels in a batch takes its own calls once, at either end, and no others: each of them is needed to
// open, read and prove it at the sender, and to create, write and finish it at the receiver.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { addon, type EngineSample } from '../../../native/index.ts'
import { scratchFolders, source, transfer, writeFiles } from '../harness.ts'

const FILES = 600
const folder = scratchFolders()

/** Calls that are made as often as there are files, or more often. */
function ofEachFile({ syscalls }: EngineSample): Record<string, number> {
  const often = Object.entries(syscalls).filter(([, calls]) => calls >= FILES / 2)
  return Object.fromEntries(often.map(([name, calls]) => [name, Math.round(calls / FILES)]))
}

/** Calls for all others, by file. */
function rest(sample: EngineSample): number {
  const all = Object.values(sample.syscalls).reduce((sum, calls) => sum + calls, 0)
  const each = Object.values(ofEachFile(sample)).reduce((sum, calls) => sum + calls, 0)
  return (all - each * FILES) / FILES
}

test('each call of a small file is made once', { skip: process.platform !== 'linux' }, async () => {
  const sizes = Array.from({ length: FILES }, () => 4096)
  const files = writeFiles(folder(), sizes).map(({ path, index }) => source(path, index))
  const path = folder()
  mkdirSync(join(path, 'in'))
  const tree = addon.openFolder(path)
  try {
    const { receiver, sent, taken } = await transfer(files, folder(), {
      ...{ tree, send: 'readwrite', receive: 'readwrite' },
      placement: (index) => ({ path: `in/${index}`, mode: 0o644, mtimeNs: 1_700_000_000_000_000_000n }),
    })
    assert.deepEqual(receiver, { kind: 'done', failures: [] })
    assert.deepEqual(ofEachFile(sent), { openat: 1, pread64: 1, statx: 1, close: 1 })
    assert.deepEqual(ofEachFile(taken), { openat: 1, pwrite64: 1, fchmod: 1, utimensat: 1, close: 1 })
    // Frames, waits and folders, for many files at once.
    for (const end of [sent, taken]) assert.ok(rest(end) < 0.25, `${rest(end)} more calls per file`)
  } finally {
    tree.close()
  }
})
