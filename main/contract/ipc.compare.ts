import * as z from 'zod/mini'
import { CERTAINTIES, COMPARE_PRESETS } from './compare.ts'
import { MAP_OPTIONS } from './technique.ts'
import { list, problemSchema, reportSchema, sendTechniqueSchema } from './ipc.schemas.ts'

// A comparison as the window hears of it.

const number = z.number()
const count = z.number().check(z.nonnegative())
const variantSchema = z.object({
  technique: sendTechniqueSchema,
  bufferBytes: count,
  mapOptions: z.nullable(list(z.enum(MAP_OPTIONS))),
})
const spreadSchema = z.object({ median: number, min: number, max: number })

const compareRowSchema = z.object({
  variant: variantSchema,
  runs: count,
  bytesPerSecond: z.nullable(spreadSchema),
  senderCpuPerGib: z.nullable(spreadSchema),
  receiverCpuPerGib: z.nullable(spreadSchema),
  report: z.nullable(reportSchema),
  receiverReport: z.nullable(reportSchema),
  textbook: z.nullable(z.object({ copies: count, switches: count })),
  problem: z.nullable(problemSchema),
})

const leadSchema = z.object({
  variant: variantSchema,
  next: variantSchema,
  certainty: z.enum(CERTAINTIES),
  timesNext: number,
  timesWorst: number,
  worst: variantSchema,
})

export const comparisonSchema = z.object({
  preset: z.enum(COMPARE_PRESETS),
  peer: z.nullable(z.string()),
  title: z.string(),
  files: count,
  bytes: count,
  check: z.boolean(),
  rows: list(compareRowSchema),
  verdict: z.object({ rate: z.nullable(leadSchema), cpu: z.nullable(leadSchema) }),
})

const progressSchema = z.object({
  preset: z.enum(COMPARE_PRESETS),
  peer: z.nullable(z.string()),
  round: count,
  rounds: count,
  variant: variantSchema,
  done: count,
  total: count,
  rows: list(compareRowSchema),
})

/** Where the comparison of this application stands; there is one at most. */
export const comparingSchema = z.discriminatedUnion('kind', [
  /** The file is made and the receiver started. */
  z.object({ kind: z.literal('preparing') }),
  z.object({ kind: z.literal('running'), progress: progressSchema }),
  /** The transfer on its way is being cancelled and what was made is taken away. */
  z.object({ kind: z.literal('stopping'), progress: z.nullable(progressSchema) }),
  /** By the user, with the rows as far as they had been measured; null where no transfer had begun. */
  z.object({ kind: z.literal('stopped'), progress: z.nullable(progressSchema) }),
  z.object({ kind: z.literal('done'), comparison: comparisonSchema }),
  z.object({ kind: z.literal('failed'), problem: problemSchema }),
])
export type Comparing = z.infer<typeof comparingSchema>
