import type { EngineSample } from '../../../native/index.ts'
import type { Problem } from '../../contract/errors.ts'
import type { Conveyance } from '../../contract/report.ts'
import type { Choice, Technique } from '../../contract/technique.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import type { RouteOfBytes } from '../report/copies.ts'

/** What is known of a carrier, also after it has ended. */
export interface CarrierFacts<T extends Technique = Technique> {
  readonly conveyance: Conveyance
  /** Whether ranges are checked by CRC-32C. */
  readonly check: boolean
  /** Connections that carry content. */
  readonly streams: number
  /** What the plan decided; null where no technique can be chosen. */
  readonly choice: Choice<T> | null
  readonly route: RouteOfBytes | null
  /** Content bytes and files so far, and the engine's counters where it moves the bytes. */
  progress(): { readonly bytes: number; readonly files: number; readonly sample: EngineSample | null }
}

/** What moves the bytes of an attempt, in either direction: the engine's streams, request bodies, or a copy on this machine. */
export interface Carrier<T extends Technique = Technique> extends CarrierFacts<T> {
  /** For the ranges that follow. Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
  /** Ends it and sends the reason to the other end. Without effect once it has ended. */
  cancel(problem: Problem): void
}

/** The facts of a carrier as they are now, without the carrier. */
export function carrierFacts<T extends Technique>(carrier: CarrierFacts<T>): CarrierFacts<T> {
  const { conveyance, check, streams, choice, route } = carrier
  const progress = carrier.progress()
  return { conveyance, check, streams, choice, route, progress: () => progress }
}

/** One accepted offer: what carries its bytes, and who is at the other end. */
export interface Attempt<C extends CarrierFacts = Carrier> {
  /** The device at the other end as TLS proved it; null over plain HTTP and for a folder on this machine. */
  readonly identity: ProvedIdentity | null
  readonly carrier: C
  /** What the other end reported last of itself. */
  readonly peer: TechniqueNow
}
