// Invariant: "Try it on this computer" accepts only this window's own identity, over loopback, and leaves nothing behind.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { test, type TestContext } from 'node:test'
import { PenstockError } from '../../main/contract/errors.ts'
import type { Penstock } from '../../main/core/api.ts'
import { openPenstock } from '../../main/core/penstock.ts'
import { DEFAULT_SETTINGS } from '../../main/core/store/settings.ts'
import { LocalReceiver } from '../../main/desktop/services/local-receiver.ts'

/** What still writes, to be closed before its folder is removed. */
let running: { close(): Promise<void> }[] = []

/** A folder that is also the system's temporary folder, so that the test sees what is left there. */
async function place(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'penstock-try-'))
  const temporary = process.env['TMPDIR']
  process.env['TMPDIR'] = root
  running = []
  t.after(async () => {
    await Promise.all(running.map((one) => one.close()))
    if (temporary === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = temporary
    await rm(root, { recursive: true, force: true })
  })
  await writeFile(join(root, 'file'), 'content')
  return root
}

async function open(root: string, alias: string): Promise<Penstock> {
  const penstock = await openPenstock({ stateDir: join(root, alias), alias })
  running.push(penstock)
  return penstock
}

function fail(error: unknown): void {
  throw new Error('A programming error', { cause: error })
}

const leftOver = async (root: string) =>
  (await readdir(root)).filter((name) => name.startsWith('penstock-demo-'))

test('it takes a file from this window and refuses every other device', async (t) => {
  const root = await place(t)
  const [window, other] = [await open(root, 'window'), await open(root, 'other')]
  let transfers = 0
  const local = new LocalReceiver({
    ...{ dir: join(root, 'received'), alias: 'Demo', only: window.fingerprint, peers: window.peers },
    settings: () => DEFAULT_SETTINGS,
    onProgrammingError: fail,
    onTransfer: () => {
      transfers += 1
    },
  })
  running.push(local)
  const device = await local.start()
  assert.deepEqual([device.host, device.alias, local.isIt(device.fingerprint)], ['127.0.0.1', 'Demo', true])
  assert.equal((await local.start()).port, device.port)
  const sent = async (from: Penstock) => {
    const transfer = from.send({
      ...{ paths: [join(root, 'file')], to: device, security: 'clear', technique: 'auto', streams: 'auto' },
      ...{ bufferBytes: 65_536, check: true, pin: null },
    })
    return (await transfer.ended).kind
  }
  assert.deepEqual([await sent(other), transfers], ['refused', 0])
  assert.deepEqual([await sent(window), transfers], ['done', 1])
  assert.equal(await readFile(join(root, 'received', 'file'), 'utf8'), 'content')
  assert.equal((await leftOver(root)).length, 1)
  await local.close()
  assert.deepEqual(await leftOver(root), [])
})

test('a start that fails leaves nothing behind, and the next one works', async (t) => {
  const root = await place(t)
  const window = await open(root, 'window')
  const blocked = join(root, 'blocked')
  await writeFile(blocked, '')
  const unreachable = { probe: () => Promise.reject(new PenstockError('peer-unreachable')) }
  for (const [dir, peers] of [
    [join(blocked, 'in'), window.peers],
    [join(root, 'in'), unreachable],
  ] as const) {
    const local = new LocalReceiver({
      ...{ dir, alias: 'Demo', only: window.fingerprint, peers, settings: () => DEFAULT_SETTINGS },
      onProgrammingError: fail,
      onTransfer: () => undefined,
    })
    await assert.rejects(local.start())
    assert.deepEqual(await leftOver(root), [])
  }
  await rm(blocked)
  await mkdir(blocked)
  const local = new LocalReceiver({
    ...{ dir: join(blocked, 'in'), alias: 'Demo', only: window.fingerprint, peers: window.peers },
    settings: () => DEFAULT_SETTINGS,
    onProgrammingError: fail,
    onTransfer: () => undefined,
  })
  running.push(local)
  assert.equal((await local.start()).alias, 'Demo')
})
