import type { BrowserWindow } from 'electron'
import { openWindow } from './window.ts'

export interface MainWindowHooks {
  /** The user closes the window. It stays open. */
  readonly closed: () => void
  /** The page's process crashed. Returns whether to reload the page. */
  readonly pageGone: (reason: string) => boolean
  /** The previous page no longer runs. */
  readonly pageLost: () => void
  /** The system ends the user's session. */
  readonly sessionEnds: () => void
}

/** The single window over its lifetime: shown, hidden, and with a new page after a crash. */
export class MainWindow {
  readonly #hooks: MainWindowHooks
  #window: BrowserWindow | null = null
  #answers = false

  constructor(hooks: MainWindowHooks) {
    this.#hooks = hooks
  }

  get now(): BrowserWindow | null {
    return this.#window
  }

  /** Whether the page runs and responds. */
  get answers(): boolean {
    return this.#answers && this.#window !== null
  }

  /** The page has loaded and requested its content. */
  pageOpened(): void {
    this.#answers = true
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window === null) {
      this.#window = this.#open()
      return
    }
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  hide(): void {
    this.#window?.hide()
  }

  #open(): BrowserWindow {
    const window = openWindow()
    window.on('close', (event) => {
      event.preventDefault()
      this.#hooks.closed()
    })
    window.on('closed', () => {
      this.#window = null
      this.#lost()
    })
    window.on('unresponsive', () => {
      this.#answers = false
    })
    window.on('responsive', () => {
      this.#answers = true
    })
    window.on('session-end', this.#hooks.sessionEnds)
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      this.#lost()
      if (this.#hooks.pageGone(reason)) window.webContents.reload()
    })
    return window
  }

  #lost(): void {
    this.#answers = false
    this.#hooks.pageLost()
  }
}
