/** Reloads of a page that ended by itself, at most this many within {@link RELOAD_WINDOW_MS}. */
const RELOADS = 3
const RELOAD_WINDOW_MS = 60_000

/** Causes that are logged of one error; an error can be its own cause. */
const MAX_CAUSES = 5

export interface LastResortHooks {
  /** Writes to the log file; may throw. */
  readonly log: (text: string) => void
  /** Writes to the standard error output; may throw. */
  readonly print: (text: string) => void
  /** Shows or hides the message that something went wrong. */
  readonly changed: (trouble: boolean) => void
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

/**
 * Handles what nothing else caught: logs it, informs the user, and lets the process go on, so that transfers that were not
 * involved complete. Never throws: an error in here would be handled here again.
 */
export class LastResort {
  readonly #hooks: LastResortHooks
  #trouble = false
  #reloads: readonly number[] = []

  constructor(hooks: LastResortHooks) {
    this.#hooks = hooks
  }

  /** Whether an error has occurred that the user has not dismissed. */
  get trouble(): boolean {
    return this.#trouble
  }

  /** @param where what was running, such as `uncaughtException` */
  take(where: string, error: unknown): void {
    this.#write(`${where}: ${textOf(error)}`)
    this.#setTrouble(true)
  }

  dismiss(): void {
    this.#setTrouble(false)
  }

  /** The page's process ended. Returns whether to load the page again; a page that ends at once is not loaded for ever. */
  pageGone(reason: string): boolean {
    this.#write(`page: its process ended (${reason})`)
    const now = this.#hooks.now()
    const recent = this.#reloads.filter((at) => now - at < RELOAD_WINDOW_MS)
    if (recent.length >= RELOADS) return false
    this.#reloads = [...recent, now]
    return true
  }

  #setTrouble(trouble: boolean): void {
    this.#trouble = trouble
    attempt(() => {
      this.#hooks.changed(trouble)
    })
  }

  #write(text: string): void {
    attempt(() => {
      this.#hooks.print(`${text}\n`)
    })
    attempt(() => {
      this.#hooks.log(text)
    })
  }
}

/** Where even reporting fails there is nothing left to report to. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    return
  }
}

/** The stack where there is one. Any value can be thrown, also one that cannot be turned into text. */
function textOf(error: unknown, causes = MAX_CAUSES): string {
  try {
    if (!(error instanceof Error)) return String(error)
    const stack = error.stack ?? String(error)
    return error.cause === undefined || causes === 0
      ? stack
      : `${stack}\ncaused by ${textOf(error.cause, causes - 1)}`
  } catch {
    return 'a value that has no text'
  }
}
