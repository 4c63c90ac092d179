import type { EngineEnd, FileFailure } from '../../../native/index.ts'
import {
  type ErrorCode,
  type ErrorParams,
  PenstockError,
  type Problem,
  toProblem,
} from '../../contract/errors.ts'
import type { NotDelivered } from '../../contract/report.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
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

/** Meaning of the code of one file, from either side. */
const FILE_CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['io', 'io'],
  ['disk-full', 'disk-full'],
  ['too-large', 'too-large'],
  ['no-permission', 'no-permission'],
  ['file-changed', 'file-changed'],
  ['file-shrank', 'file-shrank'],
  ['file-vanished', 'file-vanished'],
  ['not-readable', 'not-readable'],
  ['check-failed', 'check-failed'],
  ['unsafe-name', 'unsafe-name'],
  ['name-taken', 'name-taken'],
])

/** The wire's name of a problem, for the other side. */
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

/** Files that the engine did not deliver, for the report. */
export function skippedOf(
  failures: readonly FileFailure[],
  entryAt: (index: number) => ManifestEntry | undefined,
): NotDelivered[] {
  return failures.map(({ index, code, errno }) => {
    const path = entryAt(index)?.path ?? String(index)
    const problem = {
      code: FILE_CODES.get(code) ?? 'peer-failed',
      params: errno ? { path, errno } : { path },
    } satisfies Problem
    // A name that the receiver's conflict rule keeps for an existing file is a policy, not a failure.
    return { path, by: problem.code === 'name-taken' ? 'policy' : 'failure', reason: problem }
  })
}

/** The UNCOMMITTED data for files that did not get their names. */
export function uncommittedOf(
  entries: readonly ManifestEntry[],
  notDelivered: readonly NotDelivered[],
): FileFailure[] {
  if (notDelivered.length === 0) return []
  const reasons = new Map(notDelivered.map(({ path, by, reason }) => [path, { by, reason }]))
  return entries.flatMap(({ index, path, type }) => {
    const found = reasons.get(path)
    if (!found || type !== 'file') return []
    return [{ index, code: found.by === 'policy' ? 'name-taken' : wireOfProblem(found.reason) }]
  })
}
