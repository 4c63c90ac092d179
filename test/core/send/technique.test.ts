// Invariant: the technique shown for the other end is the one in that end's report, even after a change or a refusal; a device
// outside the transfer receives nothing about it.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import type { EngineSample } from '../../../native/index.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { Technique } from '../../../main/contract/technique.ts'
import type { TransferView } from '../../../main/contract/transfer.ts'
import type { Penstock, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { choiceNow, techniqueNow } from '../../../main/core/report/report.ts'
import { TechniqueExchange } from '../../../main/core/send/technique-exchange.ts'
import { textOf } from '../../../main/core/protocol/localsend/calls.ts'
import type { ControlClient } from '../../../main/core/protocol/http/client.ts'
import { TECHNIQUE_PATH } from '../../../main/core/protocol/localsend/messages.ts'
import {
  decodeTechnique,
  encodeTechnique,
  NOTHING_REPORTED,
  type TechniqueNow,
} from '../../../main/core/protocol/penstock/technique.ts'
import { NO_SECONDS } from '../../support/report.ts'
import { acceptedSender } from '../../support/scripted/accepted-sender.ts'
import { clientOf, newIdentity } from '../../support/penstock/control.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { patterned } from '../../support/files/tree.ts'

let root = ''
let source = ''
let sender: Penstock
let receiver: Penstock

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-technique-'))
  source = join(root, 'large.bin')
  await writeFile(source, patterned(64 * 1024 * 1024))
  sender = await openPenstock({ stateDir: join(root, 'state-a'), alias: 'sender' })
  receiver = await openPenstock({ stateDir: join(root, 'state-b'), alias: 'receiver' })
})

after(async () => {
  await Promise.all([sender.close(), receiver.close()])
  await rm(root, { recursive: true, force: true })
})

async function listen() {
  const dir = join(root, 'received')
  await mkdir(dir, { recursive: true })
  const receiving = await receiver.receive(
    receiveOptions(dir, { technique: 'splice', onConflict: 'replace' }),
  )
  return { receiving, arrived: new Promise<Transfer>((resolve) => receiving.onTransfer(resolve)) }
}

/** Takes another technique as soon as bytes may move. */
function changeTo(transfer: Transfer, technique: Technique): void {
  const end = transfer.onChange(() => {
    if (transfer.view().state.kind !== 'running') return
    end()
    transfer.setTechnique(technique)
  })
}

function taken({ state }: TransferView): Technique | null {
  assert.equal(state.kind, 'done')
  return state.report.technique
}

test('a technique other than the announced one is sent to the other end, both ways', async () => {
  const { receiving, arrived } = await listen()
  try {
    const to = await sender.peers.probe('127.0.0.1', receiving.port)
    const out = sender.send({
      ...{ paths: [source], to, security: 'clear', technique: 'sendfile', streams: 'auto' },
      ...{ bufferBytes: 1024 * 1024, check: true, pin: null },
    })
    changeTo(out, 'mmap')
    const into = await arrived
    changeTo(into, 'readwrite')
    await Promise.all([out.ended, into.ended])
    const [sent, received] = [out.view(), into.view()]
    assert.equal(taken(sent), 'mmap')
    assert.equal(taken(received), 'readwrite')
    assert.equal(sent.peerTechnique, 'readwrite')
    assert.equal(received.peerTechnique, 'mmap')
    assert.equal(sent.peerCopies?.cpu, 2)
    assert.deepEqual([sent.peerFellBackFrom, received.peerFellBackFrom], [null, null])
  } finally {
    await receiving.close()
  }
})

test('only the device that made the offer is answered, and only about its own transfer', async (t) => {
  const { begin, client, receiving } = await acceptedSender(t)
  const { sessionId, transfer } = await begin('none')
  const stranger = clientOf(t, await newIdentity(t), receiving.port)
  const report = async (from: ControlClient, id: string): Promise<readonly [number, string]> => {
    const { status, body } = await from.request({
      ...{ method: 'POST', path: TECHNIQUE_PATH, query: { sessionId: id } },
      body: Buffer.from(encodeTechnique({ ...NOTHING_REPORTED, technique: 'mmap' })),
    })
    return [status, await textOf(body)]
  }
  const refused = [404, '{"message":"no such session"}']
  assert.deepEqual(await report(stranger, sessionId), refused)
  assert.deepEqual(await report(client, '0'.repeat(32)), refused)
  assert.equal(transfer.view().peerTechnique, null)
  assert.deepEqual(await report(client, sessionId), [200, encodeTechnique(NOTHING_REPORTED)])
  assert.equal(transfer.view().peerTechnique, 'mmap')
  transfer.cancel()
  assert.deepEqual(await report(stranger, sessionId), refused)
})

/** A receiver that answers every question in the same way, and counts them. */
async function askedOf(answer: () => Promise<number>): Promise<number> {
  let asked = 0
  const control: Pick<ControlClient, 'request'> = {
    request: async () => {
      asked += 1
      const status = await answer()
      return { status, headers: {}, body: Readable.from([Buffer.from('{}')]), peerIdentity: null }
    },
  }
  const exchange = new TechniqueExchange({
    control,
    sessionId: '0'.repeat(32),
    own: () => ({ ...NOTHING_REPORTED, technique: 'sendfile' }),
    onPeer: () => undefined,
  })
  await sleep(800)
  await exchange.finish()
  return asked
}

test('a receiver without the request is polled once, one that fails to answer again', async () => {
  const [unknown, failing, answering] = await Promise.all([
    askedOf(() => Promise.resolve(404)),
    askedOf(() => Promise.reject(new PenstockError('peer-gone'))),
    askedOf(() => Promise.resolve(200)),
  ])
  assert.equal(unknown, 1)
  assert.ok(failing >= 2, `${failing}`)
  assert.ok(answering >= 2, `${answering}`)
})

const sample: EngineSample = {
  ...{ bytes: 9, holeBytes: 0, verifiedBytes: 9, filesDone: 1, syscalls: {}, userCopyBytes: 0 },
  ...{ checkBytes: 0, kernelCopiedBytes: 0, contextSwitches: { voluntary: 0, involuntary: 0 } },
  ...{ cpuSeconds: { user: 0, system: 0 }, pageFaults: { minor: 0, major: 0 } },
  bytesBy: {
    ...{ readwrite: 9, mmap: 0, gather: 0, sendfile: 0 },
    ...{ transmitfile: 0, splice: 0, direct: 0, zerocopy: 0 },
    ...{ seal: 0, unseal: 0, ktls: 0 },
  },
  ...{ uncached: null, directBytes: 0, mapped: { windows: 0, options: [] } },
  streamSeconds: NO_SECONDS,
  technique: 'readwrite',
  transport: 'plain',
  fellBackFrom: [{ technique: 'splice', code: 'EINVAL', syscall: 'splice' }],
}
const choice = { technique: 'splice', reason: { code: 'receiving-no-touch' }, rejected: [] } as const

const now = (technique: Technique, fellBackFrom: Technique | null): TechniqueNow => ({
  ...NOTHING_REPORTED,
  ...{ technique, fellBackFrom, streamSeconds: NO_SECONDS },
})

test('what was refused is no longer called the technique, and is named beside it', () => {
  assert.deepEqual(choiceNow(choice, sample), {
    ...choice,
    technique: 'readwrite',
    reason: { code: 'fell-back', params: { syscall: 'splice', code: 'EINVAL' } },
  })
  assert.deepEqual(techniqueNow(choice, sample, false), now('readwrite', 'splice'))
})

test('small files that go by another way change nothing while it lasts', () => {
  const gathered: EngineSample = { ...sample, technique: 'gather', fellBackFrom: [] }
  assert.deepEqual(choiceNow(choice, gathered), choice)
  assert.deepEqual(techniqueNow(choice, gathered, false), now('splice', null))
  assert.deepEqual(techniqueNow(choice, gathered, true), now('gather', null))
})

test('a name of a later version is as good as none, and what is no message is an error', () => {
  assert.deepEqual(decodeTechnique('{"technique":"teleport","more":1}'), NOTHING_REPORTED)
  const odd = '{"streamSeconds":{"total":-1},"verdict":{"limitedBy":"moon"}}'
  assert.deepEqual(decodeTechnique(odd), NOTHING_REPORTED)
  assert.throws(
    () => decodeTechnique('[]x'),
    (error) => error instanceof PenstockError && error.code === 'protocol',
  )
})
