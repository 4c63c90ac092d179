import type { ClosingAnswer } from '../../contract/ipc.ts'

/** `open`: usable; `asking`: the window shows the question; `hidden`: no window, work continues; `ending`: final. */
export type ClosingState = 'open' | 'asking' | 'hidden' | 'ending'

/**
 * `close`: the window's close button; `quit`: the menu, its key or the tray; `shutdown`: a signal or the system;
 * `idle`: all work has ended; `show`: a second start or the tray. The others are answers to the question.
 */
export type ClosingTrigger = 'close' | 'quit' | 'shutdown' | 'idle' | 'show' | ClosingAnswer

/** The facts for a decision, besides the state. */
export interface ClosingFacts {
  /** Whether a transfer or a comparison has not ended. */
  readonly busy: boolean
  /** Whether the page runs and can show a question. */
  readonly canAsk: boolean
  /** Whether a tray icon is certain to bring a hidden window back. */
  readonly tray: boolean
}

/**
 * Time without work after which a hidden application quits, in milliseconds. The last messages to other ends leave in this
 * time.
 */
const IDLE_MS = 2000

/** The state to enter, possibly the current one again; null to do nothing. */
export function nextState(
  state: ClosingState,
  trigger: ClosingTrigger,
  { busy, canAsk, tray }: ClosingFacts,
): ClosingState | null {
  if (state === 'ending') return null
  switch (trigger) {
    case 'shutdown':
      return 'ending'
    case 'close':
    case 'quit':
      if (!busy) return 'ending'
      // A page that hangs or crashed must neither prevent closing the window nor end transfers without a question.
      return canAsk ? 'asking' : 'hidden'
    case 'show':
      return state === 'hidden' ? 'open' : state
    case 'idle':
      return state === 'hidden' && !busy && !tray ? 'ending' : null
    case 'keep':
      if (state !== 'asking') return null
      return busy || tray ? 'hidden' : 'ending'
    case 'stop':
      return state === 'asking' ? 'ending' : null
    case 'cancel':
      return state === 'asking' ? 'open' : null
  }
}

/** Decides between asking, hiding and ending when the application is to be closed. */
export class Closing {
  readonly #facts: () => ClosingFacts
  readonly #enter: (state: ClosingState) => void
  #state: ClosingState = 'open'
  #idle: NodeJS.Timeout | null = null

  /** @param enter enters a state; called again with the current one to bring its window to the front */
  constructor(facts: () => ClosingFacts, enter: (state: ClosingState) => void) {
    this.#facts = facts
    this.#enter = enter
  }

  get state(): ClosingState {
    return this.#state
  }

  take(trigger: ClosingTrigger): void {
    const next = nextState(this.#state, trigger, this.#facts())
    if (next === null) return
    this.#state = next
    this.#enter(next)
    this.activityChanged()
  }

  /** Work has started or ended. A hidden application quits once none has run for 2 s. */
  activityChanged(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#state !== 'hidden' || this.#facts().busy) return
    this.#idle = setTimeout(() => {
      this.#idle = null
      this.take('idle')
    }, IDLE_MS)
  }
}
