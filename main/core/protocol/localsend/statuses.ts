import { type ErrorCode, PenstockError } from '../../../contract/errors.ts'

/** The receiver did not keep this file; the session and its other files continue. */
export class FileRefused extends PenstockError {}

/** The receiver refuses this file and all others; confirmed files stay. */
export class RestRefused extends PenstockError {}

const OFFER_PROBLEMS: Readonly<Partial<Record<number, ErrorCode>>> = {
  403: 'refused',
  409: 'busy',
  413: 'offer-too-large',
  429: 'too-many-attempts',
  507: 'disk-full',
}

/** The problem for a status other than 200 and 204 in the answer to an offer. */
export function offerProblem(
  status: number,
  { pinGiven, encrypted }: { readonly pinGiven: boolean; readonly encrypted: boolean },
): PenstockError {
  if (status === 401 && !encrypted) return new PenstockError('pin-needs-encryption')
  if (status === 401) return new PenstockError(pinGiven ? 'pin-wrong' : 'pin-needed')
  const code = OFFER_PROBLEMS[status]
  return code === undefined ? otherStatus(status) : new PenstockError(code)
}

/**
 * The problem for a status other than 200 to 299 in the answer to a file. A receiver answers 403, 404 or 409 after its user
 * has ended the session; 400, 413, 422, 500 and 507 concern the one file.
 */
export function uploadProblem(status: number): PenstockError {
  switch (status) {
    case 403:
    case 404:
    case 409:
      return new PenstockError('cancelled-by-peer')
    case 422:
      return new FileRefused('check-failed')
    case 413:
      return new FileRefused('too-large')
    case 507:
      return new FileRefused('disk-full')
    case 400:
    case 500:
      return new FileRefused('peer-failed', { status })
    case 401:
    case 429:
      // Within an accepted session a receiver has no reason to request a PIN or a pause.
      return new RestRefused('peer-failed', { status })
    default: {
      const { code, params } = otherStatus(status)
      return new RestRefused(code, params)
    }
  }
}

function otherStatus(status: number): PenstockError {
  return status >= 500
    ? new PenstockError('peer-failed', { status })
    : new PenstockError('protocol', { detail: `status ${status}` })
}
