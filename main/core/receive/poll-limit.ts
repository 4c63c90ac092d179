/** Polls allowed at once, and further ones per second. A sender polls twice a second. */
export const BURST = 20
export const PER_SECOND = 4

/** Limits how often one sender may poll. */
export class PollLimit {
  #left = BURST
  #at: number

  /** Times are in milliseconds of one clock. */
  constructor(now: number) {
    this.#at = now
  }

  /** Whether another poll may be answered now. */
  allows(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + (Math.max(0, now - this.#at) / 1000) * PER_SECOND)
    this.#at = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
