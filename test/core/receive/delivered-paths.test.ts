// Invariant: the paths of delivered files are those under which they were saved; where they cannot be told, there are none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManifestEntry } from '../../../main/contract/transfer.ts'
import { deliveredPaths } from '../../../main/core/receive/delivered-paths.ts'

function file(path: string): ManifestEntry {
  return { index: 0, path, type: 'file', size: 1, mode: 0o644, mtimeNs: 0n }
}

function top(name: string, paths: readonly string[]) {
  return { name, sent: name, folders: [], files: paths.map(file), links: [] }
}

const tops = [top('a', ['a/x', 'a/b/y']), top('c', ['c'])]

test('files lie below the path of their top entry, whatever name it was saved under', () => {
  const paths = deliveredPaths({ tops }, { savedAs: ['/in/a (2)', '/in/c'] }, new Set(['a/x']))
  assert.deepEqual([...(paths ?? [])], ['/in/a (2)/b/y', '/in/c'])
})

test('with a top entry missing the others cannot be told', () => {
  assert.equal(deliveredPaths({ tops }, { savedAs: ['/in/c'] }, new Set()), null)
})
