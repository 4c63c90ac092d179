import { PenstockError } from '../../contract/errors.ts'

export const ATTEMPT_LIMITS = {
  /** Pairings that ended without success within this time (milliseconds), after which more are refused. */
  failed: 3,
  withinMs: 10 * 60_000,
  /** Requests that wait to be opened, and networks whose requests are counted. */
  waiting: 4,
  networks: 256,
} as const

/** Counts what failed within the last ten minutes. */
class Window {
  #times: number[] = []

  add(now: number): void {
    this.#times = [...this.#recent(now), now]
  }

  /** Milliseconds until another try is possible; 0 for at once. */
  waitAt(now: number): number {
    const recent = this.#recent(now)
    const first = recent.at(-ATTEMPT_LIMITS.failed)
    return first === undefined ? 0 : first + ATTEMPT_LIMITS.withinMs - now
  }

  #recent(now: number): number[] {
    return this.#times.filter((time) => now - time < ATTEMPT_LIMITS.withinMs)
  }
}

/**
 * Limits the tries of a man in the middle. A run whose digits could be compared and that failed counts for all; a request that
 * was not opened counts for the network that made it, so that no stranger locks pairing for others.
 */
export class Attempts {
  readonly #now: () => number
  readonly #failed = new Window()
  readonly #networks = new Map<string, Window>()

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Throws `pairing-locked`. */
  assertOpen(network: string | null): void {
    const now = this.#now()
    const ofNetwork = network === null ? undefined : this.#networks.get(network)
    const wait = Math.max(this.#failed.waitAt(now), ofNetwork?.waitAt(now) ?? 0)
    if (wait > 0) throw new PenstockError('pairing-locked', { minutes: Math.ceil(wait / 60_000) })
  }

  failed(): void {
    this.#failed.add(this.#now())
  }

  unopened(network: string): void {
    const window = this.#networks.get(network) ?? new Window()
    window.add(this.#now())
    this.#networks.delete(network)
    this.#networks.set(network, window)
    const [oldest] = this.#networks.keys()
    if (this.#networks.size > ATTEMPT_LIMITS.networks && oldest !== undefined) this.#networks.delete(oldest)
  }
}
