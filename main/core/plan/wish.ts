import { PenstockError } from '../../contract/errors.ts'
import type { Choice, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from './plan.ts'

// A technique that the user chooses either runs or is an error. It is replaced only if it proves unsupported while it runs,
// and the report names this.

/** Throws `technique-unavailable` if this technique cannot send under these facts. */
export function assertSendWish(facts: PlanFacts, wanted: SendTechnique | 'auto'): void {
  assertTaken(planSend(facts, wanted), wanted)
}

/** Throws `technique-unavailable` if this technique cannot receive under these facts. */
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
