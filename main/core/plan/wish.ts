import { PenstockError } from '../../contract/errors.ts'
import {
  type Choice,
  isSealing,
  type ReceiveTechnique,
  type SendTechnique,
  type Technique,
} from '../../contract/technique.ts'
import { PLAIN_STREAMS, TLS_BODY } from '../../contract/report.ts'
import { type PlanFacts, planReceive, planSend } from './plan.ts'
import { planReceiveTransport } from './transport.ts'

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

/**
 * Throws `technique-unavailable` if a receiver can take no transfer by this technique, encrypted or not. A transfer of the
 * other kind comes by what the plan chooses.
 */
export function assertReceiverWish(
  facts: Omit<PlanFacts, 'conveyance'>,
  wanted: ReceiveTechnique | 'auto',
): void {
  const encrypted = wanted !== 'auto' && isSealing(wanted)
  const conveyance = encrypted ? (planReceiveTransport(facts, wanted) ?? TLS_BODY) : PLAIN_STREAMS
  assertReceiveWish({ ...facts, conveyance }, wanted)
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
