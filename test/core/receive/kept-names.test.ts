// Invariant: a top name that is kept for staging arrives under its near name, with all that is in it, however it comes,
// and is not taken for a staging folder afterwards.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import type { Penstock, ReceiveOptions, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'

const ARRIVED = [
  '_.penstock-notes',
  '_.penstock-notes/.penstock-inner',
  '_.penstock-notes/a.txt',
  '_.PENSTOCK-b.txt',
  '__.penstock-notes',
  '__.penstock-notes/a.txt',
]

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
  paths = ['.penstock-notes', '_.penstock-notes', '.PENSTOCK-b.txt'].map((name) => join(source, name))
})

after(async () => {
  await sender.close()
  await receiver.close()
  await rm(root, { recursive: true, force: true })
})

function receiveInto(dir: string) {
  const options: ReceiveOptions = {
    dir,
    host: 'loopback',
    only: null,
    port: 0,
    dataPort: 'next',
    pin: null,
    clear: true,
    technique: 'auto',
    bufferBytes: 1024 * 1024,
    durability: 'os',
    check: true,
    onConflict: 'keep-both',
    visible: false,
    decide: () => Promise.resolve({ accept: true }),
  }
  return receiver.receive(options)
}

const entriesOf = async (dir: string) => (await readdir(dir, { recursive: true })).sort()

async function assertArrived(dir: string): Promise<void> {
  assert.deepEqual(await entriesOf(dir), [...ARRIVED].sort())
  assert.equal(await readFile(join(dir, '_.penstock-notes', 'a.txt'), 'utf8'), '.penstock-notes')
  assert.equal(await readFile(join(dir, '__.penstock-notes', 'a.txt'), 'utf8'), '_.penstock-notes')
}

for (const security of ['clear', 'encrypted'] as const) {
  for (const onConflict of ['keep-both', 'replace'] as const) {
    test(`from a Penstock, ${security}, ${onConflict}`, async () => {
      const dir = await mkdtemp(join(root, 'target-'))
      const receiving = await receiveInto(dir)
      const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
      const transfer = sender.send({
        paths,
        to: await sender.peers.probe('127.0.0.1', receiving.port),
        technique: 'auto',
        streams: 'auto',
        bufferBytes: 1024 * 1024,
        check: true,
        pin: null,
        security,
      })
      for (const end of await Promise.all([transfer.ended, arrived.then(({ ended }) => ended)])) {
        assert.ok(end.kind === 'done', JSON.stringify(end))
        assert.equal(end.report.entries, ARRIVED.length)
        assert.deepEqual(end.report.notDelivered, [])
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

async function post(port: number, path: string, body: string): Promise<unknown> {
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', rejectUnauthorized: false })
  sent.setHeader('content-type', 'application/json')
  sent.end(body)
  const [answer] = z.tuple([z.custom<AsyncIterable<Buffer>>()]).parse(await once(sent, 'response'))
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece)
  const text = Buffer.concat(pieces).toString()
  return text === '' ? null : JSON.parse(text)
}

test('from a LocalSend device', async () => {
  const dir = await mkdtemp(join(root, 'target-'))
  const receiving = await receiveInto(dir)
  const info = {
    alias: 'phone',
    version: '2.1',
    fingerprint: 'ab'.repeat(32),
    port: 53317,
    protocol: 'https',
  }
  const file = { id: '1', fileName: '.penstock-c.txt', size: 5, fileType: 'text/plain' }
  const prepared = z
    .object({ sessionId: z.string(), files: z.object({ 1: z.string() }) })
    .parse(
      await post(
        receiving.port,
        '/api/localsend/v2/prepare-upload',
        JSON.stringify({ info, files: { 1: file } }),
      ),
    )
  const query = new URLSearchParams({
    sessionId: prepared.sessionId,
    fileId: '1',
    token: prepared.files[1],
  }).toString()
  await post(receiving.port, `/api/localsend/v2/upload?${query}`, 'hello')
  await receiving.close()
  assert.deepEqual(await entriesOf(dir), ['_.penstock-c.txt'])
})
