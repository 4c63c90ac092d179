import type { EngineSample, FileFailure } from '../../../native/index.ts'
import type { Problem } from '../../contract/errors.ts'
import type { Conveyance } from '../../contract/report.ts'
import type { Choice, ReceiveTechnique, Technique } from '../../contract/technique.ts'
import type { Committed } from '../target/commit.ts'
import type { Arrived } from '../target/placement.ts'
import type { RouteOfBytes } from '../report/copies.ts'

/** What became of the files. */
export interface Arrival {
  readonly failures: readonly FileFailure[]
  readonly arrived: Arrived
}

/** What is known of a feed, also after it has ended. */
export interface FeedFacts {
  readonly conveyance: Conveyance
  readonly check: boolean
  readonly streams: number
  readonly choice: Choice<ReceiveTechnique> | null
  readonly route: RouteOfBytes | null
  progress(): { readonly bytes: number; readonly files: number; readonly sample: EngineSample | null }
}

/** What fills the staging folder: the engine's receiver, or request bodies from a LocalSend device. */
export interface Feed extends FeedFacts {
  /** Throws `technique-unavailable`. */
  setTechnique(technique: Technique): void
  /** Resolves when every file is whole or failed; rejects with a PenstockError when the transfer cannot go on. */
  readonly received: Promise<Arrival>
  /** What has its final name although the transfer may still fail; null where that begins with the commit. */
  placed(): Committed | null
  /**
   * Called once `received` has resolved, before the first file gets its name; from then on the sender cannot cancel. Null when
   * the commit may begin; otherwise rejects with what ended the session meanwhile.
   */
  beginCommit(): Promise<never> | null
  /** Tells the sender that all but these are under their final names. Resolves when the sender has been told, or is gone. */
  finish(failures: readonly FileFailure[]): Promise<void>
  /** Ends the session, and tells the sender why. */
  cancel(problem: Problem): void
}

/** The facts of a feed as they are now, without the feed. */
export function factsNow(feed: FeedFacts): FeedFacts {
  const { conveyance, check, streams, choice, route } = feed
  const progress = feed.progress()
  return { conveyance, check, streams, choice, route, progress: () => progress }
}
