import type { Problem } from '../../contract/errors.ts'
import type { TransferReport } from '../../contract/report.ts'
import type { PartialDelivery, TerminalState, TransferState } from '../../contract/transfer.ts'
import { eventOfError } from './ends.ts'

/** Events of a transfer. `declined` and `cancelled` come from this side's user, `peer-…` from the other side. */
export type TransferEvent =
  | { readonly kind: 'offered' | 'running' | 'committing' }
  | { readonly kind: 'done'; readonly report: TransferReport }
  | { readonly kind: 'declined' | 'peer-refused'; readonly problem: Problem }
  | {
      readonly kind: 'peer-cancelled' | 'failed'
      readonly problem: Problem
      readonly partial?: PartialDelivery
    }
  | { readonly kind: 'cancelled'; readonly partial?: PartialDelivery }

export type EventKind = TransferEvent['kind']
export type ActiveKind = Exclude<TransferState['kind'], TerminalState['kind']>

/** `legal`: the event's own state follows. `protocol`: the peer broke the protocol. `internal`: an error of this program. */
export type Verdict = 'legal' | 'protocol' | 'internal'

type Row = Readonly<Record<EventKind, Verdict>>

/** While bytes move, all of this applies but that committing may begin. */
const COMMITTING: Row = {
  offered: 'internal',
  running: 'internal',
  committing: 'internal',
  done: 'legal',
  declined: 'internal',
  cancelled: 'legal',
  'peer-refused': 'protocol',
  'peer-cancelled': 'legal',
  failed: 'legal',
}

/** The verdict on each event in each state. Terminal states have no row: they do not change. */
export const TRANSITIONS: Readonly<Record<ActiveKind, Row>> = {
  preparing: {
    offered: 'legal',
    // A copy on this machine is not offered.
    running: 'legal',
    committing: 'internal',
    done: 'internal',
    declined: 'internal',
    cancelled: 'legal',
    // The receiver may answer before it has read the whole offer.
    'peer-refused': 'legal',
    'peer-cancelled': 'legal',
    failed: 'legal',
  },
  offered: {
    offered: 'internal',
    running: 'legal',
    committing: 'internal',
    done: 'internal',
    declined: 'legal',
    cancelled: 'legal',
    'peer-refused': 'legal',
    'peer-cancelled': 'legal',
    failed: 'legal',
  },
  running: { ...COMMITTING, committing: 'legal' },
  committing: COMMITTING,
}

/** Whether a state is one of the four that end a transfer. */
export function isTerminal(state: TransferState): state is TerminalState {
  switch (state.kind) {
    case 'done':
    case 'refused':
    case 'cancelled':
    case 'failed':
      return true
    default:
      return false
  }
}

/**
 * The states of one transfer, by {@link TRANSITIONS}. It reaches exactly one terminal state, which resolves `ended`. It
 * never throws: an event that is not legal in its state ends the transfer as failed.
 */
export class Lifecycle {
  readonly ended: Promise<TerminalState>
  readonly #listeners = new Set<() => void>()
  readonly #end: (state: TerminalState) => void
  readonly #report: (error: unknown) => void
  #state: TransferState

  /** `report` takes errors of this program; see {@link ProgrammingErrors}. */
  constructor(initial: 'preparing' | 'offered', report: (error: unknown) => void) {
    this.#state = { kind: initial }
    this.#report = report
    const { promise, resolve } = withResolvers<TerminalState>()
    this.ended = promise
    this.#end = resolve
  }

  get state(): TransferState {
    return this.#state
  }

  /** Changes the state and calls the listeners. False if the transfer had already ended: the first end stays. */
  apply(event: TransferEvent): boolean {
    if (isTerminal(this.#state)) return false
    const next = this.#next(this.#state.kind, event)
    this.#state = next
    if (isTerminal(next)) this.#end(next)
    this.changed()
    return true
  }

  /** Ends the transfer with a thrown error; reports an error of this program. */
  fail(error: unknown): void {
    this.#report(error)
    this.apply(eventOfError(error))
  }

  /** Calls the listeners for a change other than of the state. An error of one is reported; the others are still called. */
  changed(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener()
      } catch (error) {
        this.#report(error)
      }
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #next(from: ActiveKind, event: TransferEvent): TransferState {
    switch (TRANSITIONS[from][event.kind]) {
      case 'legal':
        return stateAfter(event)
      case 'protocol':
        return {
          kind: 'failed',
          problem: { code: 'protocol', params: { detail: `${event.kind} while ${from}` } },
        }
      case 'internal': {
        const error = new Error(`Expected an event of the state ${from} but received ${event.kind}`)
        this.#report(error)
        return { kind: 'failed', problem: { code: 'internal', params: { message: error.message } } }
      }
    }
  }
}

function stateAfter(event: TransferEvent): TransferState {
  switch (event.kind) {
    case 'offered':
    case 'running':
    case 'committing':
      return { kind: event.kind }
    case 'done':
      return { kind: 'done', report: event.report }
    case 'declined':
      return { kind: 'refused', by: 'here', problem: event.problem }
    case 'cancelled':
      return { kind: 'cancelled', by: 'here', problem: { code: 'cancelled-here' }, ...partialOf(event) }
    case 'peer-refused':
      return { kind: 'refused', by: 'peer', problem: event.problem }
    case 'peer-cancelled':
      return { kind: 'cancelled', by: 'peer', problem: event.problem, ...partialOf(event) }
    case 'failed':
      return { kind: 'failed', problem: event.problem, ...partialOf(event) }
  }
}

function partialOf({ partial }: { readonly partial?: PartialDelivery }): { partial?: PartialDelivery } {
  return partial ? { partial } : {}
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
