// Invariant: files are sent and copied from any depth below their folder, also beyond what one system call takes, and never
// through a link that has taken the place of a folder.
import assert from 'node:assert/strict'
import { closeSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addon, type Addon, type CopyEngineTechnique, type SourceFile } from '../../../native/index.ts'
import { makeNested, moveDeep, PATH_MAX } from '../../support/files/deep.ts'
import { patterned } from '../../support/files/tree.ts'
import { KERNELS } from '../../support/kernels.ts'
import { checksOf, scratchFolders, SENDING, source, transfer } from '../harness.ts'

const folder = scratchFolders()

interface Deep {
  readonly files: readonly SourceFile[]
  readonly contents: readonly Buffer[]
}

/** Small files that travel together, and one that goes by ranges, the last ones beyond PATH_MAX. */
function deepFiles(): Deep {
  const made = join(folder(), 'made')
  mkdirSync(made)
  const contents: Buffer[] = []
  const paths = makeNested(made, (index) => {
    const content = patterned(index % 4 === 3 ? 300_000 : 5000 + index, index + 1)
    contents.push(content)
    return content
  })
  const known = paths.map((path, index) => source(join(made, path), index))
  const root = moveDeep(made)
  const files = known.map((file, index) => ({ ...file, root, path: join(root, paths[index] ?? '') }))
  assert.ok((files.at(-1)?.path.length ?? 0) > PATH_MAX)
  return { files, contents }
}

const deep = deepFiles()

function assertArrived({ files, contents }: Deep, staging: string): void {
  for (const { index } of files)
    assert.ok(readFileSync(join(staging, String(index))).equals(contents[index] ?? Buffer.of()))
}

for (const { on, addon: used } of KERNELS) {
  for (const send of SENDING) {
    for (const check of checksOf(send)) {
      test(`${send}, check ${check ? 'on' : 'off'}, from beyond PATH_MAX${on}`, async () => {
        const staging = folder()
        const { sender, receiver } = await transfer(deep.files, staging, { send, check, addon: used })
        assert.deepEqual([sender, receiver], Array(2).fill({ kind: 'done', failures: [] }))
        assertArrived(deep, staging)
      })
    }
  }
}

async function copy(
  files: readonly SourceFile[],
  staging: string,
  technique: CopyEngineTechnique,
  used: Addon,
) {
  const opened = used.openFolder(staging)
  const copier = used.createCopier({ staging: opened, technique, fallback: ['copyfile'], durability: 'os' })
  copier.addFiles(files)
  copier.endOfFiles()
  const end = await copier.ended
  opened.close()
  return end
}

describe('on this machine', { skip: addon.copyTechniques().length === 0 }, () => {
  for (const { on, addon: used } of KERNELS) {
    for (const technique of ['clone', 'copyrange', 'copyfile'] as const) {
      test(`${technique} from beyond PATH_MAX${on}`, async () => {
        const staging = folder()
        assert.deepEqual(await copy(deep.files, staging, technique, used), { kind: 'done', failures: [] })
        assertArrived(deep, staging)
      })
    }
  }
})

test('a file beyond PATH_MAX is opened for Node, with its folder or without', async () => {
  const { path, root, size } = deep.files.at(-1) ?? assert.fail()
  for (const given of [{ path, root }, { path }]) {
    const fd = await addon.openSource(given)
    assert.equal(readFileSync(fd).length, size)
    closeSync(fd)
  }
  await assert.rejects(addon.openSource({ path: `${path}-missing`, root }), { code: 'ENOENT' })
})

describe('a link in the place of a folder', { skip: addon.copyTechniques().length === 0 }, () => {
  function replaced(below: string): readonly SourceFile[] {
    const root = folder()
    const outside = folder()
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(root, name, below), { recursive: true })
      writeFileSync(join(root, name, below, 'file'), name.repeat(3000))
    }
    const files = ['a', 'b', 'c'].map((name, index) => ({
      ...source(join(root, name, below, 'file'), index),
      root,
    }))
    // It has the same file, with the same size and time: only the way to it differs.
    renameSync(join(root, 'b'), join(outside, 'b'))
    symlinkSync(join(outside, 'b'), join(root, 'b'))
    return files
  }
  const failures = [{ index: 1, code: 'file-vanished', errno: 'ENOTDIR' }]

  for (const { on, addon: used } of KERNELS) {
    for (const below of ['', 'deeper']) {
      test(`is not followed, and its neighbours are copied, ${below || 'next to the file'}${on}`, async () => {
        const staging = folder()
        const end = await copy(replaced(below), staging, 'copyrange', used)
        assert.deepEqual(end, { kind: 'done', failures })
        assert.equal(readFileSync(join(staging, '2'), 'utf8'), 'c'.repeat(3000))
      })
    }
  }
})
