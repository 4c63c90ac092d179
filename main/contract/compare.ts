import * as z from 'zod/mini'
import { problemSchema } from './errors.ts'
import { DURABILITIES, reportSchema } from './report.ts'
import { count, list, object } from './schema.ts'
import { MAP_OPTIONS, sendTechniqueSchema } from './technique.ts'

/**
 * What to compare. `techniques`: all that run here; `textbook`: the comparison that textbooks make; `log`: one long file in
 * order, as a log broker serves a segment; `scattered`: thousands of ranges out of one file, as a queue serves messages;
 * `mapping`: `mmap` by each of its options; `buffer`: `readwrite` by the size of its buffer; `durability`: one technique to
 * receivers of each durability.
 */
export const COMPARE_PRESETS = [
  'techniques',
  'textbook',
  'log',
  'scattered',
  'mapping',
  'buffer',
  'durability',
] as const
export type ComparePreset = (typeof COMPARE_PRESETS)[number]

/** Limits of the number of measured rounds per technique. */
export const COMPARE_RUNS = { min: 1, max: 100, default: 5 } as const

/**
 * Whether the best median is more than chance. `clear`: its rounds are separate from those of all others; `overlap`: they
 * are not; `few`: they are, but with so few rounds equal variants would be separate too often.
 */
export const CERTAINTIES = ['clear', 'overlap', 'few'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** One way of sending in a comparison. */
export const variantSchema = object({
  technique: sendTechniqueSchema,
  /** User-space buffer in bytes, for the techniques that have one. */
  bufferBytes: count,
  /** What `mmap` does to its windows; null for the default of this system. */
  mapOptions: z.nullable(list(z.enum(MAP_OPTIONS))),
  /** Durability of the receiver; null for the one that it has. */
  durability: z.nullable(z.enum(DURABILITIES)),
})
export type CompareVariant = z.infer<typeof variantSchema>

/** Median and range of several measurements. */
export const spreadSchema = object({ median: z.number(), min: z.number(), max: z.number() })
export type Spread = z.infer<typeof spreadSchema>

/** The textbooks' count for a technique: copies per byte and mode switches per buffer or call. */
export const textbookSchema = object({ copies: count, switches: count })
export type TextbookCount = z.infer<typeof textbookSchema>

/** One technique's measurements. If it could not run at all, `problem` has the reason and the rest is null. */
export const compareRowSchema = object({
  variant: variantSchema,
  /** Measured rounds, without the warm-up. */
  runs: count,
  /** B/s from the first byte offered to "done". */
  bytesPerSecond: z.nullable(spreadSchema),
  /** Seconds from the first byte offered to "done", when the receiver has reached its durability. */
  seconds: z.nullable(spreadSchema),
  /** CPU seconds per GiB of the transfer's own threads. */
  senderCpuPerGib: z.nullable(spreadSchema),
  /** The same at the receiver; null if it does not report it. */
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
  /** The best of those whose rounds overlap with the leader's; if none do, the second. */
  next: variantSchema,
  certainty: z.enum(CERTAINTIES),
  /** How many times better than the next, and than the worst; at least 1. */
  timesNext: z.number(),
  timesWorst: z.number(),
  worst: variantSchema,
})
export type Lead = z.infer<typeof leadSchema>

/** The winners; a lead is null if fewer than two variants were measured. */
export const verdictSchema = object({
  rate: z.nullable(leadSchema),
  /** By the sender's CPU seconds per GiB; null also where only the receiver's durability differs. */
  cpu: z.nullable(leadSchema),
})
export type CompareVerdict = z.infer<typeof verdictSchema>

export const comparisonSchema = object({
  preset: z.enum(COMPARE_PRESETS),
  /** The other device's name; null for the comparison's own receiver on this machine, over loopback. */
  peer: z.nullable(z.string()),
  /** File system of the received files; null if not known. */
  fileSystem: z.nullable(z.string()),
  /** What each round sent: its name, files and bytes. */
  title: z.string(),
  files: count,
  bytes: count,
  check: z.boolean(),
  rows: list(compareRowSchema),
  verdict: verdictSchema,
})
export type Comparison = z.infer<typeof comparisonSchema>

/** Progress of a comparison. Rounds count from 1; round 0 is the warm-up. */
export const compareProgressSchema = object({
  preset: z.enum(COMPARE_PRESETS),
  peer: z.nullable(z.string()),
  round: count,
  rounds: count,
  variant: variantSchema,
  /** Transfers done and in total, including the warm-up. */
  done: count,
  total: count,
  /** The rows measured so far. */
  rows: list(compareRowSchema),
})
export type CompareProgress = z.infer<typeof compareProgressSchema>

/** State of an application's comparison; there is at most one. */
export const comparingSchema = z.discriminatedUnion('kind', [
  /** The file is being created and the receiver started. */
  object({ kind: z.literal('preparing') }),
  object({ kind: z.literal('running'), progress: compareProgressSchema }),
  /** The running transfer is being cancelled and temporary files removed. */
  object({ kind: z.literal('stopping'), progress: z.nullable(compareProgressSchema) }),
  /** Stopped by the user, with the rows measured so far; null if no transfer had begun. */
  object({ kind: z.literal('stopped'), progress: z.nullable(compareProgressSchema) }),
  object({ kind: z.literal('done'), comparison: comparisonSchema }),
  object({ kind: z.literal('failed'), problem: problemSchema }),
])
export type Comparing = z.infer<typeof comparingSchema>
