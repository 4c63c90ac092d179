import { z } from 'zod'
import { ERROR_CODES } from '../../contract/errors.ts'
import { DURABILITIES, NOTE_CODES, type TransferReport } from '../../contract/report.ts'
import {
  COPY_TECHNIQUES,
  MAP_OPTIONS,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
} from '../../contract/technique.ts'

const count = z.number().nonnegative()
const params = z.record(z.string(), z.union([z.string(), z.number()]))
const reason = z.object({ code: z.string(), params: params.exactOptional() })
const technique = z.enum([...SEND_TECHNIQUES, ...RECEIVE_TECHNIQUES, ...COPY_TECHNIQUES])
const seconds = z.object({ user: count, system: count })

/** The closing line of a receiver that runs as another process, as the report that it is. */
export const reportSchema: z.ZodType<TransferReport> = z.looseObject({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: z.object({ alias: z.string(), fingerprint: z.string(), kind: z.enum(['penstock', 'localsend']) }),
  files: count,
  bytes: count,
  resumedBytes: count,
  seconds: count,
  bytesPerSecond: count,
  security: z.enum(['sealed', 'https', 'clear', 'http']),
  verified: z.boolean(),
  skipped: z.array(
    z.object({
      path: z.string(),
      problem: z.object({ code: z.enum(ERROR_CODES), params: params.exactOptional() }),
      kind: z.enum(['policy', 'failure']),
    }),
  ),
  notes: z.array(z.object({ code: z.enum(NOTE_CODES), path: z.string(), params: params.exactOptional() })),
  durability: z.enum(DURABILITIES).nullable(),
  streams: count,
  technique: technique.nullable(),
  reason: reason.nullable(),
  fellBackFrom: z.array(z.object({ technique, why: reason })),
  mapOptions: z
    .array(z.object({ option: z.enum(MAP_OPTIONS), windows: count, of: count, why: reason.nullable() }))
    .nullable(),
  syscalls: z.record(z.string(), count).nullable(),
  contextSwitches: z.object({ voluntary: count, involuntary: count }).nullable(),
  cpuSeconds: seconds.nullable(),
  processCpuSeconds: seconds,
  check: z.object({ mode: z.enum(['crc32c', 'cipher', 'off']), bytes: count.nullable() }),
  pageFaults: z.object({ minor: count, major: count }).nullable(),
  userCopyBytes: count.nullable(),
  kernelCopiedBytes: count.nullable(),
  copies: z.object({ cpu: count, dma: count, rule: z.string() }).nullable(),
  peakRssBytes: count,
})
