import type { IncomingMessage } from 'node:http'
import { PenstockError, type Problem } from '../../../contract/errors.ts'
import { refusal, type Answer } from '../http/answers.ts'

/** The reason for which the connection of a request ended. */
export function brokenBy({ socket }: IncomingMessage): PenstockError {
  return socket.errored instanceof PenstockError ? socket.errored : new PenstockError('peer-gone')
}

/** Whether this side has ended the session. */
export function isCancelled(error: unknown): boolean {
  return error instanceof PenstockError && error.code === 'cancelled-here'
}

/** The answer to a refused offer: 403 if it was declined or withdrawn, any other status if it could not be accepted here. */
export function rejection(problem: Problem = { code: 'refused' }): Answer {
  switch (problem.code) {
    case 'refused':
    case 'refused-unattended':
    case 'cancelled-here':
    case 'cancelled-by-peer':
    case 'peer-gone':
    case 'timed-out':
      return refusal(403, 'rejected')
    case 'busy':
      return refusal(409, 'busy')
    case 'unsafe-name':
    case 'name-too-long':
    case 'name-collision':
      return refusal(400, 'none of the names can be used here')
    default:
      return failure(new PenstockError(problem.code, problem.params))
  }
}

/** The answer to a file that was not kept. */
export function failure(error: unknown): Answer {
  if (!(error instanceof PenstockError)) return refusal(500, 'not kept')
  switch (error.code) {
    case 'protocol':
      return refusal(400, String(error.params['detail']))
    case 'disk-full':
      return refusal(507, 'disk full')
    case 'too-large':
      return refusal(413, 'file too large for this disk')
    default:
      return refusal(500, error.code)
  }
}
