import type { EngineSample } from '../../../native/index.ts'
import type { Problem } from '../../contract/errors.ts'
import type { Conveyance } from '../../contract/report.ts'
import type { Choice, Technique } from '../../contract/technique.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import type { RouteOfBytes } from '../report/copies.ts'

/** What a carrier has moved so far, and how. Its parts agree with each other: an engine is sampled once for all of them. */
export interface Progress {
  readonly conveyance: Conveyance
  /** Content bytes and files so far. */
  readonly bytes: number
  readonly files: number
  /** The engine's counters if it moves the bytes. */
  readonly sample: EngineSample | null
}

/** Facts about a carrier, also after its end. */
export interface CarrierFacts<T extends Technique = Technique> {
  /** Whether ranges are checked by CRC-32C. */
  readonly check: boolean
  /** Connections that carry content. */
  readonly streams: number
  /** The plan's choice; null if no technique can be chosen. */
  readonly choice: Choice<T> | null
  readonly route: RouteOfBytes | null
  progress(): Progress
}

/** The progress of a carrier; `planned` is how the bytes will be conveyed before there is one. */
export function progressOf(carrier: CarrierFacts | null | undefined, planned: Conveyance): Progress {
  return carrier?.progress() ?? { conveyance: planned, bytes: 0, files: 0, sample: null }
}

/** What moves the bytes of an attempt, in either direction: the engine's streams, request bodies, or a copy on this machine. */
export interface Carrier<T extends Technique = Technique> extends CarrierFacts<T> {
  /** Applies from the next range on. Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
  /** Ends it and sends the reason to the other end. No effect after the end. */
  cancel(problem: Problem): void
}

/** A copy of a carrier's current facts. */
export function carrierFacts<T extends Technique>(carrier: CarrierFacts<T>): CarrierFacts<T> {
  const { check, streams, choice, route } = carrier
  const progress = carrier.progress()
  return { check, streams, choice, route, progress: () => progress }
}

/** One accepted offer: the carrier of its bytes and the device at the other end. */
export interface Attempt<C extends CarrierFacts = Carrier> {
  /** The device at the other end as proved by TLS; null over plain HTTP and for a folder on this machine. */
  readonly identity: ProvedIdentity | null
  readonly carrier: C
  /** The last report of the other end. */
  readonly peer: TechniqueNow
}
