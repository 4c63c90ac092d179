import { writeSync } from 'node:fs'
import { app } from 'electron'
import type { Activity } from '../contract/ipc.ts'
import { Closing, type ClosingState } from './window/closing.ts'
import { ErrorLog } from './error-log.ts'
import { sendBatch } from './ipc/ipc.ts'
import { LastResort } from './last-resort.ts'
import { MainWindow } from './window/main-window.ts'
import { notify } from './window/notify.ts'
import { OfferNotices } from './window/offer-notices.ts'
import { OpenedQueue } from './opened.ts'
import { Outbox } from './services/outbox.ts'
import type { Services } from './services/services.ts'
import { TrayIcon } from './window/tray.ts'

const STDERR = 2
const NO_ACTIVITY: Activity = { transfers: 0, comparing: false }

/** The application around its services: the window, the question before closing, and uncaught errors. */
export class Shell {
  readonly window: MainWindow
  readonly closing: Closing
  readonly lastResort: LastResort
  readonly errorLog: ErrorLog
  readonly opened: OpenedQueue
  readonly #outbox: Outbox
  readonly #tray: TrayIcon
  readonly #notices: OfferNotices
  readonly #stateDir: string
  #starting: Promise<Services> | null = null
  #services: Services | null = null

  constructor(stateDir: string) {
    this.#stateDir = stateDir
    this.errorLog = new ErrorLog(stateDir)
    this.#outbox = new Outbox((batch) => {
      sendBatch(this.window.now, batch)
    })
    this.opened = new OpenedQueue((one) => {
      sendBatch(this.window.now, { opened: one })
    })
    this.lastResort = new LastResort({
      log: (text) => {
        this.errorLog.append(text)
      },
      // Not through the stream, whose error would be another uncaught exception.
      print: (text) => writeSync(STDERR, text),
      changed: (trouble) => {
        this.#outbox.put({ trouble })
      },
      now: () => performance.now(),
    })
    this.closing = new Closing(
      () => ({ busy: this.#busy, canAsk: this.window.answers, tray: this.#tray.certain }),
      (state) => {
        this.#enter(state)
      },
    )
    this.window = new MainWindow({
      closed: () => {
        this.closing.take('close')
      },
      pageGone: (reason) => this.lastResort.pageGone(reason),
      pageLost: () => {
        this.opened.windowGone()
      },
      sessionEnds: () => {
        this.closing.take('shutdown')
      },
    })
    this.#notices = new OfferNotices({
      isInFront: () => this.window.now?.isFocused() === true,
      notify,
      answer: (offerId, accept) => {
        this.#services?.answerOffer({ offerId, accept, remember: false }).catch((error: unknown) => {
          this.lastResort.take('transfer', error)
        })
      },
      show: () => {
        if (this.closing.state === 'hidden') this.closing.take('show')
        else this.window.show()
      },
    })
    this.#tray = new TrayIcon(
      () => {
        this.closing.take('show')
      },
      () => {
        this.closing.take('quit')
      },
    )
  }

  /** Starts the services. The promise rejects if they cannot start; the window shows the reason. */
  start(): Promise<Services> {
    // Loaded late, so that a missing addon is shown in the window instead of ending the program before there is one.
    this.#starting = import('./services/services.ts').then(async ({ Services: Loaded }) => {
      this.#services = await Loaded.start(this.#stateDir, this.#outbox, {
        activityChanged: () => {
          if (this.closing.state === 'asking') this.#outbox.put({ closing: this.#activity })
          this.closing.activityChanged()
        },
        onProgrammingError: (error) => {
          this.lastResort.take('transfer', error)
        },
        offersChanged: (offers) => {
          const services = this.#services
          if (services !== null) this.#notices.update(offers, services.words, services.language)
        },
        offerWaits: () => {
          if (this.closing.state === 'hidden') this.closing.take('show')
        },
      })
      return this.#services
    })
    // The requests of the window report the reason.
    this.#starting.catch(() => undefined)
    return this.#starting
  }

  /** State that a newly loaded page shows besides the services' content. */
  get state(): { readonly closing: Activity | null; readonly trouble: boolean } {
    return {
      closing: this.closing.state === 'asking' ? this.#activity : null,
      trouble: this.lastResort.trouble,
    }
  }

  get #activity(): Activity {
    return this.#services?.activity ?? NO_ACTIVITY
  }

  get #busy(): boolean {
    const { transfers, comparing } = this.#activity
    return transfers > 0 || comparing
  }

  #enter(state: ClosingState): void {
    this.#outbox.put({ closing: state === 'asking' ? this.#activity : null })
    switch (state) {
      case 'open':
        this.#tray.close()
        this.window.show()
        break
      case 'asking':
        this.window.show()
        break
      case 'hidden':
        if (this.#services !== null) this.#tray.open(this.#services.words.closing)
        this.window.hide()
        break
      case 'ending':
        void this.#end()
    }
  }

  /** Ends all running work within the time limit of the services, then the process. */
  async #end(): Promise<void> {
    try {
      const services = await this.#starting?.catch(() => null)
      await services?.close()
    } catch (error) {
      this.lastResort.take('close', error)
    } finally {
      app.exit()
    }
  }
}
