// Invariant: every technique on Windows passes the tables of the Linux tests, run by Windows' Node: every file size, slices at
// any offset, and faulty sources and peers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertReported } from '../support/reported.ts'
import { bundle, windowsNode } from './wine.ts'

const LIMIT_MS = 500_000

/** Tests that must have run, so that a table cannot pass by being empty. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  conformance: [
    'seal to unseal, check off',
    ...['transmitfile', 'mmap', 'gather', 'direct', 'readwrite'].flatMap((send) =>
      ['mmap', 'direct', 'readwrite'].flatMap((receive) =>
        ['on', 'off'].map((check) => `${send} to ${receive}, check ${check}`),
      ),
    ),
  ],
  sealed: ['leaves the rest to the others', 'transmitfile: the sender seals the rest'],
  slices: [
    'transmitfile, check on',
    'mmap, check off',
    'gather, check off',
    'direct, check on',
    'seal, check off',
  ],
  'data-port': ['connect: refused, and nobody answers in time', 'a port that is taken'],
}

for (const [table, rows] of Object.entries(ROWS)) {
  test(`${table} under Wine`, { timeout: LIMIT_MS }, async (t) => {
    const reporter = `--test-reporter=file:///${bundle('line-reporter').replaceAll('\\', '/')}`
    const running = await windowsNode(t, [reporter, bundle(table)])
    const { code, output, problems } = await running.ended
    await assertReported(t, output, rows)
    assert.equal(code, 0, problems)
  })
}
