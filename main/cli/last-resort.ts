import { PenstockError, toProblem, type Problem } from '../contract/errors.ts'
import { errnoOf, problemOfErrno } from '../core/index.ts'
import { EXIT } from './exit.ts'
import type { Interrupt } from './interrupt.ts'
import type { Output } from './output/output.ts'

/** Time for running work to end after a programming error, in milliseconds. */
const END_LIMIT_MS = 6000

/**
 * Converts anything that a command threw to a problem. A failed system call, such as for a full disk or a missing folder, is
 * not a programming error.
 */
export function problemOfThrown(error: unknown): Problem {
  if (error instanceof PenstockError || !isSystemError(error)) return toProblem(error)
  const { syscall, path } = error
  const params = { syscall, ...(path === undefined ? {} : { path }) }
  const { code, params: all } = problemOfErrno(errnoOf(error), params)
  return { code: code === 'disk-full' ? 'folder-full' : code, params: all }
}

interface SystemError extends Error {
  readonly syscall: string
  readonly path?: string
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && typeof error.syscall === 'string' && 'errno' in error
}

/** Prints where a programming error was thrown. */
export function printStack(error: unknown, output: Output): void {
  output.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/**
 * Catches unhandled errors: prints them with their stack and ends everything within seconds. The process exits with 70 in
 * any case.
 * @returns a function that stops catching
 */
export function catchProgrammingErrors(output: Output, interrupt: Interrupt): () => void {
  const onError = (error: unknown): void => {
    const problem: Problem = {
      code: 'internal',
      params: { message: error instanceof Error ? error.message : String(error) },
    }
    output.problem(problem)
    printStack(error, output)
    if (interrupt.crashed !== null) return
    setTimeout(() => process.exit(EXIT.internal), END_LIMIT_MS)
    // A running transfer reports the end itself.
    if (interrupt.reporting.size === 0) output.failure(null, problem)
    interrupt.crash(problem)
  }
  process.on('uncaughtException', onError).on('unhandledRejection', onError)
  return () => {
    process.off('uncaughtException', onError).off('unhandledRejection', onError)
  }
}
