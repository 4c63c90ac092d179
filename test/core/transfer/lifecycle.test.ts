// Invariant: for any events in any order, a transfer ends once and its first end stands. Reporting an event never throws; one
// that does not fit ends the transfer as the peer's or this program's fault.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { TransferReport } from '../../../main/contract/report.ts'
import type { TransferState } from '../../../main/contract/transfer.ts'
import { eventOfError } from '../../../main/core/transfer/ends.ts'
import {
  type ActiveKind,
  isTerminal,
  Lifecycle,
  type TransferEvent,
} from '../../../main/core/transfer/lifecycle.ts'
import { REPORT } from '../../cli/fake.ts'
import { fc } from '../../support/random.ts'

const report: TransferReport = REPORT
const problem = { code: 'refused' as const }
const EVENTS: readonly TransferEvent[] = [
  { kind: 'offered' },
  { kind: 'running' },
  { kind: 'committing' },
  { kind: 'done', report },
  { kind: 'declined', problem },
  { kind: 'cancelled' },
  { kind: 'peer-refused', problem },
  { kind: 'peer-cancelled', problem },
  { kind: 'failed', problem },
]

/** How each active state is reached. */
const PATHS: Readonly<Record<ActiveKind, readonly TransferEvent[]>> = {
  preparing: [],
  offered: [{ kind: 'offered' }],
  running: [{ kind: 'offered' }, { kind: 'running' }],
  committing: [{ kind: 'offered' }, { kind: 'running' }, { kind: 'committing' }],
}

/** What follows each event in each state; `internal` and `protocol` are failures with that code. */
const EXPECTED: Readonly<Record<ActiveKind, readonly string[]>> = {
  preparing: ['offered', 'running', 'internal', 'internal', 'internal', 'here', 'refused', 'peer', 'failed'],
  offered: ['internal', 'running', 'internal', 'internal', 'declined', 'here', 'refused', 'peer', 'failed'],
  running: ['internal', 'internal', 'committing', 'done', 'internal', 'here', 'protocol', 'peer', 'failed'],
  committing: ['internal', 'internal', 'internal', 'done', 'internal', 'here', 'protocol', 'peer', 'failed'],
}

function nameOf(state: TransferState): string {
  switch (state.kind) {
    case 'refused':
      return state.by === 'here' ? 'declined' : 'refused'
    case 'cancelled':
      return state.by
    case 'failed':
      return state.problem === problem ? 'failed' : state.problem.code
    default:
      return state.kind
  }
}

function at(state: ActiveKind): { readonly lifecycle: Lifecycle; readonly reported: unknown[] } {
  const reported: unknown[] = []
  const lifecycle = new Lifecycle('preparing', (error) => reported.push(error))
  for (const event of PATHS[state]) lifecycle.apply(event)
  assert.equal(lifecycle.state.kind, state)
  return { lifecycle, reported }
}

describe('each event in each state', () => {
  for (const state of ['preparing', 'offered', 'running', 'committing'] as const) {
    for (const [index, event] of EVENTS.entries()) {
      test(`${state}: ${event.kind}`, async () => {
        const { lifecycle, reported } = at(state)
        assert.equal(lifecycle.apply(event), true)
        assert.equal(nameOf(lifecycle.state), EXPECTED[state][index])
        assert.equal(reported.length, EXPECTED[state][index] === 'internal' ? 1 : 0)
        if (!isTerminal(lifecycle.state)) return
        const end = lifecycle.state
        for (const later of EVENTS) assert.equal(lifecycle.apply(later), false)
        assert.equal(lifecycle.state, end)
        assert.equal(await lifecycle.ended, end)
      })
    }
  }
})

test('exactly one terminal state, and `ended` resolves with it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), async (events) => {
      const lifecycle = new Lifecycle('preparing', () => undefined)
      let ends = 0
      lifecycle.onChange(() => {
        if (isTerminal(lifecycle.state)) ends++
      })
      for (const event of events) lifecycle.apply(event)
      lifecycle.apply({ kind: 'cancelled' })
      assert.equal(ends, 1)
      assert.deepEqual(await lifecycle.ended, lifecycle.state)
    }),
  )
})

test('a listener that throws is reported, and keeps neither the others nor the end from happening', () => {
  const { lifecycle, reported } = at('running')
  const broken = new TypeError('a fault in a shell')
  let called = 0
  lifecycle.onChange(() => {
    throw broken
  })
  lifecycle.onChange(() => called++)
  lifecycle.apply({ kind: 'cancelled' })
  assert.deepEqual([called, reported, lifecycle.state.kind], [1, [broken], 'cancelled'])
})

test('an error of this program ends the transfer as internal', () => {
  for (const error of [new TypeError('x'), 'text', null, undefined, new PenstockError('internal')]) {
    const event = eventOfError(error)
    assert.deepEqual([event.kind, 'problem' in event && event.problem.code], ['failed', 'internal'])
  }
})
