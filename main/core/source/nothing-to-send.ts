import { PenstockError } from '../../contract/errors.ts'
import { PartlyDelivered } from '../../contract/partly-delivered.ts'
import type { NotDelivered } from '../../contract/report.ts'

/** Why there is nothing to send: the reason for the only item, or a list of all items with their reasons. */
export function nothingToSend(notDelivered: readonly NotDelivered[]): PenstockError {
  const [only, ...others] = notDelivered
  if (only === undefined) return new PenstockError('nothing-to-send')
  if (others.length === 0) return new PenstockError(only.reason.code, only.reason.params)
  const problem = new PenstockError('nothing-to-send', { count: notDelivered.length })
  return new PartlyDelivered(problem, { delivered: [], notDelivered })
}
