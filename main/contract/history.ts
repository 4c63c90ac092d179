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
  /** Entries delivered, or moved so far if it did not complete. */
  entries: count,
  bytes: count,
  seconds: count,
  outcome: z.enum(OUTCOMES),
  problem: z.nullable(problemSchema),
  /** Folder of the received files; null for a sender to another machine. */
  folder: z.nullable(z.string()),
  /** Paths of the top entries on this disk. */
  paths: list(z.string()),
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>
