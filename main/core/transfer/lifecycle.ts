import type { TerminalState, TransferState } from '../../contract/transfer.ts'

type Kind = TransferState['kind']

const NEXT: Readonly<Record<Kind, readonly Kind[]>> = {
  // A copy on this machine is offered to nobody; another machine may say no before it has heard all.
  preparing: ['offered', 'running', 'refused', 'cancelled', 'failed'],
  offered: ['running', 'committing', 'done', 'refused', 'cancelled', 'failed'],
  running: ['committing', 'done', 'cancelled', 'failed'],
  committing: ['done', 'cancelled', 'failed'],
  done: [],
  refused: [],
  cancelled: [],
  failed: [],
}

/** Whether a state is one of the four that end a transfer. */
export function isTerminal(state: TransferState): state is TerminalState {
  return NEXT[state.kind].length === 0
}

/** The states of one transfer: only legal moves, and exactly one terminal state, which resolves `ended`. */
export class Lifecycle {
  readonly ended: Promise<TerminalState>
  readonly #listeners = new Set<() => void>()
  readonly #end: (state: TerminalState) => void
  #state: TransferState

  constructor(initial: TransferState) {
    this.#state = initial
    const { promise, resolve } = withResolvers<TerminalState>()
    this.ended = promise
    this.#end = resolve
  }

  get state(): TransferState {
    return this.#state
  }

  /** Moves on and tells the listeners. False when the transfer has ended before: the first end stands. */
  move(next: TransferState): boolean {
    if (isTerminal(this.#state)) return false
    if (!NEXT[this.#state.kind].includes(next.kind)) {
      throw new Error(`Expected a state after ${this.#state.kind} but received ${next.kind}`)
    }
    this.#state = next
    if (isTerminal(next)) this.#end(next)
    this.changed()
    return true
  }

  /** Tells the listeners of something else than a move. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
export function withResolvers<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
