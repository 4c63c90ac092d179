import { type Conveyance, KERNEL_TLS_STREAMS, SEALED_STREAMS } from '../../contract/report.ts'
import {
  type Reason,
  type ReceiveTechnique,
  type SendTechnique,
  type Technique,
} from '../../contract/technique.ts'
import type { PlanFacts } from './plan.ts'

// Users choose the technique, and the transport follows; contract/carries.ts has what each transport carries.

/** How the streams of an encrypted transfer are to meet their sockets, and why. */
export interface TransportChoice {
  readonly transport: 'sealed' | 'kernel-tls'
  /** The conveyance of streams with this transport. */
  readonly conveyance: Conveyance
  readonly reason: Reason
}

/** What a direction's two encrypting techniques are called, and why each is taken by itself. */
interface Sealing {
  readonly engine: Technique
  readonly byEngine: Reason
  readonly byKernel: Reason
}

const SENDING: Sealing = {
  engine: 'seal',
  byEngine: { code: 'engine-encrypts' },
  byKernel: { code: 'kernel-encrypts' },
}
const RECEIVING: Sealing = {
  engine: 'unseal',
  byEngine: { code: 'engine-decrypts' },
  byKernel: { code: 'kernel-decrypts' },
}

function choose(
  supported: readonly Technique[],
  wanted: Technique | 'auto',
  { engine, byEngine, byKernel }: Sealing,
): TransportChoice | null {
  const able = (['ktls', engine] as const).filter((technique) => supported.includes(technique))
  const technique = able.find((one) => one === wanted) ?? able[0]
  if (technique === undefined) return null
  const isKernel = technique === 'ktls'
  return {
    transport: isKernel ? 'kernel-tls' : 'sealed',
    conveyance: isKernel ? KERNEL_TLS_STREAMS : SEALED_STREAMS,
    reason: technique === wanted ? { code: 'chosen-by-user' } : isKernel ? byKernel : byEngine,
  }
}

/**
 * The transport of a sender's encrypted streams: the kernel's TLS where it has it, unless the user wants the engine's. A wish for
 * a technique of unencrypted streams has no say in it. Null where this machine can encrypt no stream, so that a request body
 * carries the bytes.
 */
export function planSendTransport(
  { supported }: Pick<PlanFacts, 'supported'>,
  wanted: SendTechnique | 'auto',
): TransportChoice | null {
  return choose(supported.send, wanted, SENDING)
}

/** The same for a receiver, which chooses for itself: records are alike on the wire. */
export function planReceiveTransport(
  { supported }: Pick<PlanFacts, 'supported'>,
  wanted: ReceiveTechnique | 'auto',
): TransportChoice | null {
  return choose(supported.receive, wanted, RECEIVING)
}
