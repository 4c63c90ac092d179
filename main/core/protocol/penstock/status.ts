import { z } from 'zod'
import { type ErrorCode, PenstockError, type Problem } from '../../../contract/errors.ts'
import { offerProblem } from '../localsend/statuses.ts'

const ProblemBody = z.object({ code: z.string() })

/** Codes in an answer to an offer, and their meaning for the sender. */
const OFFER_CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ...(
    [
      'refused',
      'refused-unattended',
      'pin-needed',
      'pin-wrong',
      'busy',
      'too-many-attempts',
      'timed-out',
      'protocol',
      'version-unsupported',
      'disk-full',
      'no-permission',
      'target-unusable',
      'io',
      'unsafe-name',
      'too-many-files',
      'offer-too-large',
    ] as const
  ).map((code): [string, ErrorCode] => [code, code]),
  ['cancelled', 'cancelled-by-peer'],
])

/** Codes in the refusal of a stream: how its session ended. */
const STREAM_CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['cancelled', 'cancelled-by-peer'],
  ['timed-out', 'timed-out'],
  ['protocol', 'protocol'],
  ['disk-full', 'disk-full'],
  ['no-permission', 'no-permission'],
  ['io', 'io'],
  ['peer-gone', 'peer-gone'],
])

const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  refused: 403,
  'refused-unattended': 403,
  'cancelled-here': 403,
  busy: 409,
  protocol: 400,
  'version-unsupported': 400,
  'too-many-files': 400,
  'offer-too-large': 413,
  'timed-out': 408,
  'peer-gone': 410,
  'unsafe-name': 400,
  'disk-full': 507,
}

/** The answer that refuses a request; its body has a code, which is more specific than the status, for another Penstock. */
export function refusalOf(problem: Problem): { readonly status: number; readonly body: object } {
  const code = nameOf(problem.code)
  return { status: STATUSES[problem.code] ?? 500, body: { code, message: code } }
}

function nameOf(code: ErrorCode): string {
  if (code === 'cancelled-here' || code === 'cancelled-by-peer') return 'cancelled'
  return OFFER_CODES.has(code) || STREAM_CODES.has(code) ? code : 'internal'
}

/**
 * The problem for an answer to an offer with a status other than 200: by its code, else by its status as in LocalSend.
 * `peer` is the receiver's name, for the sentence.
 */
export function offerRefusal(
  status: number,
  text: string,
  { pinSent, peer }: { readonly pinSent: boolean; readonly peer: string },
): PenstockError {
  const code = OFFER_CODES.get(codeIn(text))
  // Only a connection with a checked certificate is to a Penstock.
  return code
    ? new PenstockError(code, { peer })
    : offerProblem(status, { pinGiven: pinSent, encrypted: true })
}

/**
 * The problem for an answer to a stream with a status other than 200. The user has already consented, so no status means a
 * refusal.
 */
export function streamRefusal(status: number, text: string): PenstockError {
  const code = STREAM_CODES.get(codeIn(text))
  if (code) return new PenstockError(code)
  if (status >= 500) return new PenstockError('peer-failed', { status })
  return new PenstockError('protocol', { detail: `status ${status} for a stream` })
}

/** The code in a body; empty if it has none. */
function codeIn(text: string): string {
  try {
    const parsed = ProblemBody.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.code : ''
  } catch {
    return ''
  }
}
