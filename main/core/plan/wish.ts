import { PenstockError } from '../../contract/errors.ts'
import type { Choice, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from './plan.ts'

// A technique that the user asks for runs or is an error: only what turns out to be unsupported while it runs is replaced,
// and the report says so.

/** Throws `technique-unavailable` where this technique cannot send by these facts. */
export function assertSendWish(facts: PlanFacts, wanted: SendTechnique | 'auto'): void {
  assertTaken(planSend(facts, wanted), wanted)
}

/** Throws `technique-unavailable` where this technique cannot receive by these facts. */
export function assertReceiveWish(facts: PlanFacts, wanted: ReceiveTechnique | 'auto'): void {
  assertTaken(planReceive(facts, wanted), wanted)
}

function assertTaken<T extends Technique>({ technique, rejected }: Choice<T>, wanted: T | 'auto'): void {
  if (wanted === 'auto' || technique === wanted) return
  const why = rejected.find((other) => other.technique === wanted)?.why
  throw new PenstockError('technique-unavailable', {
    ...why?.params,
    technique: wanted,
    ...(why === undefined ? {} : { why: why.code }),
  })
}
