export interface QueryLimits {
  /** Queries in progress at the same time. */
  readonly atOnce: number
  /** Queries started per second. */
  readonly perSecond: number
  /** Waiting queries, in total and from one address; more are dropped. */
  readonly waiting: number
  readonly perSource: number
}

export const ASK_LIMITS: QueryLimits = { atOnce: 16, perSecond: 30, waiting: 256, perSource: 8 }

interface Waiting {
  readonly key: string
  readonly source: string
  readonly run: () => Promise<void>
}

/**
 * Queries caused by messages from the network, in order and rate-limited, so that a flood of datagrams causes few
 * connections.
 */
export class QueryQueue {
  readonly #limits: QueryLimits
  readonly #waiting: Waiting[] = []
  readonly #keys = new Set<string>()
  #running = 0
  #begun = 0
  #refill: NodeJS.Timeout | null = null

  constructor(limits: QueryLimits = ASK_LIMITS) {
    this.#limits = limits
  }

  /** False if it was dropped: the same key already waits or runs, or too many wait. `run` must not reject. */
  add(key: string, source: string, run: () => Promise<void>): boolean {
    const { waiting, perSource } = this.#limits
    if (this.#keys.has(key) || this.#waiting.length >= waiting) return false
    if (this.#waiting.filter((entry) => entry.source === source).length >= perSource) return false
    this.#keys.add(key)
    this.#waiting.push({ key, source, run })
    this.#next()
    return true
  }

  /** Drops everything that waits. */
  clear(): void {
    for (const { key } of this.#waiting.splice(0)) this.#keys.delete(key)
    if (this.#refill !== null) clearTimeout(this.#refill)
    this.#refill = null
    this.#begun = 0
  }

  #next(): void {
    while (this.#running < this.#limits.atOnce && this.#begun < this.#limits.perSecond) {
      const entry = this.#waiting.shift()
      if (entry === undefined) return
      this.#running += 1
      this.#begun += 1
      this.#refill ??= setTimeout(() => {
        this.#refill = null
        this.#begun = 0
        this.#next()
      }, 1000).unref()
      void entry.run().finally(() => {
        this.#running -= 1
        this.#keys.delete(entry.key)
        this.#next()
      })
    }
  }
}
