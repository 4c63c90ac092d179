// Invariant: only an answer, a signal or the system ends running work; a hidden application that may be unreachable quits once
// its work has ended; no event leaves the state `ending`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  Closing,
  type ClosingFacts,
  type ClosingState,
  type ClosingTrigger,
  nextState,
} from '../../main/desktop/window/closing.ts'

const STATES = ['open', 'asking', 'hidden', 'ending'] as const
const TRIGGERS = ['close', 'quit', 'shutdown', 'idle', 'show', 'keep', 'stop', 'cancel'] as const

const FACTS: Readonly<Record<string, ClosingFacts>> = {
  'nothing runs': { busy: false, canAsk: true, tray: false },
  'nothing runs, tray': { busy: false, canAsk: true, tray: true },
  'work runs': { busy: true, canAsk: true, tray: false },
  'work runs, tray': { busy: true, canAsk: true, tray: true },
  'work runs, the page does not respond': { busy: true, canAsk: false, tray: false },
}

/** For each state: what close, quit, shutdown, idle, show, keep, stop and cancel lead to. */
type Row = readonly (ClosingState | null)[]
const TABLE: Readonly<Record<string, Readonly<Record<Exclude<ClosingState, 'ending'>, Row>>>> = {
  'nothing runs': {
    open: ['ending', 'ending', 'ending', null, 'open', null, null, null],
    asking: ['ending', 'ending', 'ending', null, 'asking', 'ending', 'ending', 'open'],
    hidden: ['ending', 'ending', 'ending', 'ending', 'open', null, null, null],
  },
  'nothing runs, tray': {
    open: ['ending', 'ending', 'ending', null, 'open', null, null, null],
    asking: ['ending', 'ending', 'ending', null, 'asking', 'hidden', 'ending', 'open'],
    hidden: ['ending', 'ending', 'ending', null, 'open', null, null, null],
  },
  'work runs': {
    open: ['asking', 'asking', 'ending', null, 'open', null, null, null],
    asking: ['asking', 'asking', 'ending', null, 'asking', 'hidden', 'ending', 'open'],
    hidden: ['asking', 'asking', 'ending', null, 'open', null, null, null],
  },
  'work runs, tray': {
    open: ['asking', 'asking', 'ending', null, 'open', null, null, null],
    asking: ['asking', 'asking', 'ending', null, 'asking', 'hidden', 'ending', 'open'],
    hidden: ['asking', 'asking', 'ending', null, 'open', null, null, null],
  },
  'work runs, the page does not respond': {
    open: ['hidden', 'hidden', 'ending', null, 'open', null, null, null],
    asking: ['hidden', 'hidden', 'ending', null, 'asking', 'hidden', 'ending', 'open'],
    hidden: ['hidden', 'hidden', 'ending', null, 'open', null, null, null],
  },
}

for (const [name, facts] of Object.entries(FACTS)) {
  for (const state of STATES) {
    test(`${name}, ${state}: every trigger`, () => {
      const expected = state === 'ending' ? TRIGGERS.map(() => null) : TABLE[name]?.[state]
      assert.deepEqual(
        TRIGGERS.map((trigger) => nextState(state, trigger, facts)),
        expected,
      )
    })
  }
}

test('while work runs, every sequence of triggers ends it only by shutdown or by "stop" to a question', () => {
  const mayEnd = new Set<ClosingTrigger>(['shutdown', 'stop'])
  for (const tray of [false, true]) {
    for (const canAsk of [false, true]) {
      for (const state of STATES.filter((one) => one !== 'ending')) {
        for (const trigger of TRIGGERS.filter((one) => !mayEnd.has(one))) {
          assert.notEqual(nextState(state, trigger, { busy: true, canAsk, tray }), 'ending')
        }
      }
    }
  }
})

function closing(facts: { busy: boolean; canAsk: boolean; tray: boolean }) {
  const entered: ClosingState[] = []
  return {
    entered,
    one: new Closing(
      () => facts,
      (state) => entered.push(state),
    ),
  }
}

test('each state is carried out as it is entered, and a question that is open is asked again', () => {
  const { one, entered } = closing({ busy: true, canAsk: true, tray: false })
  for (const trigger of ['keep', 'close', 'quit', 'cancel', 'cancel', 'close', 'keep', 'show'] as const)
    one.take(trigger)
  assert.deepEqual(entered, ['asking', 'asking', 'open', 'asking', 'hidden', 'open'])
  assert.equal(one.state, 'open')
})

test('hidden: it quits 2 s after the last work has ended, not between two transfers', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const facts = { busy: true, canAsk: true, tray: false }
  const { one, entered } = closing(facts)
  one.take('close')
  one.take('keep')
  facts.busy = false
  one.activityChanged()
  t.mock.timers.tick(1999)
  facts.busy = true
  one.activityChanged()
  t.mock.timers.tick(10_000)
  assert.equal(one.state, 'hidden')
  facts.busy = false
  one.activityChanged()
  t.mock.timers.tick(2000)
  assert.deepEqual(entered, ['asking', 'hidden', 'ending'])
})

test('hidden: shown again before the time is over, it does not quit', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const facts = { busy: true, canAsk: true, tray: false }
  const { one } = closing(facts)
  one.take('close')
  one.take('keep')
  facts.busy = false
  one.activityChanged()
  one.take('show')
  t.mock.timers.tick(10_000)
  assert.equal(one.state, 'open')
})

test('hidden with a certain tray icon, or open: the end of all work does not quit', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  for (const hide of [true, false]) {
    const facts = { busy: true, canAsk: true, tray: true }
    const { one } = closing(facts)
    if (hide) {
      one.take('close')
      one.take('keep')
    }
    facts.busy = false
    one.activityChanged()
    t.mock.timers.tick(10_000)
    assert.equal(one.state, hide ? 'hidden' : 'open')
  }
})
