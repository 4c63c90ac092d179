import { PenstockError, toProblem } from './errors.ts'
import type { PartialDelivery } from './transfer.ts'

/** The problem that ended a transfer early, with the known state of its files. */
export class PartlyDelivered extends PenstockError {
  readonly partial: PartialDelivery

  constructor(cause: unknown, partial: PartialDelivery) {
    const { code, params } = toProblem(cause)
    super(code, params, { cause })
    this.partial = partial
  }
}
