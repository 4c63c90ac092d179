import type { Opened } from '../contract/ipc.ts'

/** Holds the requests of application starts until a window listens. */
export class OpenedQueue {
  readonly #deliver: (opened: Opened) => void
  #waiting: Opened = { paths: [], page: null }
  #isListening = false

  /** @param deliver sends to a window that listens */
  constructor(deliver: (opened: Opened) => void) {
    this.#deliver = deliver
  }

  add({ paths, page }: Opened): void {
    if (paths.length === 0 && page === null) return
    if (this.#isListening) this.#deliver({ paths, page })
    else this.#waiting = { paths: [...this.#waiting.paths, ...paths], page: page ?? this.#waiting.page }
  }

  /** Returns everything that waits; from now on the window listens. */
  take(): Opened {
    const opened = this.#waiting
    this.#waiting = { paths: [], page: null }
    this.#isListening = true
    return opened
  }

  /** The window has closed: requests wait for the next one. */
  windowGone(): void {
    this.#isListening = false
  }
}
