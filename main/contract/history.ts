import * as z from 'zod/mini'
import { peerSummarySchema } from './device.ts'
import { problemSchema } from './errors.ts'
import { count, list, object } from './schema.ts'
import { OUTCOMES } from './transfer.ts'

/** One line of the history: a transfer that has ended. */
export const historyEntrySchema = object({
  /** When it ended, as ISO 8601. */
  at: z.string(),
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSummarySchema,
  title: z.string(),
  /** Entries delivered, or moved so far where it was not done. */
  entries: count,
  bytes: count,
  seconds: count,
  outcome: z.enum(OUTCOMES),
  problem: z.nullable(problemSchema),
  /** The folder that the files went to; null for a sender to another machine. */
  folder: z.nullable(z.string()),
  /** Paths of the top entries as they are on this disk. */
  paths: list(z.string()),
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>
