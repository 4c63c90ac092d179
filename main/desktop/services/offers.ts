import { PenstockError } from '../../contract/errors.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import type { AlwaysAccept, Decision } from '../../core/index.ts'

interface Waiting {
  readonly offer: IncomingOffer
  readonly always: AlwaysAccept | null
  readonly decide: (accept: boolean) => void
}

/** Most entries per message, so that a long list does not cost the window a frame. */
const ENTRIES_AT_ONCE = 500

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }

/** Offers that wait for the user's answer. */
export class Offers {
  readonly #changed: () => void
  readonly #waiting = new Map<string, Waiting>()

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Each with its first entries only. */
  list(): readonly IncomingOffer[] {
    return [...this.#waiting.values()].map(({ offer }) => ({
      ...offer,
      preview: offer.preview.slice(0, ENTRIES_AT_ONCE),
    }))
  }

  /** Some entries of an offer from this index on; none after the last, or if the offer no longer waits. */
  entries(offerId: string, from: number): IncomingOffer['preview'] {
    return this.#waiting.get(offerId)?.offer.preview.slice(from, from + ENTRIES_AT_ONCE) ?? []
  }

  /**
   * Asks the user, unless this device is always accepted. The offer is removed when its sender withdraws it. See {@link
   * ReceiveOptions.decide} for `always`.
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
   * Applies the user's answer; no effect on a withdrawn offer. `remember` accepts the device from now on, if it proved its
   * identity. Throws the errors of {@link AlwaysAccept}; the offer is accepted nevertheless.
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
