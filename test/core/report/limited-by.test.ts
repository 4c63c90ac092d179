// Invariant: the limit of a transfer is the stage that was busy for the largest share of the time, and only a stage whose end was
// measured; waiting for the other end is a limit only while that end waits, too. The order of magnitude of the times, and time
// without work, do not matter.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'node:test'
import type { Limit, StreamSeconds } from '../../../main/contract/limit.ts'
import { limitedBy, type LimitFacts } from '../../../main/core/report/limited-by.ts'
import { NO_SECONDS } from '../../support/report.ts'

const LONG = { seconds: 10, bytes: 1e9 }

/** An end whose streams were ten seconds at work. */
const end = (times: Partial<StreamSeconds>): StreamSeconds => ({ ...NO_SECONDS, total: 10, ...times })

/** The sender, the receiver, and what limits them. */
const CASES: readonly (readonly [
  Partial<StreamSeconds> | null,
  Partial<StreamSeconds> | null,
  Limit | null,
])[] = [
  [{ file: 9 }, { socket: 9 }, 'source'],
  [{ file: 1 }, { socket: 8 }, 'sender-cpu'],
  [{ socket: 9 }, { socket: 9 }, 'network'],
  [{ window: 9 }, { socket: 9 }, 'network'],
  [{ socket: 5, window: 4 }, { socket: 9 }, 'network'],
  [{ socket: 9 }, { socket: 1 }, 'receiver-cpu'],
  [{ socket: 9 }, { file: 9 }, 'target'],
  [{ window: 9 }, { file: 7, socket: 2 }, 'target'],
  // The sender waits for the commit, which is work of the receiver's disk.
  [{ socket: 3, commit: 6 }, { socket: 3, commit: 6 }, 'target'],
  // Neither waits for the other: both work in turns, and the one that takes longer counts.
  [{ file: 4, socket: 5 }, { file: 5, socket: 4 }, 'target'],
  [{ file: 3, socket: 5 }, { file: 2.5, socket: 2 }, 'receiver-cpu'],
  // Streams without work say nothing.
  [{ total: 40, idle: 30, file: 9 }, { total: 40, idle: 30, socket: 9 }, 'source'],
  [{ idle: 10 }, { idle: 10 }, null],
  // No stage stands out.
  [{ file: 3, socket: 3, commit: 1, window: 0 }, { file: 3, socket: 4 }, null],
  // One end alone.
  [{ file: 6 }, null, 'source'],
  [{ file: 4, socket: 5 }, null, null],
  [{ socket: 9 }, null, null],
  [null, { socket: 9 }, null],
  [null, { file: 6, socket: 4 }, 'target'],
  [null, { socket: 3 }, 'receiver-cpu'],
  [null, null, null],
]

for (const [sender, receiver, limit] of CASES) {
  test(`${JSON.stringify(sender)} and ${JSON.stringify(receiver)}: ${limit ?? 'unclear'}`, () => {
    const facts = { sender: sender && end(sender), receiver: receiver && end(receiver) }
    assert.equal(limitedBy({ ...facts, ...LONG }), limit)
    for (const short of [{ seconds: 0.99 }, { bytes: 999_999 }]) {
      assert.equal(limitedBy({ ...facts, ...LONG, ...short }), null)
    }
  })
}

const seconds = fc.double({ min: 0, max: 1e6, noNaN: true })
const times: fc.Arbitrary<StreamSeconds> = fc
  .record({ cpu: seconds, file: seconds, socket: seconds, window: seconds, commit: seconds, idle: seconds })
  .map(({ cpu, ...rest }) => ({
    ...rest,
    total: cpu + Object.values(rest).reduce((sum, one) => sum + one, 0),
  }))

test('the times of any two ends', () => {
  const scaled = (end: StreamSeconds, by: number): StreamSeconds => ({
    ...{ total: end.total * by, file: end.file * by, socket: end.socket * by },
    ...{ window: end.window * by, commit: end.commit * by, idle: end.idle * by },
  })
  fc.assert(
    fc.property(times, times, (sender, receiver) => {
      const facts: LimitFacts = { sender, receiver, ...LONG }
      const limit = limitedBy(facts)
      // Neither how long it took nor who waited without work has an effect.
      assert.equal(limitedBy({ ...facts, sender: scaled(sender, 16), receiver: scaled(receiver, 4) }), limit)
      // An end that was always busy is the limit, whatever the other one did.
      const busy: StreamSeconds = { ...NO_SECONDS, total: 5, file: 5 }
      assert.equal(limitedBy({ ...facts, sender: busy }), 'source')
      // A receiver that never waits is never behind a network that is the limit.
      assert.notEqual(limitedBy({ ...facts, receiver: { ...receiver, socket: 0, window: 0 } }), 'network')
      // Without one end, none of its stages is named, nor the network.
      assert.ok([null, 'source', 'sender-cpu'].includes(limitedBy({ ...facts, receiver: null })))
      assert.ok([null, 'receiver-cpu', 'target'].includes(limitedBy({ ...facts, sender: null })))
    }),
    { verbose: true },
  )
})

test('times that a peer invents name no limit that is none', () => {
  const odd = { total: 1, file: 1e300, socket: 1e300, window: 0, commit: 0, idle: 0 }
  assert.equal(limitedBy({ sender: end({ socket: 9 }), receiver: odd, ...LONG }), 'target')
  assert.equal(limitedBy({ sender: end({ file: 9 }), receiver: { ...odd, idle: 5 }, ...LONG }), 'source')
})
