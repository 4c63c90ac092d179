import type { Answer } from '../../protocol/http/answers.ts'
import { refusal } from '../../protocol/http/answers.ts'
import type { PinGuard } from './pin.ts'
import type { OfferTicket, RequestContext } from '../../protocol/http/handlers.ts'
import { PenstockError } from '../../../contract/errors.ts'
import type { Trust } from '../../device/trust.ts'
import type { Admission } from './admission.ts'
import { refusalOf } from '../../protocol/penstock/status.ts'

/** Decides by a request's headers alone whether its offer is read: the PIN first, then a free place. */
export class OfferGate {
  readonly #pins: PinGuard
  readonly #admission: Admission
  readonly #trust: Pick<Trust, 'isKnown'>

  constructor(pins: PinGuard, admission: Admission, trust: Pick<Trust, 'isKnown'>) {
    this.#pins = pins
    this.#admission = admission
    this.#trust = trust
  }

  /** A ticket, which the caller releases; or the answer that refuses the offer. */
  enter({ peer, query }: Pick<RequestContext, 'peer' | 'query'>): OfferTicket | Answer {
    const { address, identity } = peer
    const known = identity !== null && this.#trust.isKnown(identity) ? identity.fingerprint : null
    switch (this.#pins.check({ address, known }, query.get('pin'))) {
      case 'needed':
        return refusal(401, 'PIN required')
      case 'wrong':
        return refusal(401, 'invalid PIN')
      case 'locked':
        return refusal(429, 'too many attempts')
      case 'right':
        return this.#place(address)
    }
  }

  #place(address: string): OfferTicket | Answer {
    try {
      return this.#admission.enter(address)
    } catch (error) {
      if (!(error instanceof PenstockError) || error.code !== 'busy') throw error
      return refusalOf({ code: 'busy' })
    }
  }
}
