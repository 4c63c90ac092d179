// Invariant: the demo's comparison finds every kind of difference, so that its `equal:true` is reliable.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdir, mkdtemp, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { compareTrees, makeTree } from '../../../main/cli/demo/tree.ts'

let place = ''
before(async () => {
  place = await mkdtemp(join(tmpdir(), 'penstock-tree-'))
})
after(async () => {
  await rm(place, { recursive: true, force: true })
})

const shape = { bigBytes: 2_500_000, smallFiles: 5 }
const never = new AbortController().signal

/** A tree and a copy of it by `cp -a`, which keeps modes, links and nanoseconds. */
async function twins(name: string): Promise<readonly [string, string]> {
  const left = join(place, name)
  await makeTree(left, shape, never)
  await promisify(execFile)('cp', ['-a', left, `${left} copy`])
  return [left, `${left} copy`]
}

test('a faithful copy is equal', async () => {
  const [left, right] = await twins('faithful')
  assert.deepEqual(await compareTrees(left, right), [])
})

const CHANGES: readonly (readonly [string, (root: string) => Promise<unknown>, RegExp])[] = [
  ['content', (root) => writeSame(join(root, 'run.sh')), /^run\.sh: file/],
  ['length', (root) => appendFile(join(root, 'empty file'), 'x'), /^empty file: file, 0 bytes/],
  ['mode', (root) => chmod(join(root, 'run.sh'), 0o644), /mode 755.*mode 644/],
  ['time', (root) => utimes(join(root, 'film.mkv'), 1, 1), /^film\.mkv: .*mtime/],
  ['time of a folder', (root) => utimes(join(root, 'empty/inside'), 1, 1), /^empty\/inside: folder/],
  ['missing file', (root) => unlink(join(root, 'film.mkv')), /^film\.mkv: missing/m],
  ['extra folder', (root) => mkdir(join(root, 'new')), /^new: too many/m],
  ['target of a link', (root) => relink(join(root, '最近'), 'empty'), /^最近: link → 照片/m],
]

/** Other content of the same length and time. */
async function writeSame(path: string): Promise<void> {
  await writeFile(path, '#!/bin/sh\necho PENSTOCK\n')
}

async function relink(path: string, target: string): Promise<void> {
  await unlink(path)
  await symlink(target, path)
}

for (const [name, change, expected] of CHANGES) {
  test(`a difference is found: ${name}`, async () => {
    const [left, right] = await twins(name)
    await change(right)
    assert.match((await compareTrees(left, right)).join('\n'), expected)
  })
}

test('making a tree can be interrupted', async () => {
  await assert.rejects(makeTree(join(place, 'stopped'), shape, AbortSignal.abort()), { name: 'AbortError' })
})
