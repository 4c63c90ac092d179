import type { Opened } from '../contract/ipc.ts'

/** Holds the requests of application starts until a window listens. */
export class OpenedQueue {
  readonly #tell: (opened: Opened) => void
  #waiting: Opened = { paths: [], page: null }
  #heard = false

  /** @param tell tells a window that listens */
  constructor(tell: (opened: Opened) => void) {
    this.#tell = tell
  }

  add({ paths, page }: Opened): void {
    if (paths.length === 0 && page === null) return
    if (this.#heard) this.#tell({ paths, page })
    else this.#waiting = { paths: [...this.#waiting.paths, ...paths], page: page ?? this.#waiting.page }
  }

  /** Everything that waited, for a window that listens from now on. */
  take(): Opened {
    const opened = this.#waiting
    this.#waiting = { paths: [], page: null }
    this.#heard = true
    return opened
  }

  /** The window is gone: what comes waits for the next one. */
  windowGone(): void {
    this.#heard = false
  }
}
