import type { EntryNote, FileFailure } from '../../../native/index.ts'
import type { ReceiveTechnique } from '../../contract/technique.ts'
import type { Committed } from '../target/commit.ts'
import type { Arrived } from '../target/placement.ts'
import type { Carrier } from '../transfer/carrier.ts'

/** Which files arrived. */
export interface Arrival {
  readonly failures: readonly FileFailure[]
  readonly arrived: Arrived
}

/** A carrier that fills the staging folder: the engine's receiver, or request bodies from a LocalSend device. */
export interface ReceivingCarrier extends Carrier<ReceiveTechnique> {
  /** Resolves when every file is whole or failed; rejects with a PenstockError when the transfer cannot continue. */
  readonly received: Promise<Arrival>
  /** Files that have their final names although the transfer may still fail; null if naming begins with the commit. */
  placed(): Committed | null
  /**
   * Called after `received` has resolved, before the first file gets its name; from then on the sender cannot cancel. Null
   * if the commit may begin; otherwise rejects with the earlier end of the session.
   */
  beginCommit(): Promise<never> | null
  /** Reports to the sender that all but these have their final names, and the changes of those that have. Resolves when the report is sent or the sender is gone. */
  finish(failures: readonly FileFailure[], changes: readonly EntryNote[]): Promise<void>
}
