import { PenstockError } from '../contract/errors.ts'
import type { IncomingOffer } from '../contract/transfer.ts'
import type { Decision } from '../core/api.ts'
import type { SettingsStore } from '../core/store/settings.ts'

interface Waiting {
  readonly offer: IncomingOffer
  readonly decide: (accept: boolean) => void
}

/** Entries that the window is told in one message, so that a long list keeps it from no frame. */
const ENTRIES_AT_ONCE = 500

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }

/** Offers that wait for the user's answer. */
export class Offers {
  readonly #settings: SettingsStore
  readonly #changed: () => void
  readonly #waiting = new Map<string, Waiting>()

  constructor(settings: SettingsStore, changed: () => void) {
    this.#settings = settings
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
  entries(transferId: string, from: number): IncomingOffer['preview'] {
    return this.#waiting.get(transferId)?.offer.preview.slice(from, from + ENTRIES_AT_ONCE) ?? []
  }

  /** Asks the user, unless this device is always accepted. The offer goes when its sender takes it back. */
  decide(offer: IncomingOffer, signal: AbortSignal): Promise<Decision> {
    if (this.#isAlwaysAccepted(offer)) return Promise.resolve({ accept: true })
    return new Promise((resolve) => {
      const end = (decision: Decision): void => {
        signal.removeEventListener('abort', leave)
        this.#waiting.delete(offer.transferId)
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
      this.#waiting.set(offer.transferId, {
        offer,
        decide: (accept) => {
          end(accept ? { accept: true } : REFUSED)
        },
      })
      this.#changed()
    })
  }

  /** The user's answer. An offer that was taken back meanwhile needs none any more. */
  async answer(transferId: string, accept: boolean, remember: boolean): Promise<void> {
    const waiting = this.#waiting.get(transferId)
    if (!waiting) return
    waiting.decide(accept)
    if (accept && remember) await this.#remember(waiting.offer)
  }

  #isAlwaysAccepted({ peer, security }: IncomingOffer): boolean {
    const known = this.#settings.current.known[peer.fingerprint]
    if (known?.alwaysAccept !== true) return false
    return security === 'sealed' || security === 'https' || known.allowClear
  }

  async #remember({ peer, security }: IncomingOffer): Promise<void> {
    const clear = security === 'clear' || security === 'http'
    try {
      await this.#settings.update(({ known }) => {
        const before = known[peer.fingerprint]
        const device = {
          alias: peer.alias,
          since: before?.since ?? new Date().toISOString(),
          alwaysAccept: true,
          allowClear: clear || before?.allowClear === true,
        }
        return { known: { ...known, [peer.fingerprint]: device } }
      })
    } catch (error) {
      throw error instanceof PenstockError ? error : new PenstockError('internal', {}, { cause: error })
    }
  }
}
