import { createHash, timingSafeEqual } from 'node:crypto'
import { networkOf } from '../../protocol/http/network.ts'

export type PinVerdict = 'right' | 'needed' | 'wrong' | 'locked'

/** A party that sends a PIN. */
export interface PinParty {
  readonly address: string
  /** Proved fingerprint of a known or always accepted device; null for any other. */
  readonly known: string | null
}

export const PIN_LIMITS = {
  /** Wrong PINs after which a party is locked. */
  wrong: 3,
  /** Milliseconds of the first and of the longest lock. Each lock is twice as long as the one before. */
  firstLockMs: 5 * 60_000,
  longestLockMs: 60 * 60_000,
  /** Most parties counted; beyond this, those not locked are dropped first, then the oldest. */
  parties: 4096,
  /** Most addresses stored for having sent the right PIN; beyond this, the oldest is dropped. */
  right: 256,
} as const

interface Record {
  wrong: number
  /** Locks so far. */
  locks: number
  lockedUntil: number
}

/** A host can have any number of link-local addresses, so all of them share one count. */
function strangerAt(address: string): string {
  return address.toLowerCase().startsWith('fe80:') ? 'link-local' : networkOf(address)
}

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

/**
 * Limits guesses of the PIN. A known device is a separate party, and so is an address that sent the right PIN before; others
 * count by network (IPv6 by /64, all link-local addresses as one). A party has three tries, then three after five minutes,
 * ten, twenty and so on up to an hour: at most 78 per day. There is no common count, which would let one party lock out the
 * others.
 */
export class PinGuard {
  readonly #pin: string | null
  readonly #now: () => number
  readonly #records = new Map<string, Record>()
  /** Addresses that sent the right PIN, oldest first. */
  readonly #right = new Set<string>()

  /** @param now milliseconds of a monotonic clock */
  constructor(pin: string | null, now: () => number = () => performance.now()) {
    this.#pin = pin
    this.#now = now
  }

  /** A request without a PIN is not a try. Always `right` if no PIN is set. */
  check({ address, known }: PinParty, given: string | null): PinVerdict {
    if (this.#pin === null) return 'right'
    const isOwn = known !== null || this.#right.has(address)
    const party = isOwn ? `own ${known ?? address}` : strangerAt(address)
    const record = this.#records.get(party)
    if (record !== undefined && record.lockedUntil > this.#now()) return 'locked'
    if (given === null || given === '') return 'needed'
    if (same(given, this.#pin)) {
      this.#records.delete(party)
      this.#remember(address)
      return 'right'
    }
    this.#count(party, record ?? { wrong: 0, locks: 0, lockedUntil: 0 })
    return 'wrong'
  }

  #count(party: string, record: Record): void {
    record.wrong += 1
    if (record.wrong >= PIN_LIMITS.wrong) {
      const lockMs = Math.min(PIN_LIMITS.firstLockMs * 2 ** record.locks, PIN_LIMITS.longestLockMs)
      record.wrong = 0
      record.locks += 1
      record.lockedUntil = this.#now() + lockMs
    }
    this.#records.delete(party)
    if (this.#records.size >= PIN_LIMITS.parties) this.#records.delete(this.#leastUseful())
    this.#records.set(party, record)
  }

  #leastUseful(): string {
    const [oldest = ''] = this.#records.keys()
    for (const [party, { locks }] of this.#records) if (locks === 0) return party
    return oldest
  }

  #remember(address: string): void {
    this.#right.delete(address)
    this.#right.add(address)
    const [oldest] = this.#right
    if (this.#right.size > PIN_LIMITS.right && oldest !== undefined) this.#right.delete(oldest)
  }
}
