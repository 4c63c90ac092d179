import { PenstockError, toProblem } from './errors.ts'
import type { PartialDelivery } from './transfer.ts'

/** What ended a transfer before it was done, with what is known of its files. */
export class PartlyDelivered extends PenstockError {
  readonly partial: PartialDelivery

  constructor(cause: unknown, partial: PartialDelivery) {
    const { code, params } = toProblem(cause)
    super(code, params, { cause })
    this.partial = partial
  }
}
