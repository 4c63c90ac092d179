import type { Network, TransferState, TransferView } from '../../contract/transfer.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import { steadyNow } from '../../contract/clock.ts'
import { choiceNow, copiesOf, limitOf, liveCounters, peerCopiesOf } from '../report/report.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import type { CarrierFacts, Progress } from './carrier.ts'

/** The fields of a view that follow from the carrier. */
type Carried =
  | ('cipher' | 'carrier' | 'transport' | 'network' | 'choice' | 'bytes' | 'files' | 'counters')
  | ('peerTechnique' | 'peerFellBackFrom' | 'copies' | 'peerCopies' | 'limitedBy')

/** The part of a view that follows from the carrier, in either direction; the carrier is null before there is one. */
export function carriedView({
  role,
  state,
  carrier,
  progress,
  peer,
  movingSince,
}: {
  readonly role: TransferView['role']
  readonly state: TransferState
  readonly carrier: CarrierFacts | null
  readonly progress: Progress
  readonly peer: TechniqueNow
  readonly movingSince: number | null
}): Pick<TransferView, Carried> {
  const { conveyance, bytes, files, sample } = progress
  const choice = carrier?.choice ? choiceNow(carrier.choice, sample) : null
  const facts = { role, conveyance, route: carrier?.route ?? null } as const
  return {
    ...conveyance,
    network: carrier?.route ? networkOf(carrier.route) : null,
    choice,
    peerTechnique: peer.technique,
    peerFellBackFrom: peer.fellBackFrom,
    copies:
      state.kind === 'done'
        ? state.report.copies
        : copiesOf({ ...facts, technique: choice?.technique ?? null, sample }),
    peerCopies: peerCopiesOf({ ...facts, technique: peer.technique }),
    bytes,
    files,
    counters: liveCounters(sample, conveyance),
    limitedBy:
      state.kind === 'done'
        ? state.report.limitedBy
        : limitOf({
            ...{ role, bytes, reported: peer },
            sample: conveyance.carrier === 'engine' ? sample : null,
            seconds: movingSince === null ? 0 : (steadyNow() - movingSince) / 1000,
          }),
  }
}

function networkOf({ virtual, sameMachine }: RouteOfBytes): Network {
  if (sameMachine) return 'loopback'
  return virtual ? 'virtual' : 'card'
}
