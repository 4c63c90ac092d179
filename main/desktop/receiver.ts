import { type Problem, toProblem } from '../contract/errors.ts'
import type { Penstock, ReceiveOptions, Receiving, Transfer } from '../core/api.ts'

/** What a change of the settings changes. */
type Terms = Omit<
  ReceiveOptions,
  'host' | 'only' | 'port' | 'dataPort' | 'decide' | 'pin' | 'clear' | 'visible'
>

/** The receiver of this application: always on, and begun anew with other settings when nothing comes in. */
export class Receiver {
  readonly #penstock: Penstock
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
    penstock: Penstock,
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

  /** Starts, or takes over settings that have changed; what comes in is never cut off for that. */
  apply(): Promise<void> {
    this.#work = this.#work.then(() => this.#apply())
    return this.#work
  }

  async #apply(): Promise<void> {
    const options = this.#options()
    const wanted = JSON.stringify(options)
    if (this.#receiving !== null && (this.#incoming > 0 || wanted === this.#held)) return
    const port = this.#receiving?.port ?? 'default'
    const dataPort = this.#receiving?.dataPort ?? 'next'
    try {
      await this.#receiving?.close()
      this.#receiving = null
      const receiving = await this.#penstock.receive({
        ...options,
        host: 'any',
        only: null,
        port,
        dataPort,
        pin: null,
        // Accepting an offer that says "not encrypted" is the consent to it.
        clear: true,
        visible: true,
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
