import { type Conveyance, KERNEL_TLS_STREAMS, SEALED_STREAMS } from '../../contract/report.ts'
import type { ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import type { PlanFacts } from './plan.ts'

// Users choose the technique, and the transport follows; contract/carries.ts has what each transport carries.

/** The kernel's TLS if the machine has it, unless the user wants the engine's technique; null if it has neither. */
function choose(
  supported: readonly Technique[],
  wanted: Technique | 'auto',
  engine: 'seal' | 'unseal',
): Conveyance | null {
  const able = (['ktls', engine] as const).filter((technique) => supported.includes(technique))
  const technique = able.find((one) => one === wanted) ?? able[0]
  if (technique === undefined) return null
  return technique === 'ktls' ? KERNEL_TLS_STREAMS : SEALED_STREAMS
}

/**
 * How a sender's encrypted streams are conveyed. A wish for a technique of unencrypted streams does not affect it. Null if this
 * machine can encrypt no stream, so that a request body carries the bytes.
 */
export function planSendTransport(
  { supported }: Pick<PlanFacts, 'supported'>,
  wanted: SendTechnique | 'auto',
): Conveyance | null {
  return choose(supported.send, wanted, 'seal')
}

/** The same for a receiver, which chooses for itself: records are alike on the wire. */
export function planReceiveTransport(
  { supported }: Pick<PlanFacts, 'supported'>,
  wanted: ReceiveTechnique | 'auto',
): Conveyance | null {
  return choose(supported.receive, wanted, 'unseal')
}
