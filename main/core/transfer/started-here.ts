import { randomBytes } from 'node:crypto'
import { steadyNow } from '../../contract/clock.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { TerminalState } from '../../contract/transfer.ts'
import { isTerminal, Lifecycle } from './lifecycle.ts'
import type { ProgrammingErrors } from './programming-errors.ts'

/** A transfer that this device's user starts and may cancel. */
export abstract class StartedHere {
  readonly id = randomBytes(16).toString('hex')
  readonly role = 'sender'
  readonly isWanted = true
  protected readonly startedAt = steadyNow()
  protected readonly abort = new AbortController()
  protected readonly lifecycle: Lifecycle

  constructor(errors: ProgrammingErrors) {
    this.lifecycle = new Lifecycle('preparing', (error) => {
      errors.report(error, this.id)
    })
  }

  /** Starts the search and the transfer. Called once. */
  start(): void {
    this.run().catch((error: unknown) => {
      this.lifecycle.fail(error)
    })
  }

  get ended(): Promise<TerminalState> {
    return this.lifecycle.ended
  }

  onChange(listener: () => void): () => void {
    return this.lifecycle.onChange(listener)
  }

  cancel(): void {
    if (isTerminal(this.lifecycle.state)) return
    this.abort.abort(new PenstockError('cancelled-here'))
    this.stopMoving()
  }

  /** Takes the lifecycle to its end. */
  protected abstract run(): Promise<void>
  /** The user has cancelled: stops the carrier, if there is one. */
  protected abstract stopMoving(): void
}
