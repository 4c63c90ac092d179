import { PenstockError } from '../contract/errors.ts'
import type { Problem } from '../contract/errors.ts'
import { EXIT } from './exit.ts'

/** npm forwards Ctrl-C to a child that already received it from the terminal, so one key press can arrive twice. */
const SAME_KEY_PRESS_MS = 300

/** An interruption by the user, such as Ctrl-C. The first aborts `signal`, another ends the process at once. */
export class Interrupt {
  readonly #controller = new AbortController()
  #at = 0
  #crash: Problem | null = null
  /** Ids of the transfers whose closing line has not been printed yet. */
  readonly reporting = new Set<string>()
  readonly #handler = (): void => {
    this.request()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The programming error that ends everything; null if there was none. */
  get crashed(): Problem | null {
    return this.#crash
  }

  /** Ends everything as the first signal does. Later errors are ignored. */
  crash(problem: Problem): void {
    this.#crash ??= problem
    this.#controller.abort()
  }

  /** Starts listening for signals; `notice` is called at the first. Returns a function that stops listening. */
  listen(notice: () => void): () => void {
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    this.signal.addEventListener('abort', notice, { once: true })
    for (const name of names) process.on(name, this.#handler)
    return () => {
      this.signal.removeEventListener('abort', notice)
      for (const name of names) process.off(name, this.#handler)
    }
  }

  /** Acts as a signal, for a Ctrl-C that arrives as a key. */
  request(): void {
    const now = performance.now()
    if (!this.signal.aborted) {
      this.#at = now
      this.#controller.abort()
    } else if (now - this.#at > SAME_KEY_PRESS_MS) {
      endAtOnce()
    }
  }
}

/** `process.exit` waits for its threads, and one blocked in a file system may never return. A signal does not wait. */
function endAtOnce(): void {
  // Windows has no such signal, and ends a process without waiting for its threads.
  if (process.platform === 'win32') process.exit(EXIT.interrupted)
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}

/** Resolves with true when the signal aborts, with false after `ms` milliseconds. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve(signal.aborted)
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

/** Settles like the promise, or resolves after `ms` milliseconds, whichever is first. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  try {
    await Promise.race([work, pause(ms, timer.signal)])
  } finally {
    timer.abort()
  }
}

/** Waits for a promise or the interruption, whichever is first. */
export async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new PenstockError('cancelled-here'))
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, aborted])
}
