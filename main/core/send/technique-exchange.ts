import { textOf } from '../protocol/localsend/calls.ts'
import type { ControlClient } from '../protocol/http/client.ts'
import { TECHNIQUE_PATH } from '../protocol/localsend/messages.ts'
import { decodeTechnique, encodeTechnique, type TechniqueNow } from '../protocol/penstock/technique.ts'

/** What was refused shows within the first range; afterwards it is a person who changes something. */
const FIRST_MS = 100
const EVERY_MS = 500
/** Time that an answer may take before this one is given up, in milliseconds. */
const ANSWER_MS = 1000

export interface ExchangeOptions {
  readonly control: Pick<ControlClient, 'request'>
  readonly sessionId: string
  /** What carries the bytes at this end; `ended`: of the transfer as a whole. */
  readonly own: (ended: boolean) => TechniqueNow
  readonly onPeer: (peer: TechniqueNow) => void
}

/**
 * Tells the receiver while bytes move what carries them here, and hears the same of it. It is for the users' eyes only:
 * an answer that does not come changes nothing, and a receiver that does not know the question is not asked again.
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

  /** The last word of both, once all is done. */
  async finish(): Promise<void> {
    this.#clear()
    await this.#ask(true)
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
      void this.#ask(false).then(() => {
        if (this.#timer && !this.#stop.signal.aborted) this.#next(EVERY_MS)
      })
    }, milliseconds)
  }

  async #ask(ended: boolean): Promise<void> {
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
      // The stream itself finds out whether the receiver is still there.
    }
  }
}
