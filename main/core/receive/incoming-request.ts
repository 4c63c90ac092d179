import { randomBytes } from 'node:crypto'
import type { Technique } from '../../contract/technique.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import type { AlwaysAccept } from '../device/trust.ts'
import type { NameFolding } from '../target/names.ts'
import type { Staging } from '../target/staging.ts'
import type { StagingArea } from '../target/staging-area.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { TakenManifest } from './offers/manifest.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** An id for an offer, which no peer can choose or guess: 16 random bytes in hexadecimal. */
export function newOfferId(): string {
  return randomBytes(16).toString('hex')
}

/** An offer as it came in, from a Penstock or a LocalSend device. */
export interface IncomingRequest {
  readonly offer: IncomingOffer
  /** Who sent it; null where no certificate was shown. */
  readonly identity: ProvedIdentity | null
  /** See {@link ReceiveOptions.decide}. */
  readonly always: AlwaysAccept | null
  /** Makes the entries, once the offer is accepted, for a file system that folds names like this. */
  take(folding: NameFolding): Promise<TakenManifest>
  readonly topEntries: number
  /** The technique that the sender intends to use. */
  readonly peerTechnique: Technique | null
}

/** What an incoming transfer needs of the receiver that it belongs to. */
export interface IncomingHost {
  readonly options: ReceiveOptions
  readonly staging: StagingArea
  readonly errors: ProgrammingErrors
  /** Milliseconds that a decision may take; 15 minutes where it is left out. */
  readonly decisionMs?: number
}

/** What an accepted offer is received with. */
export interface Admitted {
  readonly staging: Staging
  readonly manifest: TakenManifest
}
