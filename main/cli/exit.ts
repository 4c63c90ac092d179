import type { Problem } from '../contract/errors.ts'
import type { TerminalState } from '../contract/transfer.ts'

/** Exit codes of the process. `internal` is a programming error, EX_SOFTWARE of sysexits.h. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, refused: 3, internal: 70, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code for a thrown error. */
export function exitOfProblem(problem: Problem): ExitCode {
  switch (problem.code) {
    // The options request something that is not possible here; other options may be.
    case 'usage':
    case 'technique-unavailable':
    case 'not-encrypted':
    case 'pin-needs-encryption':
      return EXIT.wrongUse
    case 'internal':
      return EXIT.internal
    default:
      return EXIT.failed
  }
}

/** The exit code for the end of a transfer: `failed` if an entry was not delivered, by rule, by choice, or by a failure. */
export function exitOfEnd(end: TerminalState): ExitCode {
  switch (end.kind) {
    case 'done':
      return end.report.notDelivered.length > 0 ? EXIT.failed : EXIT.done
    case 'refused':
      return end.by === 'peer' ? EXIT.refused : EXIT.failed
    case 'cancelled':
      return EXIT.failed
    case 'failed':
      return exitOfProblem(end.problem)
  }
}
