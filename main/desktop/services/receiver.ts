import { type Problem, toProblem } from '../../contract/errors.ts'
import type { Penstock, ReceiveOptions, Receiving, Transfer } from '../../core/index.ts'

/** The options that depend on the settings. */
type Terms = Omit<ReceiveOptions, 'host' | 'only' | 'port' | 'dataPort' | 'decide' | 'clear'>

/** The receiver of this application. It is always on, and restarts with changed settings when no transfer runs. */
export class Receiver {
  readonly #penstock: Pick<Penstock, 'receive'>
  readonly #options: () => Terms
  readonly #decide: ReceiveOptions['decide']
  readonly #onTransfer: (transfer: Transfer) => void
  readonly #changed: () => void
  #receiving: Receiving | null = null
  #held = ''
  #incoming = 0
  #work: Promise<void> = Promise.resolve()
  problem: Problem | null = null

  constructor(
    penstock: Pick<Penstock, 'receive'>,
    hooks: {
      readonly options: () => Terms
      readonly decide: ReceiveOptions['decide']
      readonly onTransfer: (transfer: Transfer) => void
      readonly changed: () => void
    },
  ) {
    this.#penstock = penstock
    this.#options = hooks.options
    this.#decide = hooks.decide
    this.#onTransfer = hooks.onTransfer
    this.#changed = hooks.changed
  }

  get port(): number | null {
    return this.#receiving?.port ?? null
  }

  /** Starts, or restarts with changed settings once no transfer runs. Never rejects: `problem` holds the failure. */
  apply(): Promise<void> {
    this.#work = this.#work.then(() => this.#apply())
    return this.#work
  }

  async #apply(): Promise<void> {
    try {
      const options = this.#options()
      const wanted = JSON.stringify(options)
      const before = this.#receiving
      if (before !== null && (this.#incoming > 0 || wanted === this.#held)) return
      const port = before?.port ?? 'default'
      const dataPort = before?.dataPort ?? 'next'
      this.#receiving = null
      await before?.close()
      const receiving = await this.#penstock.receive({
        ...options,
        host: 'any',
        only: null,
        port,
        dataPort,
        // The dialog shows "not encrypted"; accepting it is the consent.
        clear: true,
        decide: this.#decide,
      })
      receiving.onTransfer((transfer) => {
        this.#incoming += 1
        void transfer.ended.then(() => {
          this.#incoming -= 1
          void this.apply()
        })
        this.#onTransfer(transfer)
      })
      this.#receiving = receiving
      this.#held = wanted
      this.problem = null
    } catch (error) {
      this.problem = toProblem(error)
    }
    this.#changed()
  }
}
