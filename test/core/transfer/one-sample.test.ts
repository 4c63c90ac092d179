// Invariant: the figures of a view agree with each other, because one view samples its engine once. A technique that changes between
// two samples would otherwise show copies and counters of different moments.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { PLAIN_STREAMS } from '../../../main/contract/report.ts'
import { NOTHING_REPORTED } from '../../../main/core/protocol/penstock/technique.ts'
import { planFacts } from '../../../main/core/plan/facts.ts'
import { planSend } from '../../../main/core/plan/plan.ts'
import { SendingEngine } from '../../../main/core/send/engine-carrier.ts'
import { carrierFacts, progressOf } from '../../../main/core/transfer/carrier.ts'
import { carriedView } from '../../../main/core/transfer/carried-view.ts'
import { sendingConveyance } from '../../../main/core/transfer/sealing.ts'

const BUFFER_BYTES = 65_536
const peer = NOTHING_REPORTED

for (const conveyance of [PLAIN_STREAMS, sendingConveyance('sealed', 'auto')]) {
  test(`one view of a sender, cipher ${conveyance.cipher}, takes one sample`, () => {
    const facts = planFacts(conveyance, { source: null, route: null })
    const choice = planSend(facts, 'auto')
    const options = { facts, choice, bufferBytes: BUFFER_BYTES, check: false, streams: 1, route: null }
    const carrier = new SendingEngine(options)
    const { sender } = carrier
    const sample = mock.method(sender, 'sample')
    const progress = progressOf(carrier, conveyance)
    carriedView({ role: 'sender', state: { kind: 'running' }, carrier, progress, peer, movingSince: null })
    assert.equal(sample.mock.callCount(), 1)
    const kept = carrierFacts(carrier)
    progressOf(kept, conveyance)
    assert.equal(sample.mock.callCount(), 2)
    carrier.cancel()
  })
}
