// Invariant: an offer that is not accepted leaves no trace: strangers cannot push transfers out of the history, and a question
// without an answer expires and is withdrawn.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision, Penstock, Transfer } from '../../../../main/core/api.ts'
import { ProgrammingErrors } from '../../../../main/core/transfer/programming-errors.ts'
import { IncomingTransfer } from '../../../../main/core/receive/incoming.ts'
import { StagingArea } from '../../../../main/core/target/staging-area.ts'
import { textOf } from '../../../../main/core/protocol/localsend/calls.ts'
import { clientOf, newIdentity } from '../../../support/penstock/control.ts'
import { Phone } from '../../../support/localsend/phone.ts'
import { sendOffer } from '../../../support/scripted/sender.ts'
import { listening, receiveDefaults } from '../../../support/scripted/receiving.ts'
import { OFFER } from '../../../cli/fake.ts'

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }
const ACCEPTED: Decision = { accept: true }
const id = (n: number): string => n.toString(16).padStart(32, '0')

async function outcomes(penstock: Penstock): Promise<string[]> {
  return (await penstock.history(100)).map(({ outcome }) => outcome)
}

test('refused and withdrawn offers of strangers are not written to the history; of a device seen before they are', async (t) => {
  let decide: (signal: AbortSignal) => Promise<Decision> = () => Promise.resolve(REFUSED)
  const { penstock, receiving } = await listening(t, { decide: (_offer, signal) => decide(signal) })
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiving.port)
  const offer = (n: number, signal?: AbortSignal) =>
    sendOffer(client, identity, { transferId: id(n), cipher: 'tls', entries: [] }, signal)
  const phone = new Phone(receiving.port)
  for (let n = 0; n < 5; n += 1) {
    assert.equal((await offer(n)).status, 403)
    assert.equal((await phone.offer([{ id: 'a', fileName: 'a', size: 1 }])).status, 403)
  }
  const withdrawn = new AbortController()
  const left = new Promise<void>((resolve) => {
    decide = (signal) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
      withdrawn.abort()
      return new Promise(() => undefined)
    }
  })
  await assert.rejects(offer(10, withdrawn.signal))
  await left
  assert.deepEqual(await outcomes(penstock), [])

  const known = { fingerprint: identity.fingerprint, alias: 'Seen', at: new Date().toISOString() }
  await penstock.settings.update({ recent: [known] })
  decide = () => Promise.resolve(REFUSED)
  assert.equal((await offer(11)).status, 403)
  await until(async () => (await outcomes(penstock)).length === 1)
  assert.deepEqual(await outcomes(penstock), ['refused'])
  assert.equal((await phone.offer([{ id: 'a', fileName: 'a', size: 1 }])).status, 403)
  assert.deepEqual(await outcomes(penstock), ['refused'])
})

test('what a stranger was accepted for is written, whatever becomes of it', async (t) => {
  const { penstock, receiving } = await listening(t, { decide: () => Promise.resolve(ACCEPTED) })
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiving.port)
  const { answer } = await sendOffer(client, identity, { transferId: id(1), cipher: 'tls' })
  assert.ok(answer)
  const cancel = { method: 'POST', path: '/api/localsend/v2/cancel', query: { sessionId: id(1) } } as const
  await textOf((await client.request(cancel)).body)
  await until(async () => (await outcomes(penstock)).length === 1)
  assert.deepEqual(await outcomes(penstock), ['cancelled'])
})

test('an offer of a LocalSend device that is too large is shown as declined, and not written', async (t) => {
  const { penstock, receiving } = await listening(t)
  const shown: Transfer[] = []
  receiving.onTransfer((transfer) => void shown.push(transfer))
  const phone = new Phone(receiving.port)
  assert.equal((await phone.post('prepare-upload', Buffer.alloc(5 * 1024 * 1024, 0x20))).status, 413)
  const [transfer] = shown
  assert.ok(transfer && shown.length === 1)
  assert.deepEqual(await transfer.ended, {
    ...{ kind: 'refused', by: 'here', problem: { code: 'offer-too-large', params: {} } },
  })
  const { peer, totals } = transfer.view()
  assert.deepEqual(peer, { alias: '127.0.0.1', fingerprint: '', kind: 'localsend' })
  assert.equal(totals.files, 0)
  assert.deepEqual(await outcomes(penstock), [])
})

test('a question that stays open ends as unattended, and its signal aborts', async () => {
  let asked: AbortSignal | null = null
  const options = {
    ...receiveDefaults('/nowhere'),
    decide: (_offer: unknown, signal: AbortSignal) => {
      asked = signal
      return new Promise<Decision>(() => undefined)
    },
  }
  const errors = new ProgrammingErrors(() => undefined)
  const host = { options, staging: new StagingArea(Buffer.alloc(32)), errors, decisionMs: 20 }
  const take = () => Promise.reject(new Error('Expected no call'))
  const facts = { identity: null, always: null, topEntries: 1, peerTechnique: null }
  const transfer = new IncomingTransfer({ offer: OFFER, ...facts, take }, host)
  await assert.rejects(transfer.admit(), { code: 'refused-unattended' })
  const problem = { code: 'refused-unattended', params: {} }
  assert.deepEqual(await transfer.ended, { kind: 'refused', by: 'here', problem })
  assert.equal(Reflect.get(asked ?? {}, 'aborted'), true)
  assert.equal(transfer.isWanted, false)
})

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5))
}
