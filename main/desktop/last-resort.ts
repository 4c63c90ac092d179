/** Most reloads of a crashed page within {@link RELOAD_WINDOW_MS}. */
const RELOADS = 3
const RELOAD_WINDOW_MS = 60_000

/** Most causes logged for one error; an error can be its own cause. */
const MAX_CAUSES = 5

export interface LastResortHooks {
  /** Writes to the log file; may throw. */
  readonly log: (text: string) => void
  /** Writes to standard error; may throw. */
  readonly print: (text: string) => void
  /** Shows or hides the message that something went wrong. */
  readonly changed: (trouble: boolean) => void
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
}

/**
 * Handles uncaught errors: logs them, informs the user, and lets the process continue, so that other transfers complete.
 * Never throws, because its own error would be handled here again.
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

  /** @param where source of the error, such as `uncaughtException` */
  take(where: string, error: unknown): void {
    this.#write(`${where}: ${textOf(error)}`)
    this.#setTrouble(true)
  }

  dismiss(): void {
    this.#setTrouble(false)
  }

  /**
   * Handles the end of the page's process. Returns whether to reload the page; a page that keeps crashing is not reloaded
   * forever.
   */
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

/** If even reporting fails, there is nowhere to report it. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    return
  }
}

/** The stack if there is one. Any value can be thrown, even one that cannot be converted to text. */
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
