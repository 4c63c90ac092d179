import { PenstockError } from '../../../contract/errors.ts'
import { networkOf } from '../../protocol/http/network.ts'
import type { OfferTicket } from '../../protocol/http/handlers.ts'

export interface AdmissionLimits {
  /** Offers that are read or wait for an answer: in total, and per network. */
  readonly offers: number
  readonly offersPerNetwork: number
  /** Bytes of memory that they may hold: in total, and per network. */
  readonly bytes: number
  readonly bytesPerNetwork: number
}

export const ADMISSION_LIMITS: AdmissionLimits = {
  offers: 32,
  offersPerNetwork: 8,
  bytes: 64 * 1024 * 1024,
  bytesPerNetwork: 16 * 1024 * 1024,
}

interface Use {
  offers: number
  bytes: number
}

/** Limits the resources of offers that are not accepted yet, per network and in total (IPv6 counts by /64). */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #all: Use = { offers: 0, bytes: 0 }
  readonly #networks = new Map<string, Use>()

  constructor(limits: Partial<AdmissionLimits> = {}) {
    this.#limits = { ...ADMISSION_LIMITS, ...limits }
  }

  /** Reserves a place, before the offer is read. Throws `busy`. */
  enter(address: string): OfferTicket {
    const network = networkOf(address)
    const use = this.#networks.get(network) ?? { offers: 0, bytes: 0 }
    if (this.#all.offers >= this.#limits.offers || use.offers >= this.#limits.offersPerNetwork) {
      throw new PenstockError('busy')
    }
    this.#networks.set(network, use)
    use.offers += 1
    this.#all.offers += 1
    return this.#ticket(network, use)
  }

  #ticket(network: string, use: Use): OfferTicket {
    const { bytes: inAll, bytesPerNetwork } = this.#limits
    let held = 0
    let released = false
    return {
      hold: (bytes) => {
        if (held + bytes > bytesPerNetwork) throw new PenstockError('offer-too-large')
        if (use.bytes + bytes > bytesPerNetwork || this.#all.bytes + bytes > inAll) {
          throw new PenstockError('busy')
        }
        if (released) return
        held += bytes
        use.bytes += bytes
        this.#all.bytes += bytes
      },
      release: () => {
        if (released) return
        released = true
        use.offers -= 1
        use.bytes -= held
        this.#all.offers -= 1
        this.#all.bytes -= held
        if (use.offers === 0) this.#networks.delete(network)
      },
    }
  }
}
