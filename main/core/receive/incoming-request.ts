import { randomBytes } from 'node:crypto'
import type { Technique } from '../../contract/technique.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import type { AlwaysAccept } from '../device/trust.ts'
import type { TargetNames } from '../target/commit-plan.ts'
import type { Staging } from '../target/staging.ts'
import type { StagingArea } from '../target/staging-area.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { TakenManifest } from './offers/manifest.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** An id for an offer that a peer can neither choose nor guess: 16 random bytes in hexadecimal. */
export function newOfferId(): string {
  return randomBytes(16).toString('hex')
}

/** An incoming offer, from a Penstock or a LocalSend device. */
export interface IncomingRequest {
  readonly offer: IncomingOffer
  /** The sender; null if it presented no certificate. */
  readonly identity: ProvedIdentity | null
  /** See {@link ReceiveOptions.decide}. */
  readonly always: AlwaysAccept | null
  /** Creates the entries, once the offer is accepted, for a file system with this folding of names. */
  take(names: TargetNames): Promise<TakenManifest>
  readonly topEntries: number
  /** The technique that the sender intends to use. */
  readonly peerTechnique: Technique | null
}

/** What an incoming transfer needs from its receiver. */
export interface IncomingHost {
  readonly options: ReceiveOptions
  readonly staging: StagingArea
  readonly errors: ProgrammingErrors
  /** Milliseconds for a decision; the default is 15 minutes. */
  readonly decisionMs?: number
}

/** The means to receive an accepted offer. */
export interface Admitted {
  readonly staging: Staging
  readonly manifest: TakenManifest
}
