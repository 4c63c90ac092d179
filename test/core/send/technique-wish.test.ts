// Invariant: a transfer or a receiver whose technique cannot run ends before anything is offered, and names the technique.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { SendOptions } from '../../../main/core/api.ts'
import { RECEIVE_TECHNIQUES, type SendTechnique } from '../../../main/contract/technique.ts'
import { addon } from '../../../native/index.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'
import { newIdentity } from '../../support/penstock/control.ts'
import { fakeReceiver } from '../../support/localsend/receiver.ts'

let root = ''
let pair: Pair
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-wish-'))
  await writeFile(join(root, 'a'), 'a')
  pair = await openPair()
})
after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

const elsewhere = process.platform === 'win32' ? 'sendfile' : 'transmitfile'
const CASES: readonly (readonly [SendTechnique, SendOptions['security']])[] = [
  [elsewhere, 'clear'],
  ['seal', 'clear'],
  ['sendfile', 'encrypted'],
  ['mmap', 'encrypted'],
]

for (const [technique, security] of CASES) {
  test(`${technique}, ${security}`, async () => {
    let asked = 0
    const { sender } = await pair.deliver([join(root, 'a')], join(root, 'in'), {
      send: { technique, security },
      receive: {
        decide: () => {
          asked += 1
          return Promise.resolve({ accept: true })
        },
      },
    })
    assert.ok(sender.kind === 'failed')
    assert.equal(sender.problem.code, 'technique-unavailable')
    assert.equal(sender.problem.params?.['technique'], technique)
    assert.equal(asked, 0)
  })
}

test('what only connections of the engine carry, to a LocalSend device', async (t) => {
  const phone = await fakeReceiver(t, await newIdentity(t), () => false)
  const options = { paths: [join(root, 'a')], to: phone.device, security: 'clear', streams: 'auto' } as const
  const rest = { bufferBytes: 65_536, check: true, pin: null } as const
  const end = await pair.sender.send({ ...options, ...rest, technique: 'mmap' }).ended
  assert.ok(end.kind === 'failed')
  assert.equal(end.problem.code, 'technique-unavailable')
  assert.deepEqual(phone.calls, [])
  assert.equal((await pair.sender.send({ ...options, ...rest, technique: 'readwrite' }).ended).kind, 'done')
})

test('a receiver starts with what this machine can receive by, encrypted or not, and with nothing else', async () => {
  const supported = addon.supportedTechniques().receive
  for (const technique of RECEIVE_TECHNIQUES) {
    const delivered = pair.deliver([join(root, 'a')], join(root, technique), { receive: { technique } })
    if (supported.includes(technique)) await delivered
    else await assert.rejects(delivered, { code: 'technique-unavailable' }, technique)
  }
})
