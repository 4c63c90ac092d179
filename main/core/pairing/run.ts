import { randomBytes } from 'node:crypto'
import { toProblem } from '../../contract/errors.ts'
import type { PairingState, PairingView } from '../../contract/pairing.ts'
import { decodePairing, encodePairing, PAIRING_LIMITS } from '../protocol/penstock/pairing.ts'
import type { Channel } from './lines.ts'
import { type MachineState, type PairingEvent, step } from './machine.ts'

/** Milliseconds from the request to the confirmation of both users. */
export const PAIRING_MS = 2 * 60_000

/** A pairing with one device. */
export interface Pairing {
  readonly id: string
  view(): PairingView
  /** Called on each change; returns a function that removes the listener. */
  onChange(listener: () => void): () => void
  /** Resolves once, with the last state. Never rejects. */
  readonly ended: Promise<Extract<PairingState, { kind: 'paired' | 'ended' }>>
  /** The user opens the request of another device. Throws `busy` while another pairing runs. */
  open(): void
  /** The user confirms that both screens show these digits. */
  confirm(): void
  /** The user declines, or stops it. No effect after the end. */
  decline(): void
}

export interface RunOptions {
  readonly asked: boolean
  readonly peer: PairingView['peer']
  /** The first state of its machine. */
  readonly first: MachineState
  /** Called before the request is opened. Throws `busy`, `pairing-locked`. */
  opening(): void
  /** Stores that the device is trusted. */
  store(): Promise<void>
  /** Default: {@link PAIRING_MS}. */
  readonly limitMs?: number
}

/** Carries one side's machine: lines in, lines out, and the time limit. */
export class PairingRun implements Pairing {
  readonly id = randomBytes(16).toString('hex')
  readonly ended: Pairing['ended']
  readonly #options: RunOptions
  readonly #listeners = new Set<() => void>()
  readonly #timers: NodeJS.Timeout[] = []
  #end: (state: Extract<PairingState, { kind: 'paired' | 'ended' }>) => void = () => undefined
  #machine: MachineState
  #shown: PairingState
  #channel: Channel | null = null
  #isExposed = false

  constructor(options: RunOptions) {
    this.#options = options
    this.#machine = options.first
    this.#shown = { kind: options.asked ? 'requested' : 'waiting' }
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#timers.push(setTimeout(() => this.#take({ kind: 'late' }), options.limitMs ?? PAIRING_MS))
  }

  /** Whether nonces were exchanged, so that the digits of this run were a try. */
  get isExposed(): boolean {
    return this.#isExposed
  }

  /** Whether it ended without success after the other side could have made a try. */
  get isTried(): boolean {
    const state = this.#shown
    return state.kind === 'ended' && (this.#isExposed || state.problem.code === 'pairing-broken')
  }

  get isOver(): boolean {
    return this.#shown.kind === 'paired' || this.#shown.kind === 'ended'
  }

  view(): PairingView {
    const { asked, peer } = this.#options
    return { id: this.id, asked, peer, state: this.#shown }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  open(): void {
    if (this.#machine.kind !== 'requested') return
    this.#options.opening()
    this.#take({ kind: 'open' })
  }

  confirm(): void {
    this.#take({ kind: 'confirm' })
  }

  decline(): void {
    this.#take({ kind: 'decline' })
  }

  /** Sends its lines here from now on. */
  attach(channel: Channel): void {
    this.#channel = channel
    if (this.isOver) channel.close()
    else this.#timers.push(setInterval(() => channel.send('\n'), PAIRING_LIMITS.aliveMs))
  }

  /** Takes the lines of the other side until they end. Never rejects. */
  async read(lines: AsyncIterable<string>): Promise<void> {
    try {
      for await (const line of lines) this.#take({ kind: 'message', message: decodePairing(line) })
    } catch {
      // A line that does not fit breaks the pairing, as a lost connection does.
    }
    this.#take({ kind: 'broke' })
  }

  /** Ends a pairing that never had a connection. */
  fail(error: unknown): void {
    this.#finish({ kind: 'ended', problem: toProblem(error) })
  }

  #take(event: PairingEvent): void {
    if (this.isOver) return
    const { state, send } = step(this.#machine, event)
    this.#machine = state
    if (state.kind === 'opened' || state.kind === 'comparing') this.#isExposed = true
    for (const message of send) this.#channel?.send(encodePairing(message))
    if (state.kind === 'paired') void this.#store()
    else if (state.kind === 'ended') this.#finish({ kind: 'ended', problem: this.#named(state.problem) })
    else this.#show(shownOf(state))
  }

  #named(problem: Extract<PairingState, { kind: 'ended' }>['problem']) {
    const { by, ...params } = problem.params ?? {}
    return by === 'peer' ? { ...problem, params: { ...params, peer: this.#options.peer.alias } } : problem
  }

  async #store(): Promise<void> {
    try {
      await this.#options.store()
      this.#finish({ kind: 'paired' })
    } catch (error) {
      this.fail(error)
    }
  }

  #finish(state: Extract<PairingState, { kind: 'paired' | 'ended' }>): void {
    if (this.isOver) return
    for (const timer of this.#timers) clearTimeout(timer)
    this.#channel?.close()
    this.#show(state)
    this.#end(state)
  }

  #show(state: PairingState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#shown)) return
    this.#shown = state
    for (const listener of [...this.#listeners]) listener()
  }
}

function shownOf(state: Exclude<MachineState, { kind: 'paired' | 'ended' }>): PairingState {
  switch (state.kind) {
    case 'requested':
      return { kind: 'requested' }
    case 'committed':
    case 'opened':
      return { kind: 'waiting' }
    case 'comparing':
      return { kind: 'comparing', digits: state.digits, confirmed: state.here }
  }
}
