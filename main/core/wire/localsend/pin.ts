import { createHash, timingSafeEqual } from 'node:crypto'
import { networkOf } from './network.ts'

export type PinVerdict = 'right' | 'needed' | 'wrong' | 'locked'

/** Wrong PINs after which a network is locked out, and for how long: at first, and at most (each further time takes twice as long). */
export const PIN_LIMITS = { wrong: 3, firstLockMs: 5 * 60_000, longestLockMs: 60 * 60_000 } as const
/** Networks that are counted; of more, those that are not locked go first, then the oldest. */
const MAX_NETWORKS = 4096

interface Record {
  wrong: number
  /** Locks so far. */
  locks: number
  lockedUntil: number
}

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

/**
 * Counts wrong PINs by network (IPv6 by /64). Each network has three tries, then three in five minutes, ten, twenty and so on up
 * to an hour: at most 78 in a day. There is no count of all networks together, which would let one lock out the others.
 */
export class PinGuard {
  readonly #pin: string | null
  readonly #now: () => number
  readonly #records = new Map<string, Record>()

  constructor(pin: string | null, now: () => number = Date.now) {
    this.#pin = pin
    this.#now = now
  }

  /** Asking without a PIN is not a try. Always `right` where no PIN is set. */
  check(address: string, given: string | null): PinVerdict {
    if (this.#pin === null) return 'right'
    const network = networkOf(address)
    const record = this.#records.get(network)
    if (record !== undefined && record.lockedUntil > this.#now()) return 'locked'
    if (given === null || given === '') return 'needed'
    if (same(given, this.#pin)) {
      this.#records.delete(network)
      return 'right'
    }
    this.#count(network, record ?? { wrong: 0, locks: 0, lockedUntil: 0 })
    return 'wrong'
  }

  #count(network: string, record: Record): void {
    record.wrong += 1
    if (record.wrong >= PIN_LIMITS.wrong) {
      const lockMs = Math.min(PIN_LIMITS.firstLockMs * 2 ** record.locks, PIN_LIMITS.longestLockMs)
      record.wrong = 0
      record.locks += 1
      record.lockedUntil = this.#now() + lockMs
    }
    this.#records.delete(network)
    if (this.#records.size >= MAX_NETWORKS) this.#records.delete(this.#leastUseful())
    this.#records.set(network, record)
  }

  #leastUseful(): string {
    const [oldest = ''] = this.#records.keys()
    for (const [network, { locks }] of this.#records) if (locks === 0) return network
    return oldest
  }
}
