// Invariant: the user is not asked about an offer that its sender has withdrawn, wherever the offer was waiting.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Decision } from '../../../../main/core/api.ts'
import { Trust } from '../../../../main/core/device/trust.ts'
import { registrationBody, registrationSchema } from '../../../../main/core/protocol/localsend/messages.ts'
import { IncomingTransfer } from '../../../../main/core/receive/incoming.ts'
import { LocalSendBackend } from '../../../../main/core/receive/localsend-backend.ts'
import { SettingsStore } from '../../../../main/core/store/settings.ts'
import { StagingArea } from '../../../../main/core/target/staging-area.ts'
import { ProgrammingErrors } from '../../../../main/core/transfer/programming-errors.ts'
import { OFFER } from '../../../cli/fake.ts'
import { newIdentity, selfOf, UNLIMITED } from '../../../support/penstock/control.ts'
import { receiveDefaults } from '../../../support/scripted/receiving.ts'
import { trustedInMemory } from '../../../support/penstock/trusted.ts'

/** What an incoming transfer needs from a receiver; `asked` counts the questions. */
function hostOf() {
  const counted = { asked: 0 }
  const decide = (): Promise<Decision> => {
    counted.asked += 1
    return Promise.resolve({ accept: true })
  }
  const errors = new ProgrammingErrors((error) => assert.fail(String(error)))
  const options = { ...receiveDefaults('/nowhere'), decide }
  return { counted, host: { options, staging: new StagingArea(Buffer.alloc(32)), errors } }
}

test('a transfer whose sender has left', async () => {
  const { counted, host } = hostOf()
  const take = () => Promise.reject(new Error('Expected no call'))
  const facts = { identity: null, always: null, topEntries: 1, peerTechnique: null }
  const transfer = new IncomingTransfer({ offer: OFFER, ...facts, take }, host)
  transfer.peerLeft({ code: 'cancelled-by-peer' })
  await assert.rejects(transfer.admit(), { code: 'cancelled-by-peer' })
  assert.equal((await transfer.ended).kind, 'cancelled')
  assert.equal(counted.asked, 0)
})

async function newTrust(t: TestContext): Promise<Trust> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-withdrawn-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return new Trust(await SettingsStore.open(dir), trustedInMemory())
}

test('an offer of a phone that has left', async (t) => {
  const { counted, host } = hostOf()
  const ended: unknown[] = []
  const backend = new LocalSendBackend({
    ...host,
    trust: await newTrust(t),
    announce: (transfer) => void transfer.ended.then((end) => ended.push(end.kind)),
    drop: () => undefined,
  })
  const self = selfOf(await newIdentity(t))
  const verdict = await backend.offer({
    sessionId: 'session',
    info: registrationSchema.parse(registrationBody(self)),
    files: [{ id: 'a', fileName: 'a', size: 1, fileType: '', sha256: null, preview: null, metadata: null }],
    peer: { address: '192.0.2.1', identity: null, encrypted: true },
    address: '192.0.2.1',
    ticket: UNLIMITED,
    signal: AbortSignal.abort(),
  })
  assert.equal(verdict.accept, false)
  assert.deepEqual(ended, ['cancelled'])
  assert.equal(counted.asked, 0)
})
