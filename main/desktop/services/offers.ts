import { PenstockError } from '../../contract/errors.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import type { AlwaysAccept, Decision } from '../../core/index.ts'

interface Waiting {
  readonly offer: IncomingOffer
  readonly always: AlwaysAccept | null
  readonly decide: (accept: boolean) => void
}

/** Entries that the window is told in one message, so that a long list keeps it from no frame. */
const ENTRIES_AT_ONCE = 500

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }

/** Offers that wait for the user's answer. */
export class Offers {
  readonly #changed: () => void
  readonly #waiting = new Map<string, Waiting>()

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Each with the first of its entries only. */
  list(): readonly IncomingOffer[] {
    return [...this.#waiting.values()].map(({ offer }) => ({
      ...offer,
      preview: offer.preview.slice(0, ENTRIES_AT_ONCE),
    }))
  }

  /** Some entries of an offer from this one on; none behind the last, or where it waits no more. */
  entries(offerId: string, from: number): IncomingOffer['preview'] {
    return this.#waiting.get(offerId)?.offer.preview.slice(from, from + ENTRIES_AT_ONCE) ?? []
  }

  /**
   * Asks the user, unless this device is always accepted. The offer goes when its sender takes it back.
   * See {@link ReceiveOptions.decide} for `always`.
   */
  decide(offer: IncomingOffer, signal: AbortSignal, always: AlwaysAccept | null): Promise<Decision> {
    if (offer.peer.proved && offer.peer.alwaysAccept) return Promise.resolve({ accept: true })
    return new Promise((resolve) => {
      const end = (decision: Decision): void => {
        signal.removeEventListener('abort', leave)
        this.#waiting.delete(offer.offerId)
        this.#changed()
        resolve(decision)
      }
      const leave = (): void => {
        end(REFUSED)
      }
      if (signal.aborted) {
        resolve(REFUSED)
        return
      }
      signal.addEventListener('abort', leave)
      this.#waiting.set(offer.offerId, {
        offer,
        always,
        decide: (accept) => {
          end(accept ? { accept: true } : REFUSED)
        },
      })
      this.#changed()
    })
  }

  /**
   * The user's answer; an offer that was taken back meanwhile needs none. `remember` accepts the device from now on, where it
   * proved who it is. Throws what {@link AlwaysAccept} throws; the offer is accepted nevertheless.
   */
  async answer(offerId: string, accept: boolean, remember: boolean): Promise<void> {
    const waiting = this.#waiting.get(offerId)
    if (!waiting) return
    waiting.decide(accept)
    if (!accept || !remember || waiting.always === null) return
    try {
      await waiting.always()
    } catch (error) {
      throw error instanceof PenstockError ? error : new PenstockError('internal', {}, { cause: error })
    }
  }
}
