import type { Readable } from 'node:stream'
import { z } from 'zod'
import { ERROR_CODES, PenstockError, type Problem } from '../../contract/errors.ts'

/** Bytes of an answer to an offer that are read at most (10 000 refused names and their codes). */
const TEXT_LIMIT = 1024 * 1024

const ProblemBody = z.object({ code: z.enum(ERROR_CODES) })

/** A small answer as text; throws `protocol` past 1 MiB. */
export async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    const piece = Buffer.from(chunk)
    bytes += piece.length
    if (bytes > TEXT_LIMIT) throw new PenstockError('protocol', { detail: 'answer too long' })
    chunks.push(piece)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A problem as the body of a refusal, so that another Penstock can say more than the status does. */
export function problemBody(problem: Problem, message: string): string {
  return JSON.stringify({ code: problem.code, message })
}

function codeIn(text: string): Problem['code'] | null {
  try {
    const parsed = ProblemBody.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.code : null
  } catch {
    return null
  }
}

/** What a status other than 200 means (LocalSend's table), refined by the code that a Penstock adds. */
export function statusProblem(status: number, text: string, pinSent: boolean): PenstockError {
  const said = codeIn(text)
  if (said && said !== 'internal') return new PenstockError(said)
  switch (status) {
    case 401:
      return new PenstockError(pinSent ? 'pin-wrong' : 'pin-needed')
    case 403:
      return new PenstockError('refused')
    case 409:
      return new PenstockError('busy')
    case 429:
      return new PenstockError('too-many-attempts')
    default:
      return new PenstockError('protocol', { detail: `status ${String(status)}` })
  }
}
