// Invariant: a folder arrives whole, links included, even if the paths of its entries are too long for a system call.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { LocalCopy } from '../../../main/core/copy/local-copy.ts'
import { StagingArea } from '../../../main/core/target/staging-area.ts'
import { ProgrammingErrors } from '../../../main/core/transfer/programming-errors.ts'
import { makeNested, moveDeep, PATH_MAX } from '../../support/files/deep.ts'
import { describeTree, patterned } from '../../support/files/tree.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'

const root = mkdtempSync(join(tmpdir(), 'penstock-long-'))
const made = join(root, 'made')
mkdirSync(made)
const files = makeNested(made, (index) => patterned(index === 2 ? 300_000 : 3000, index + 1))
for (const file of files) symlinkSync('..', join(made, dirname(file), 'up'))
const tree = await describeTree(made)
const source = moveDeep(made)
assert.ok(join(source, files.at(-1) ?? '').length > PATH_MAX)

let pair: Pair
before(async () => {
  pair = await openPair()
})

after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

for (const security of ['clear', 'encrypted'] as const) {
  test(`sent ${security}`, async () => {
    const dir = await mkdtemp(join(root, 'received-'))
    const { sender, receiver } = await pair.deliver([source], dir, { send: { security } })
    for (const end of [sender, receiver]) {
      assert.ok(end.kind === 'done', JSON.stringify(end))
      assert.deepEqual(end.report.notDelivered, [])
    }
    assert.deepEqual(await describeTree(join(dir, 'top')), tree)
  })
}

test('copied on this machine', async () => {
  const dir = await mkdtemp(join(root, 'copied-'))
  const errors = new ProgrammingErrors((error) => assert.fail(String(error)))
  const options = { technique: 'auto', durability: 'os', onConflict: 'keep-both' } as const
  const copy = new LocalCopy(
    { paths: [source], dir, ...options },
    new StagingArea(Buffer.alloc(32, 7)),
    errors,
  )
  copy.start()
  const end = await copy.ended
  assert.ok(end.kind === 'done', JSON.stringify(end))
  assert.deepEqual(end.report.notDelivered, [])
  assert.deepEqual(await describeTree(join(dir, 'top')), tree)
})

for (const below of ['', 'deeper']) {
  test(`a link in the place of a folder, ${below || 'next to the file'}`, async () => {
    const folder = join(await mkdtemp(join(root, 'replaced-')), 'top')
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(folder, name, below), { recursive: true })
      writeFileSync(join(folder, name, below, 'file'), name.repeat(3000))
    }
    // The same file, with the same size and time: only the way to it differs.
    const decide = () => {
      renameSync(join(folder, 'b'), `${folder}-outside`)
      symlinkSync(`${folder}-outside`, join(folder, 'b'))
      return Promise.resolve({ accept: true as const })
    }
    const dir = await mkdtemp(join(root, 'received-'))
    const { sender } = await pair.deliver([folder], dir, { receive: { decide } })
    assert.ok(sender.kind === 'done', JSON.stringify(sender))
    const left = sender.report.notDelivered.map(({ path, reason }) => [path, reason.code])
    assert.deepEqual(left, [[join('top/b', below, 'file'), 'file-vanished']])
    for (const name of ['a', 'c']) {
      assert.equal(await readFile(join(dir, 'top', name, below, 'file'), 'utf8'), name.repeat(3000))
    }
  })
}
