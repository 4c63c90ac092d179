import type { EngineEnd, FileFailure } from '../../../native/index.ts'
import { ERROR_CODES, type ErrorCode, PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry, TerminalState } from '../../contract/transfer.ts'

const REFUSALS: readonly ErrorCode[] = [
  'refused',
  'refused-unattended',
  'nothing-selected',
  'pin-needed',
  'pin-wrong',
  'busy',
  'too-many-attempts',
]

const BY_WIRE_NAME = new Map<string, ErrorCode>([
  ...ERROR_CODES.map((code): [string, ErrorCode] => [code, code]),
  ['cancelled', 'cancelled-by-peer'],
  ['too-large', 'disk-full'],
])

/** A code of the wire's table as one of ours; an unknown one is `internal`. */
export function problemOfWire(code: string, params: Readonly<Record<string, string>> = {}): Problem {
  const known = BY_WIRE_NAME.get(code)
  return known ? { code: known, params } : { code: 'internal', params: { ...params, message: code } }
}

/** A problem as the wire's table names it, for the other side. */
export function wireOfProblem(problem: Problem): string {
  switch (problem.code) {
    case 'cancelled-here':
    case 'cancelled-by-peer':
      return 'cancelled'
    case 'disk-full':
    case 'no-permission':
    case 'protocol':
    case 'timed-out':
    case 'io':
    case 'check-failed':
    case 'refused':
      return problem.code
    default:
      return 'internal'
  }
}

/** The one terminal state for whatever ended a transfer before it was done. */
export function endOfError(error: unknown, cancelledHere: boolean): TerminalState {
  if (cancelledHere) return { kind: 'cancelled', by: 'here', problem: { code: 'cancelled-here' } }
  const problem = toProblem(error)
  if (problem.code === 'cancelled-by-peer') return { kind: 'cancelled', by: 'peer', problem }
  if (REFUSALS.includes(problem.code)) return { kind: 'refused', by: 'peer', problem }
  return { kind: 'failed', problem }
}

/** Throws what an engine's end says went wrong; returns its failures when it is done. */
export function failuresOf(end: EngineEnd): readonly FileFailure[] {
  switch (end.kind) {
    case 'done':
      return end.failures
    case 'cancelled':
      throw new PenstockError('cancelled-here')
    case 'peer-error':
    case 'failed': {
      const { code, params } = problemOfWire(end.code)
      throw new PenstockError(code, params)
    }
  }
}

/** Files that the engine could not carry, for the report. */
export function skippedOf(
  failures: readonly FileFailure[],
  entryAt: (index: number) => ManifestEntry | undefined,
): SkippedFile[] {
  return failures.map(({ index, code, errno }) => {
    const path = entryAt(index)?.path ?? String(index)
    const problem = problemOfWire(code, errno ? { path, errno } : { path })
    // A name that the receiver's user keeps for another file is a choice, not a fault.
    return { path, kind: problem.code === 'name-taken' ? 'policy' : 'failure', problem }
  })
}
