import type { IncomingOffer } from '../../contract/transfer.ts'
import type { Decision } from '../../core/index.ts'

const BUSY: Decision = { accept: false, problem: { code: 'busy' } }
const WITHDRAWN: Decision = { accept: false, problem: { code: 'refused' } }

/** Decides which offers can be accepted: all of them, or with `once` only one. */
export class Admission {
  readonly #once: boolean
  readonly #closed = new AbortController()
  #accepted: string | null = null

  constructor(once: boolean) {
    this.#once = once
  }

  /** Id of the one accepted offer and of its transfer; null before that, and without `once`. */
  get accepted(): string | null {
    return this.#accepted
  }

  /** Admits no more offers. Waiting and later ones are refused as `busy`. */
  close(): void {
    this.#closed.abort()
  }

  /**
   * Decides on one offer.
   * @param signal aborts when the sender withdraws the offer
   * @param answer gets the user's answer; its signal aborts as well when this offer can no longer be accepted
   */
  async decide(
    { offerId }: Pick<IncomingOffer, 'offerId'>,
    signal: AbortSignal,
    answer: (signal: AbortSignal) => Promise<Decision>,
  ): Promise<Decision> {
    const closed = this.#closed.signal
    if (closed.aborted) return BUSY
    if (signal.aborted) return WITHDRAWN
    const decision = await answer(AbortSignal.any([signal, closed]))
    // Another offer may have been accepted during the await.
    if (isAborted(closed)) return BUSY
    if (!decision.accept) return decision
    if (isAborted(signal)) return WITHDRAWN
    if (this.#once) {
      this.#accepted = offerId
      this.close()
    }
    return decision
  }
}

/** A function, because a signal may abort during an await. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
