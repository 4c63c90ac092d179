import type { TransferReport } from '../../contract/report.ts'
import type { PartialDelivery } from '../../contract/transfer.ts'
import type { ReadTransfer } from '../../messages/index.ts'
import type { Output } from './output.ts'

/** Largest number of paths of one kind printed on the terminal. */
export const SHOWN_PATHS = 10

/** What arrived before a transfer ended early, and what did not. */
export function partialLines(
  { delivered, notDelivered }: PartialDelivery,
  transfer: ReadTransfer | undefined,
  output: Output,
): string[] {
  return [
    ...delivered.slice(0, SHOWN_PATHS).map((path) => output.text(output.words.report.delivered, { path })),
    ...missedLines(notDelivered, transfer, output),
  ]
}

/** A line for each entry that was not delivered, with its reason. */
export function missedLines(
  notDelivered: TransferReport['notDelivered'],
  transfer: ReadTransfer | undefined,
  output: Output,
): string[] {
  return notDelivered.map(({ path, reason }) =>
    output.text(output.words.report.notDelivered, { path, why: output.sentence(reason, transfer) }),
  )
}
