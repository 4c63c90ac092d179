import type { IncomingOffer, TransferState, TransferView } from '../../contract/transfer.ts'
import { NOTHING_REPORTED, type TechniqueNow } from '../protocol/penstock/technique.ts'
import { type CarrierFacts, progressOf } from '../transfer/carrier.ts'
import { carriedView } from '../transfer/carried-view.ts'

/** The parts of a view of an incoming transfer. */
export interface IncomingStatus {
  readonly offer: Omit<IncomingOffer, 'preview'>
  readonly topEntries: number
  readonly state: TransferState
  /** Null before bytes move. */
  readonly facts: CarrierFacts | null
  /** The sender's last report of its end. */
  readonly peer: TechniqueNow
  /** By {@link steadyNow}. */
  readonly startedAt: number
  readonly movingSince: number | null
  readonly savedAs: readonly string[]
}

/** The current view of an incoming transfer. */
export function viewOfIncoming(status: IncomingStatus): TransferView {
  const { offer, topEntries, state, facts, startedAt, movingSince, savedAs } = status
  const { cipher, carrier, transport } = offer
  const progress = progressOf(facts, { cipher, carrier, transport })
  const { alias, fingerprint, kind } = offer.peer
  // Bytes that pass through Node have no reported technique.
  const peer = progress.conveyance.carrier === 'engine' ? status.peer : NOTHING_REPORTED
  return {
    transferId: offer.transferId,
    role: 'receiver',
    peer: { alias, fingerprint, kind },
    title: offer.title,
    topEntries,
    totals: offer.totals,
    state,
    ...carriedView({ role: 'receiver', state, carrier: facts, progress, peer, movingSince }),
    startedAt,
    movingSince,
    folder: offer.folder,
    savedAs,
  }
}
