import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { Technique } from '../../contract/technique.ts'
import type { ReceivingEngine } from './engine-carrier.ts'
import type { Arrival, ReceivingCarrier } from './receiving-carrier.ts'
import { withResolvers } from '../transfer/lifecycle.ts'

/**
 * The engine's receiver of one transfer. Until content arrives, a receiver for the HTTPS body may replace one for streams.
 */
export class ReplaceableCarrier implements ReceivingCarrier {
  readonly received: ReceivingCarrier['received']
  readonly #replaceMs: number
  readonly #end = withResolvers<Arrival>()
  #engine: ReceivingEngine
  /** A replaced receiver, whose end is ignored. */
  #retired: ReceivingEngine | null = null
  /** Set while the streams are broken and a body may still arrive. */
  #waiting: NodeJS.Timeout | null = null
  #cancelled = false

  /** `replaceMs`: time for a body to replace streams that broke before any content, in milliseconds. */
  constructor(engine: ReceivingEngine, replaceMs: number) {
    this.#replaceMs = replaceMs
    this.received = this.#end.promise
    this.received.catch(() => undefined)
    this.#engine = engine
    this.#follow(engine)
  }

  get check(): boolean {
    return this.#engine.check
  }

  get streams(): number {
    return this.#engine.streams
  }

  get choice(): ReceivingCarrier['choice'] {
    return this.#engine.choice
  }

  get route(): ReceivingCarrier['route'] {
    return this.#engine.route
  }

  get receiver(): ReceivingEngine['receiver'] {
    return this.#engine.receiver
  }

  /** Whether another stream can join. */
  get takesStreams(): boolean {
    return this.#engine.onStreams && this.#waiting === null && !this.#retired && !this.#cancelled
  }

  /** Whether another receiver may take over. */
  get isReplaceable(): boolean {
    return this.#engine.onStreams && !this.#engine.hasContent && !this.#cancelled
  }

  /** Ends the receiver for streams, then creates its replacement. Throws `protocol` if content has arrived. */
  async replace(make: () => ReceivingEngine): Promise<void> {
    const before = this.#engine
    this.#retired = before
    this.#stopWaiting()
    before.cancel({ code: 'internal' })
    await before.receiver.ended
    const error = this.#whyNot(before)
    if (error) {
      this.#end.reject(error)
      throw error
    }
    try {
      this.#engine = make()
    } catch (broken) {
      this.#end.reject(broken)
      throw broken
    }
    this.#follow(this.#engine)
  }

  placed(): null {
    return null
  }

  progress(): ReturnType<ReceivingCarrier['progress']> {
    return this.#engine.progress()
  }

  setTechnique(technique: Technique): void {
    this.#engine.setTechnique(technique)
  }

  beginCommit(): Promise<never> | null {
    return this.#engine.beginCommit()
  }

  finish(...report: Parameters<ReceivingCarrier['finish']>): Promise<void> {
    return this.#engine.finish(...report)
  }

  cancel(problem: Problem): void {
    this.#cancelled = true
    this.#engine.cancel(problem)
    if (this.#waiting) this.#end.reject(new PenstockError(problem.code, problem.params))
    this.#stopWaiting()
  }

  #whyNot(before: ReceivingEngine): PenstockError | null {
    if (this.#cancelled) return new PenstockError('cancelled-here')
    return before.hasContent
      ? new PenstockError('protocol', { detail: 'content on streams and in a body' })
      : null
  }

  #follow(engine: ReceivingEngine): void {
    engine.received.then(
      (arrival) => this.#end.resolve(arrival),
      (error: unknown) => {
        if (engine !== this.#retired) this.#lost(error)
      },
    )
  }

  #lost(error: unknown): void {
    if (!this.isReplaceable || toProblem(error).code !== 'peer-gone') {
      this.#end.reject(error)
      return
    }
    this.#waiting = setTimeout(() => this.#end.reject(error), this.#replaceMs)
  }

  #stopWaiting(): void {
    if (this.#waiting) clearTimeout(this.#waiting)
    this.#waiting = null
  }
}
