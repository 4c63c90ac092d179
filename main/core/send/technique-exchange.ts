import { textOf } from '../protocol/localsend/calls.ts'
import type { ControlClient } from '../protocol/http/client.ts'
import { TECHNIQUE_PATH } from '../protocol/localsend/messages.ts'
import { decodeTechnique, encodeTechnique, type TechniqueNow } from '../protocol/penstock/technique.ts'

/** A refused technique shows within the first range; later changes come from a user. */
const FIRST_MS = 100
const EVERY_MS = 500
/** Time limit of an answer, in milliseconds. */
const ANSWER_MS = 1000

export interface ExchangeOptions {
  readonly control: Pick<ControlClient, 'request'>
  readonly sessionId: string
  /** The technique at this end; `ended`: of the whole transfer. */
  readonly own: (ended: boolean) => TechniqueNow
  readonly onPeer: (peer: TechniqueNow) => void
}

/**
 * Exchanges the techniques in use with the receiver while bytes move. They are only shown to the users: a missing answer has
 * no effect, and a receiver that does not support the request is not polled again.
 */
export class TechniqueExchange {
  readonly #options: ExchangeOptions
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #answers = true

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#next(FIRST_MS)
  }

  /** Exchanges the final techniques after the transfer. */
  async finish(): Promise<void> {
    this.#clear()
    await this.#exchange(true)
    this.stop()
  }

  stop(): void {
    this.#clear()
    this.#stop.abort()
  }

  #clear(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #next(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      void this.#exchange(false).then(() => {
        if (this.#timer && !this.#stop.signal.aborted) this.#next(EVERY_MS)
      })
    }, milliseconds)
  }

  async #exchange(ended: boolean): Promise<void> {
    if (!this.#answers) return
    const { control, sessionId, own, onPeer } = this.#options
    try {
      const { status, body } = await control.request({
        method: 'POST',
        path: TECHNIQUE_PATH,
        repeatable: true,
        query: { sessionId },
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(encodeTechnique(own(ended))),
        signal: this.#stop.signal,
        idleMs: ANSWER_MS,
      })
      const text = await textOf(body)
      if (status === 200) onPeer(decodeTechnique(text))
      else this.#answers = false
    } catch {
      // The stream itself detects the loss of the receiver.
    }
  }
}
