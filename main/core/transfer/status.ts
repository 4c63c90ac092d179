import { z } from 'zod'
import { ERROR_CODES, PenstockError, type Problem } from '../../contract/errors.ts'
import { offerProblem } from '../wire/localsend/statuses.ts'

const ProblemBody = z.object({ code: z.enum(ERROR_CODES) })

/** A problem as the body of a refusal, so that another Penstock can say more than the status does. */
export function problemBody(problem: Problem): object {
  return { code: problem.code, message: problem.code }
}

function codeIn(text: string): Problem['code'] | null {
  try {
    const parsed = ProblemBody.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.code : null
  } catch {
    return null
  }
}

/**
 * What a status other than 200 means (LocalSend's table), refined by the code that a Penstock adds. `peer` is its name for
 * the sentence.
 */
export function statusProblem(status: number, text: string, pinSent: boolean, peer?: string): PenstockError {
  const said = codeIn(text)
  if (said && said !== 'internal') return new PenstockError(said, peer === undefined ? {} : { peer })
  // Only a connection whose certificate was checked leads to a Penstock.
  return offerProblem(status, { pinGiven: pinSent, encrypted: true })
}
