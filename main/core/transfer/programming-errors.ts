import { inspect } from 'node:util'
import { PenstockError } from '../../contract/errors.ts'

/** Receives an error of this program; `transferId` is null if it belongs to no transfer. */
export type OnProgrammingError = (error: unknown, transferId: string | null) => void

/**
 * Reports errors of this program: everything but a {@link PenstockError}, and one with the code `internal`. Each is reported
 * once, even if it passes several handlers.
 */
export class ProgrammingErrors {
  readonly #hook: OnProgrammingError
  readonly #seen = new WeakSet()

  constructor(hook: OnProgrammingError = warn) {
    this.#hook = hook
  }

  /** Reports `error` if it is one of this program. Never throws. */
  report(error: unknown, transferId: string | null): void {
    const cause = programmingErrorIn(error)
    if (cause === null || this.#isSeen(cause)) return
    try {
      this.#hook(cause, transferId)
    } catch (broken) {
      warn(cause, transferId)
      warn(broken, transferId)
    }
  }

  #isSeen(error: unknown): boolean {
    if (typeof error !== 'object' || error === null) return false
    if (this.#seen.has(error)) return true
    this.#seen.add(error)
    return false
  }
}

/** The error itself, without the {@link PenstockError} around it; null for expected failures. */
function programmingErrorIn(error: unknown): unknown {
  // Work stopped by an abort signal.
  if (error instanceof Error && error.name === 'AbortError') return null
  if (!(error instanceof PenstockError)) return error ?? new Error('nothing was thrown')
  if (error.code !== 'internal') return null
  return error.cause === undefined ? error : (programmingErrorIn(error.cause) ?? error)
}

/** Node prints warnings to standard error. */
function warn(error: unknown, transferId: string | null): void {
  const where = transferId === null ? 'outside of a transfer' : `in the transfer ${transferId}`
  process.emitWarning(`an error of this program ${where}`, { type: 'Penstock', detail: inspect(error) })
}
