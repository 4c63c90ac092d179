import { createHash, timingSafeEqual } from 'node:crypto'

export type PinVerdict = 'right' | 'needed' | 'wrong' | 'locked'

const MAX_WRONG = 3
const LOCK_MS = 5 * 60 * 1000
const MAX_ADDRESSES = 4096
/** Wrong PINs of all addresses together within the same time: one machine can have many addresses. */
const MAX_WRONG_IN_ALL = 60

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

/** Counts wrong PINs by address: after three an address is locked out for five minutes, after sixty in all everybody is. */
export class PinGuard {
  readonly #pin: string | null
  readonly #now: () => number
  #recent: number[] = []
  readonly #wrong = new Map<string, { count: number; until: number }>()

  constructor(pin: string | null, now: () => number = Date.now) {
    this.#pin = pin
    this.#now = now
  }

  /** Asking without a PIN is not an attempt. Always `right` where no PIN is set. */
  check(address: string, given: string | null): PinVerdict {
    if (this.#pin === null) return 'right'
    const now = this.#now()
    let entry = this.#wrong.get(address)
    if (entry !== undefined && entry.until <= now) {
      this.#wrong.delete(address)
      entry = undefined
    }
    this.#recent = this.#recent.filter((at) => at + LOCK_MS > now)
    if (this.#recent.length >= MAX_WRONG_IN_ALL || (entry !== undefined && entry.count >= MAX_WRONG))
      return 'locked'
    if (given === null || given === '') return 'needed'
    if (same(given, this.#pin)) {
      this.#wrong.delete(address)
      return 'right'
    }
    this.#recent.push(now)
    this.#count(address, (entry?.count ?? 0) + 1, now + LOCK_MS)
    return 'wrong'
  }

  #count(address: string, count: number, until: number): void {
    // The oldest goes first, so that many addresses cannot grow this without end.
    if (!this.#wrong.has(address) && this.#wrong.size >= MAX_ADDRESSES) {
      const [oldest] = this.#wrong.keys()
      if (oldest !== undefined) this.#wrong.delete(oldest)
    }
    this.#wrong.set(address, { count, until })
  }
}
