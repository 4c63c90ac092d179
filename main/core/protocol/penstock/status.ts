import { z } from 'zod'
import { type ErrorCode, PenstockError, type Problem } from '../../../contract/errors.ts'
import { offerProblem } from '../localsend/statuses.ts'

const ProblemBody = z.object({ code: z.string() })

/** Codes that an answer to an offer may name, and what each means to the sender. */
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

/** Codes that a refused stream may name: how its session ended. */
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

/** The answer that refuses a request; its body has a code that says more to another Penstock than the status does. */
export function refusalOf(problem: Problem): { readonly status: number; readonly body: object } {
  const code = nameOf(problem.code)
  return { status: STATUSES[problem.code] ?? 500, body: { code, message: code } }
}

function nameOf(code: ErrorCode): string {
  if (code === 'cancelled-here' || code === 'cancelled-by-peer') return 'cancelled'
  return OFFER_CODES.has(code) || STREAM_CODES.has(code) ? code : 'internal'
}

/**
 * What an answer to an offer means whose status is not 200: by its code, else by its status as LocalSend has it. `peer` is the
 * receiver's name, for the sentence.
 */
export function offerRefusal(
  status: number,
  text: string,
  { pinSent, peer }: { readonly pinSent: boolean; readonly peer: string },
): PenstockError {
  const code = OFFER_CODES.get(codeIn(text))
  // Only a connection whose certificate was checked leads to a Penstock.
  return code
    ? new PenstockError(code, { peer })
    : offerProblem(status, { pinGiven: pinSent, encrypted: true })
}

/** What an answer to a stream means whose status is not 200. Consent has been given, so that no status takes it back. */
export function streamRefusal(status: number, text: string): PenstockError {
  const code = STREAM_CODES.get(codeIn(text))
  if (code) return new PenstockError(code)
  if (status >= 500) return new PenstockError('peer-failed', { status })
  return new PenstockError('protocol', { detail: `status ${status} for a stream` })
}

/** The code in a body; empty where it has none. */
function codeIn(text: string): string {
  try {
    const parsed = ProblemBody.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.code : ''
  } catch {
    return ''
  }
}
