// Invariant: on every system, for every kind of peer, encrypted or not, the plan takes the technique that the user requests or
// fails with `technique-unavailable` and a reason in words. It never substitutes another.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { Conveyance } from '../../../main/contract/report.ts'
import {
  ENGINE_TECHNIQUES,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../main/contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from '../../../main/core/plan/plan.ts'
import { assertReceiveWish, assertSendWish } from '../../../main/core/plan/wish.ts'
import { explain, isReasonCode } from '../../../main/messages/index.ts'
import { CONVEYANCES } from '../../support/conveyances.ts'

/** Techniques that count as built. */
const send = ENGINE_TECHNIQUES
const receive = RECEIVE_TECHNIQUES
const platforms = ['linux', 'darwin', 'win32'] as const

function factsOf(platform: string, conveyance: Conveyance): PlanFacts {
  const supported = { send, receive }
  const nothing = { source: null, targetFileSystem: null, route: null }
  return {
    platform,
    conveyance,
    supported,
    memoryBytes: 8e9,
    freeMemoryBytes: 8e9,
    targetSkipsCache: false,
    ...nothing,
  }
}

/** The problem that was thrown; null if none was. */
function problemOf(check: () => void): PenstockError | null {
  try {
    check()
    return null
  } catch (error) {
    assert.ok(error instanceof PenstockError, String(error))
    return error
  }
}

function holds(wanted: Technique, taken: Technique, problem: PenstockError | null): void {
  assert.equal(problem === null, wanted === taken, `${wanted} became ${taken}`)
  if (problem === null) return
  assert.equal(problem.code, 'technique-unavailable')
  assert.equal(problem.params['technique'], wanted)
  assert.ok(isReasonCode(String(problem.params['why'])), String(problem.params['why']))
  for (const language of ['en', 'zh'] as const) {
    const { summary } = explain(problem, language)
    assert.match(summary, /[:：]/u, summary)
    assert.doesNotMatch(summary, /\?|undefined/u, summary)
  }
}

for (const platform of platforms) {
  for (const conveyance of CONVEYANCES) {
    const { cipher, carrier, transport } = conveyance
    const way = `cipher ${cipher}, ${transport ?? carrier}`
    const facts = factsOf(platform, conveyance)
    test(`sending on ${platform}, ${way}`, () => {
      assertSendWish(facts, 'auto')
      for (const wanted of SEND_TECHNIQUES) {
        const problem = problemOf(() => assertSendWish(facts, wanted))
        holds(wanted, planSend(facts, wanted).technique, problem)
        if (carrier === 'body') assert.equal(problem === null, wanted === 'readwrite', wanted)
      }
    })
    test(`receiving on ${platform}, ${way}`, () => {
      assertReceiveWish(facts, 'auto')
      for (const wanted of RECEIVE_TECHNIQUES) {
        const problem = problemOf(() => assertReceiveWish(facts, wanted))
        holds(wanted, planReceive(facts, wanted).technique, problem)
      }
    })
  }
}
