import type { IncomingOffer, TransferState, TransferView } from '../../contract/transfer.ts'
import { choiceNow, copiesOf, liveCounters, peerCopiesOf } from '../report/report.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import type { CarrierFacts } from '../transfer/carrier.ts'

/** What a view of an incoming transfer is made of. */
export interface IncomingStatus {
  readonly offer: Omit<IncomingOffer, 'preview'>
  readonly topEntries: number
  readonly state: TransferState
  /** Null before bytes move. */
  readonly facts: CarrierFacts | null
  /** What the sender reported of its end. */
  readonly peer: TechniqueNow
  /** By {@link steadyNow}. */
  readonly startedAt: number
  readonly movingSince: number | null
  readonly savedAs: readonly string[]
}

const NO_PROGRESS: ReturnType<CarrierFacts['progress']> = { bytes: 0, files: 0, sample: null }
/** Nothing is reported of bytes that pass through Node. */
const UNKNOWN: TechniqueNow = { technique: null, fellBackFrom: null }

/** An incoming transfer as it is at this moment. */
export function viewOfIncoming(status: IncomingStatus): TransferView {
  const { offer, topEntries, state, facts, startedAt, movingSince, savedAs } = status
  const progress = facts?.progress() ?? NO_PROGRESS
  const { cipher, carrier, transport } = facts?.conveyance ?? offer
  const conveyance = { cipher, carrier, transport }
  const { alias, fingerprint, kind } = offer.peer
  const choice = facts?.choice ? choiceNow(facts.choice, progress.sample) : null
  const peer = carrier === 'engine' ? status.peer : UNKNOWN
  const ofCopies = { role: 'receiver', conveyance, route: facts?.route ?? null } as const
  return {
    transferId: offer.transferId,
    role: 'receiver',
    peer: { alias, fingerprint, kind },
    title: offer.title,
    topEntries,
    totals: offer.totals,
    state,
    ...conveyance,
    choice,
    peerTechnique: peer.technique,
    peerFellBackFrom: peer.fellBackFrom,
    copies:
      state.kind === 'done'
        ? state.report.copies
        : copiesOf({ ...ofCopies, technique: choice?.technique ?? null, sample: progress.sample }),
    peerCopies: peerCopiesOf({ ...ofCopies, technique: peer.technique }),
    bytes: progress.bytes,
    files: progress.files,
    startedAt,
    movingSince,
    folder: offer.folder,
    savedAs,
    counters: liveCounters(progress.sample, conveyance),
  }
}
