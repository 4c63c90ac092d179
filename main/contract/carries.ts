import type { Conveyance } from './report.ts'
import { isSealing, type Reason, type Technique } from './technique.ts'

// The transport of a stream decides which techniques can run on it.

/** Why a technique cannot be chosen for bytes that go this way; null if it can. */
export function whyNotCarried(
  { cipher, carrier, transport }: Conveyance,
  technique: Technique,
): Reason | null {
  if (carrier === 'body') return whyNotInBody(cipher !== 'none', technique)
  switch (transport) {
    case 'sealed':
      if (technique === 'ktls') return { code: 'engine-has-keys' }
      return isSealing(technique) ? null : { code: 'needs-clear' }
    case 'kernel-tls':
      if (technique === 'ktls') return null
      return { code: isSealing(technique) ? 'kernel-has-keys' : 'needs-clear' }
    default:
      return isSealing(technique) ? { code: 'nothing-to-encrypt' } : null
  }
}

/** Why a technique cannot be chosen for a transfer that is encrypted or not; null if its transport can follow. */
export function whyNotSecured(security: 'encrypted' | 'clear', technique: Technique): Reason | null {
  if (isSealing(technique) === (security === 'encrypted')) return null
  return { code: security === 'clear' ? 'nothing-to-encrypt' : 'needs-clear' }
}

function whyNotInBody(encrypted: boolean, technique: Technique): Reason | null {
  if (technique === 'readwrite') return null
  if (!encrypted) return { code: 'body-in-node' }
  return { code: isSealing(technique) ? 'encrypted-in-node' : 'needs-clear' }
}
