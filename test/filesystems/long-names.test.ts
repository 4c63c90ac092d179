// Invariant: how long a name may be is decided by the file system that gets it. One that counts the units of UTF-16 keeps 255 of them,
// whatever they take in bytes; one that counts bytes gets a shorter name, with a note.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TerminalState } from '../../main/contract/transfer.ts'
import { openPair } from '../support/penstock/pair.ts'
import { temporaryFolder } from '../support/files/temporary.ts'
import { describeMounted, mountFuse, mountLoop } from '../support/files/loop.ts'

const NAMES = [86, 200, 251].map((units) => `${'字'.repeat(units)}.txt`)
const FOLDER = '夹'.repeat(255)

function notesOf(end: TerminalState): readonly string[] {
  assert.ok(end.kind === 'done', JSON.stringify(end))
  assert.deepEqual(end.report.notDelivered, [])
  return end.report.notes.filter(({ code }) => code === 'other-name').map(({ path }) => path)
}

async function deliver(set: string, dir: string): Promise<readonly string[]> {
  mkdirSync(dir)
  const pair = await openPair()
  try {
    const { sender, receiver } = await pair.deliver([set], dir, { receive: { durability: 'os' } })
    assert.deepEqual([...notesOf(sender)].sort(), [...notesOf(receiver)].sort())
    return notesOf(receiver)
  } finally {
    await pair.close()
  }
}

describeMounted(
  'from NTFS',
  () => mountFuse('ntfs with the names of Windows', 64 * 1024 ** 2),
  ({ path }) => {
    const set = join(path, 'set')
    mkdirSync(join(set, FOLDER), { recursive: true })
    for (const name of NAMES) {
      writeFileSync(join(set, name), name)
      writeFileSync(join(set, FOLDER, name), name)
    }

    test('to NTFS, under the own names', async () => {
      const dir = join(path, 'received')
      assert.deepEqual(await deliver(set, dir), [])
      assert.deepEqual(readdirSync(join(dir, 'set')).sort(), readdirSync(set).sort())
      for (const name of NAMES) {
        assert.equal(readFileSync(join(dir, 'set', name), 'utf8'), name)
        assert.equal(readFileSync(join(dir, 'set', FOLDER, name), 'utf8'), name)
      }
    })

    describeMounted(
      'to ext4',
      () => mountLoop('ext4', 32 * 1024 ** 2),
      (target) => {
        test('under shorter names, each with a note', async () => {
          const dir = join(target.path, 'received')
          const notes = await deliver(set, dir)
          const sent = [...NAMES, FOLDER, ...NAMES.map((name) => `${FOLDER}/${name}`)]
          assert.deepEqual([...notes].sort(), sent.map((name) => `set/${name}`).sort())
          assertCut(join(dir, 'set'), NAMES.length + 1)
          assertCut(join(dir, 'set', '夹'.repeat(85)), NAMES.length)
        })
      },
    )
  },
)

test('this machine keeps what its own file system holds', async () => {
  const root = temporaryFolder('long-names')
  const set = join(root, 'set')
  mkdirSync(set)
  writeFileSync(join(set, '字'.repeat(85)), 'x')
  assert.deepEqual(await deliver(set, join(root, 'received')), [])
})

/** So many entries, with names that ext4 holds, and the content of different files. */
function assertCut(folder: string, count: number): void {
  const names = readdirSync(folder)
  assert.equal(names.length, count)
  for (const name of names) assert.ok(Buffer.byteLength(name) <= 255)
  const files = names.filter((name) => name.endsWith('.txt'))
  const contents = files.map((name) => readFileSync(join(folder, name), 'utf8'))
  assert.deepEqual(contents.sort(), [...NAMES].sort())
}
