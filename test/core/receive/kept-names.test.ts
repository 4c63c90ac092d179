// Invariant: a top-level name that is reserved for staging arrives under a similar name with all its content, over every
// protocol, and is not mistaken for a staging folder later.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Penstock, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions, sendOptions } from '../../support/penstock/options.ts'
import { Phone } from '../../support/localsend/phone.ts'
import { nearPath } from '../../../main/core/target/names.ts'

const ARRIVED = [
  '_.penstock-notes',
  '_.penstock-notes/.penstock-inner',
  '_.penstock-notes/a.txt',
  '_.PENSTOCK-b.txt',
  '__.penstock-notes',
  '__.penstock-notes/a.txt',
]

/** Names of 255 bytes that are the same up to their last character, a file's and a folder's: their near names are cut. */
const LONGEST = ['1.txt', '2.txt', '3'].map(
  (rest) => `.penstock-${'é'.repeat(120)}${'a'.repeat(5 - rest.length)}${rest}`,
)
const CUT = LONGEST.map(nearPath)

/** The top entries in the reports of both sides, in order. */
const NOTES = [
  ['.penstock-notes', '_.penstock-notes'],
  ['_.penstock-notes', '__.penstock-notes'],
  ['.PENSTOCK-b.txt', '_.PENSTOCK-b.txt'],
  ...LONGEST.map((name, at) => [name, CUT[at]]),
].map((names) => ['other-name', ...names])

let root = ''
let sender: Penstock
let receiver: Penstock
let paths: string[] = []

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-kept-'))
  sender = await openPenstock({ stateDir: join(root, 'state-a'), alias: 'sender' })
  receiver = await openPenstock({ stateDir: join(root, 'state-b'), alias: 'receiver' })
  const source = join(root, 'source')
  for (const name of ['.penstock-notes', '_.penstock-notes']) {
    await mkdir(join(source, name), { recursive: true })
    await writeFile(join(source, name, 'a.txt'), name)
  }
  await writeFile(join(source, '.penstock-notes', '.penstock-inner'), 'inner')
  await writeFile(join(source, '.PENSTOCK-b.txt'), 'b')
  for (const name of LONGEST.slice(0, 2)) await writeFile(join(source, name), name)
  await mkdir(join(source, LONGEST[2] ?? ''))
  await writeFile(join(source, LONGEST[2] ?? '', 'a.txt'), 'in the longest')
  paths = ['.penstock-notes', '_.penstock-notes', '.PENSTOCK-b.txt', ...LONGEST].map((name) =>
    join(source, name),
  )
})

after(async () => {
  await sender.close()
  await receiver.close()
  await rm(root, { recursive: true, force: true })
})

const entriesOf = async (dir: string) => (await readdir(dir, { recursive: true })).sort()

async function assertArrived(dir: string): Promise<void> {
  assert.deepEqual(await entriesOf(dir), [...ARRIVED, ...CUT, `${CUT[2] ?? ''}/a.txt`].sort())
  for (const at of [0, 1]) assert.equal(await readFile(join(dir, CUT[at] ?? ''), 'utf8'), LONGEST[at])
  assert.equal(await readFile(join(dir, '_.penstock-notes', 'a.txt'), 'utf8'), '.penstock-notes')
  assert.equal(await readFile(join(dir, '__.penstock-notes', 'a.txt'), 'utf8'), '_.penstock-notes')
}

for (const security of ['clear', 'encrypted'] as const) {
  for (const onConflict of ['keep-both', 'replace'] as const) {
    test(`from a Penstock, ${security}, ${onConflict}`, async () => {
      const dir = await mkdtemp(join(root, 'target-'))
      const receiving = await receiver.receive(receiveOptions(dir))
      const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
      const transfer = sender.send(
        sendOptions(paths, await sender.peers.probe('127.0.0.1', receiving.port), { security }),
      )
      for (const end of await Promise.all([transfer.ended, arrived.then(({ ended }) => ended)])) {
        assert.ok(end.kind === 'done', JSON.stringify(end))
        assert.equal(end.report.entries, ARRIVED.length + LONGEST.length + 1)
        assert.deepEqual(end.report.notDelivered, [])
        assert.deepEqual(
          end.report.notes.map(({ code, path, params }) => [code, path, params?.['name']]),
          NOTES,
        )
      }
      await receiving.close()
      await assertArrived(dir)
    })
  }
}

test('to a folder on this machine', async () => {
  const dir = await mkdtemp(join(root, 'target-'))
  const options = { technique: 'auto', durability: 'os', onConflict: 'keep-both' } as const
  assert.equal((await sender.copy({ paths, dir, ...options }).ended).kind, 'done')
  await assertArrived(dir)
})

test('from a LocalSend device', async () => {
  const dir = await mkdtemp(join(root, 'target-'))
  const receiving = await receiver.receive(receiveOptions(dir))
  const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
  const phone = new Phone(receiving.port)
  const names = ['.penstock-c.txt', ...LONGEST.slice(0, 2), `${LONGEST[2] ?? ''}/a.txt`]
  const files = names.map((fileName, at) => ({ id: String(at), fileName, size: 5 }))
  assert.equal((await phone.offer(files)).status, 200)
  for (const { id } of files) assert.equal((await phone.upload(id, 'hello')).status, 200)
  const end = await (await arrived).ended
  assert.ok(end.kind === 'done')
  assert.deepEqual(
    end.report.notes.map(({ path, params }) => [path, params?.['name']]),
    [['.penstock-c.txt', '_.penstock-c.txt'], ...LONGEST.map((name, at) => [name, CUT[at]])],
  )
  await receiving.close()
  assert.deepEqual(await entriesOf(dir), ['_.penstock-c.txt', ...CUT, `${CUT[2] ?? ''}/a.txt`].sort())
})
