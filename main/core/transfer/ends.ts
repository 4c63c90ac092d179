import type { EngineEnd, FileFailure } from '../../../native/index.ts'
import {
  type ErrorCode,
  type ErrorParams,
  PenstockError,
  type Problem,
  toProblem,
} from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import { isFolderGone } from '../errors/errno.ts'
import type { TransferEvent } from './lifecycle.ts'

/** Answers that refuse an offer. */
const REFUSALS: readonly ErrorCode[] = [
  'refused',
  'refused-unattended',
  'nothing-selected',
  'pin-needed',
  'pin-wrong',
  'busy',
  'too-many-attempts',
]

/** Meaning of the code in a sender's CANCEL at the receiver. Codes not listed violate the protocol. */
const SENDER_ENDS: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['cancelled', 'cancelled-by-peer'],
  ['protocol', 'protocol'],
  ['io', 'peer-failed'],
  ['timed-out', 'timed-out'],
  ['check-failed', 'check-failed'],
  ['internal', 'peer-failed'],
])

/** Meaning of the code in a receiver's ERROR at the sender. Codes not listed violate the protocol. */
const RECEIVER_ENDS: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ...SENDER_ENDS,
  ['io', 'io'],
  ['disk-full', 'disk-full'],
  ['too-large', 'too-large'],
  ['no-permission', 'no-permission'],
  ['check-failed', 'check-failed'],
])

/** Meaning of the code with which this side's own engine gave up. */
const OWN_ENDS: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['peer-gone', 'peer-gone'],
  ['timed-out', 'timed-out'],
  ['protocol', 'protocol'],
  ['io', 'io'],
  ['disk-full', 'disk-full'],
  ['too-large', 'too-large'],
  ['no-permission', 'no-permission'],
  ['check-failed', 'check-failed'],
])

/** The wire's name of the problem that ended a transfer, for the other side. */
export function wireOfProblem(problem: Problem): string {
  switch (problem.code) {
    case 'cancelled-here':
    case 'cancelled-by-peer':
      return 'cancelled'
    case 'disk-full':
    case 'too-large':
    case 'no-permission':
    case 'protocol':
    case 'timed-out':
    case 'io':
    case 'check-failed':
      return problem.code
    // The errno tells them apart.
    case 'target-unusable':
      return 'io'
    default:
      return 'internal'
  }
}

/** The event for the error that ended a transfer. */
export function eventOfError(error: unknown): TransferEvent {
  const problem = toProblem(error)
  const known = error instanceof PartlyDelivered ? { partial: error.partial } : {}
  if (problem.code === 'cancelled-here') return { kind: 'cancelled', ...known }
  if (problem.code === 'cancelled-by-peer') return { kind: 'peer-cancelled', problem, ...known }
  if (REFUSALS.includes(problem.code)) return { kind: 'peer-refused', problem }
  return { kind: 'failed', problem, ...known }
}

/**
 * How the other side ended the transfer, or that it did not report an end. It takes precedence over a cancel on this side.
 */
export class PeerEnd extends PenstockError {}

/** Returns an engine's failures if it is done; otherwise throws its end. `peer` is null if there is no other side. */
export function failuresOf(end: EngineEnd, peer: 'sender' | 'receiver' | null): readonly FileFailure[] {
  switch (end.kind) {
    case 'done':
      return end.failures
    case 'cancelled':
      throw new PenstockError('cancelled-here')
    case 'peer-error':
      throw peer
        ? problemOfPeer(end.code, peer, end.errno)
        : new PenstockError('internal', { message: 'no peer' })
    case 'unconfirmed':
      throw new PeerEnd('cancel-unconfirmed')
    case 'failed': {
      const code = OWN_ENDS.get(end.code)
      if (!code) throw new PenstockError('internal', { message: `engine: ${end.code}` })
      throw new PenstockError(...targetEnd(code, end.errno))
    }
  }
}

/** The problem for the code with which the peer ended a transfer. */
export function problemOfPeer(name: string, peer: 'sender' | 'receiver', errno?: string): PeerEnd {
  const code = (peer === 'sender' ? SENDER_ENDS : RECEIVER_ENDS).get(name)
  if (!code) return new PeerEnd('protocol', { detail: `${peer} ends with ${name}` })
  return new PeerEnd(...targetEnd(code, peer === 'receiver' ? errno : undefined))
}

/** An error of the folder for received files that ended a transfer. The engine ends by `io` where that folder is gone. */
function targetEnd(code: ErrorCode, errno: string | undefined): [ErrorCode, ErrorParams] {
  if (code !== 'io' || errno === undefined) return [code, {}]
  return [isFolderGone(errno) ? 'target-unusable' : code, { errno }]
}
