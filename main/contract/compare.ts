import * as z from 'zod/mini'
import { problemSchema } from './errors.ts'
import { reportSchema } from './report.ts'
import { count, list, object } from './schema.ts'
import { MAP_OPTIONS, sendTechniqueSchema } from './technique.ts'

/**
 * What is compared. `techniques`: all that run here; `textbook`: the comparison that textbooks make; `log`: one long file
 * in order, as a log broker serves a segment; `scattered`: thousands of ranges out of one file, as a queue serves messages;
 * `mapping`: `mmap` by each of its options.
 */
export const COMPARE_PRESETS = ['techniques', 'textbook', 'log', 'scattered', 'mapping'] as const
export type ComparePreset = (typeof COMPARE_PRESETS)[number]

/** Limits of measured rounds of each technique. */
export const COMPARE_RUNS = { min: 1, max: 100, default: 5 } as const

/**
 * How certain it is that the best median is more than chance. `clear`: its rounds lie apart from those of all others; `overlap`:
 * they do not; `few`: they do, but there are so few rounds that those of equals would lie apart too often.
 */
export const CERTAINTIES = ['clear', 'overlap', 'few'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** One way of sending that is compared with others. */
export const variantSchema = object({
  technique: sendTechniqueSchema,
  /** User-space buffer in bytes, for the techniques that have one. */
  bufferBytes: count,
  /** What `mmap` does to its windows; null: what is usual on this system. */
  mapOptions: z.nullable(list(z.enum(MAP_OPTIONS))),
})
export type CompareVariant = z.infer<typeof variantSchema>

/** Median and range of several measurements. */
export const spreadSchema = object({ median: z.number(), min: z.number(), max: z.number() })
export type Spread = z.infer<typeof spreadSchema>

/** The count of textbooks for a technique: copies of each byte and switches between modes for each buffer or call. */
export const textbookSchema = object({ copies: count, switches: count })
export type TextbookCount = z.infer<typeof textbookSchema>

/** One technique's measurements. Where it could not run at all, `problem` says why and the rest is null. */
export const compareRowSchema = object({
  variant: variantSchema,
  /** Measured rounds; the warm-up is not among them. */
  runs: count,
  /** B/s from the first byte offered to "done". */
  bytesPerSecond: z.nullable(spreadSchema),
  /** CPU seconds of the transfer's own threads for each GiB. */
  senderCpuPerGib: z.nullable(spreadSchema),
  /** The same at the receiver; null where it does not report it. */
  receiverCpuPerGib: z.nullable(spreadSchema),
  /** The reports of the round with the median rate. */
  report: z.nullable(reportSchema),
  receiverReport: z.nullable(reportSchema),
  /** Null for techniques that textbooks do not have. */
  textbook: z.nullable(textbookSchema),
  problem: z.nullable(problemSchema),
})
export type CompareRow = z.infer<typeof compareRowSchema>

/** Which variant has the best median in one measure. */
export const leadSchema = object({
  variant: variantSchema,
  /** The best of those whose rounds overlap with the leader's; where none do, the second. */
  next: variantSchema,
  certainty: z.enum(CERTAINTIES),
  /** How many times better than the next, and than the worst; at least 1. */
  timesNext: z.number(),
  timesWorst: z.number(),
  worst: variantSchema,
})
export type Lead = z.infer<typeof leadSchema>

/** Who won; a lead is null where fewer than two variants were measured. */
export const verdictSchema = object({
  rate: z.nullable(leadSchema),
  /** By the sender's CPU seconds for each GiB. */
  cpu: z.nullable(leadSchema),
})
export type CompareVerdict = z.infer<typeof verdictSchema>

export const comparisonSchema = object({
  preset: z.enum(COMPARE_PRESETS),
  /** The other device's name; null: a receiver of the comparison's own on this machine, over loopback. */
  peer: z.nullable(z.string()),
  /** What was sent in each round: its name, files and bytes. */
  title: z.string(),
  files: count,
  bytes: count,
  check: z.boolean(),
  rows: list(compareRowSchema),
  verdict: verdictSchema,
})
export type Comparison = z.infer<typeof comparisonSchema>

/** Where a comparison stands. Rounds count from 1; round 0 is the warm-up. */
export const compareProgressSchema = object({
  preset: z.enum(COMPARE_PRESETS),
  peer: z.nullable(z.string()),
  round: count,
  rounds: count,
  variant: variantSchema,
  /** Transfers done, the warm-up's included, and how many there will be. */
  done: count,
  total: count,
  /** The rows as far as they have been measured. */
  rows: list(compareRowSchema),
})
export type CompareProgress = z.infer<typeof compareProgressSchema>

/** Where the comparison of an application stands; there is one at most. */
export const comparingSchema = z.discriminatedUnion('kind', [
  /** The file is made and the receiver started. */
  object({ kind: z.literal('preparing') }),
  object({ kind: z.literal('running'), progress: compareProgressSchema }),
  /** The running transfer is being cancelled and what was made is removed. */
  object({ kind: z.literal('stopping'), progress: z.nullable(compareProgressSchema) }),
  /** By the user, with the rows as far as they had been measured; null where no transfer had begun. */
  object({ kind: z.literal('stopped'), progress: z.nullable(compareProgressSchema) }),
  object({ kind: z.literal('done'), comparison: comparisonSchema }),
  object({ kind: z.literal('failed'), problem: problemSchema }),
])
export type Comparing = z.infer<typeof comparingSchema>
