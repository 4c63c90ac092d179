import * as z from 'zod/mini'
import { ERROR_CODES } from './errors.ts'
import { DURABILITIES, NOTE_CODES } from './report.ts'
import {
  BUFFER_BYTES,
  COPY_TECHNIQUES,
  MAP_OPTIONS,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
} from './technique.ts'

// What crosses the border between the window and the main process, as it is checked there.

/** Contract types are readonly, so what is read from the border is as well. */
export const list = <T extends z.ZodMiniType>(item: T) => z.readonly(z.array(item))

const count = z.number().check(z.nonnegative())
const params = z.record(z.string(), z.union([z.string(), z.number()]))

export const problemSchema = z.object({ code: z.enum(ERROR_CODES), params: z.exactOptional(params) })
export const reasonSchema = z.object({ code: z.string(), params: z.exactOptional(params) })
export const sendTechniqueSchema = z.enum(SEND_TECHNIQUES)
export const receiveTechniqueSchema = z.enum(RECEIVE_TECHNIQUES)
export const techniqueSchema = z.enum([...SEND_TECHNIQUES, 'unseal', ...COPY_TECHNIQUES])

const peerKind = z.enum(['penstock', 'localsend'])
const summaryKind = z.enum(['penstock', 'localsend', 'folder'])
export const peerSchema = z.object({ alias: z.string(), fingerprint: z.string(), kind: summaryKind })

export const deviceSchema = z.object({
  id: z.string(),
  fingerprint: z.string(),
  alias: z.string(),
  deviceModel: z.nullable(z.string()),
  deviceType: z.nullable(z.enum(['mobile', 'desktop', 'web', 'headless', 'server'])),
  kind: peerKind,
  version: z.string(),
  protocol: z.enum(['https', 'http']),
  host: z.string(),
  port: z.number(),
  penstock: z.nullable(
    z.object({
      versions: list(z.number()),
      dataPort: z.nullable(z.number()),
      security: list(z.enum(['sealed', 'clear'])),
    }),
  ),
  foundBy: list(z.enum(['multicast', 'scan', 'address'])),
  recent: z.boolean(),
  lastSeen: z.number(),
})

/** A device as the window lists it. */
export const listedDeviceSchema = z.extend(deviceSchema, {
  /** The second receiver that this application runs for trying things out. */
  demo: z.boolean(),
})

const securitySchema = z.enum(['sealed', 'https', 'clear', 'http', 'local'])
const byName = z.record(z.string(), count)
const switches = z.object({ voluntary: count, involuntary: count })
const cpuSeconds = z.object({ user: count, system: count })
export const copyCountSchema = z.object({ cpu: count, dma: count, rule: z.string() })

const totalsSchema = z.object({ files: count, directories: count, symlinks: count, bytes: count })

export const reportSchema = z.object({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSchema,
  files: count,
  bytes: count,
  resumedBytes: count,
  seconds: count,
  bytesPerSecond: count,
  security: securitySchema,
  verified: z.boolean(),
  skipped: list(z.object({ path: z.string(), problem: problemSchema, kind: z.enum(['policy', 'failure']) })),
  notes: list(z.object({ code: z.enum(NOTE_CODES), path: z.string(), params: z.exactOptional(params) })),
  durability: z.nullable(z.enum(DURABILITIES)),
  streams: count,
  technique: z.nullable(techniqueSchema),
  reason: z.nullable(reasonSchema),
  fellBackFrom: list(z.object({ technique: techniqueSchema, why: reasonSchema })),
  mapOptions: z.nullable(
    list(z.object({ option: z.enum(MAP_OPTIONS), windows: count, of: count, why: z.nullable(reasonSchema) })),
  ),
  syscalls: z.nullable(byName),
  contextSwitches: z.nullable(switches),
  cpuSeconds: z.nullable(cpuSeconds),
  processCpuSeconds: cpuSeconds,
  check: z.object({ mode: z.enum(['crc32c', 'cipher', 'off']), bytes: z.nullable(count) }),
  pageFaults: z.nullable(z.object({ minor: count, major: count })),
  userCopyBytes: z.nullable(count),
  kernelCopiedBytes: z.nullable(count),
  copies: z.nullable(copyCountSchema),
  peakRssBytes: count,
})

const side = z.enum(['here', 'peer'])
const stateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preparing') }),
  z.object({ kind: z.literal('offered') }),
  z.object({ kind: z.literal('running') }),
  z.object({ kind: z.literal('committing') }),
  z.object({ kind: z.literal('done'), report: reportSchema }),
  z.object({ kind: z.literal('refused'), by: side, problem: problemSchema }),
  z.object({ kind: z.literal('cancelled'), by: side, problem: problemSchema }),
  z.object({ kind: z.literal('failed'), problem: problemSchema }),
])

export const viewSchema = z.object({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSchema,
  title: z.string(),
  topEntries: count,
  totals: totalsSchema,
  state: stateSchema,
  security: securitySchema,
  choice: z.nullable(
    z.object({
      technique: techniqueSchema,
      reason: reasonSchema,
      rejected: list(z.object({ technique: techniqueSchema, why: reasonSchema })),
    }),
  ),
  bytes: count,
  files: count,
  startedAt: z.number(),
  peerTechnique: z.nullable(techniqueSchema),
  peerFellBackFrom: z.nullable(techniqueSchema),
  copies: z.nullable(copyCountSchema),
  peerCopies: z.nullable(copyCountSchema),
  movingSince: z.nullable(z.number()),
  folder: z.nullable(z.string()),
  savedAs: list(z.string()),
  counters: z.nullable(
    z.object({
      syscalls: z.nullable(byName),
      contextSwitches: z.nullable(switches),
      cpuSeconds: z.nullable(cpuSeconds),
      userCopyBytes: z.nullable(count),
      kernelCopiedBytes: z.nullable(count),
    }),
  ),
})

/** How the machine at the other end moves the bytes, as far as this application knows. */
export const otherEndSchema = z.object({
  technique: z.nullable(techniqueSchema),
  /** What it had tried first; null where nothing was refused. */
  fellBackFrom: z.nullable(techniqueSchema),
  copies: z.nullable(copyCountSchema),
})

/** One transfer at one moment. */
export const snapshotSchema = z.object({
  /** Role and transfer id: both ends of a transfer can be in one application. */
  key: z.string(),
  view: viewSchema,
  /** Null: the other device does not say. */
  otherEnd: z.nullable(otherEndSchema),
  /** Milliseconds since the epoch. */
  sampledAt: z.number(),
})

/** A transfer of an earlier run of the application, as the history has it. */
export const earlierSchema = z.object({
  key: z.string(),
  /** When it ended, as ISO 8601. */
  at: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSchema,
  title: z.string(),
  files: count,
  bytes: count,
  outcome: z.enum(['done', 'refused', 'cancelled', 'failed']),
  problem: z.nullable(problemSchema),
  /** Its files were saved on this machine, so that their folder can be shown. */
  kept: z.boolean(),
})

export const offeredEntrySchema = z.object({
  path: z.string(),
  type: z.enum(['file', 'directory', 'symlink']),
  size: count,
})

export const offerSchema = z.object({
  offerId: z.string(),
  transferId: z.string(),
  peer: z.extend(peerSchema, {
    proved: z.boolean(),
    recent: z.boolean(),
    alwaysAccept: z.boolean(),
    host: z.string(),
  }),
  totals: totalsSchema,
  security: securitySchema,
  title: z.string(),
  /** The first entries of what is offered; the window asks for the others. */
  preview: list(offeredEntrySchema),
  folder: z.string(),
})

export const settingsSchema = z.object({
  /** Null: the host name. */
  alias: z.nullable(z.string().check(z.minLength(1), z.maxLength(64))),
  /** Where received files go; absolute. */
  folder: z.string().check(z.minLength(1)),
  security: z.enum(['encrypted', 'clear']),
  technique: z.enum([...SEND_TECHNIQUES, 'auto']),
  receiveTechnique: z.enum([...RECEIVE_TECHNIQUES, 'auto']),
  bufferBytes: z.int().check(z.minimum(BUFFER_BYTES.min), z.maximum(BUFFER_BYTES.max)),
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh']),
})

/** This device as the window shows it. */
export const selfSchema = z.object({
  alias: z.string(),
  /** The name that holds where none is set. */
  hostName: z.string(),
  fingerprint: z.string(),
  /** Addresses that others may use, the likeliest first. */
  addresses: list(z.string()),
  /** Control port, null while it does not receive. */
  port: z.nullable(z.number()),
  /** Why it does not receive. */
  problem: z.nullable(problemSchema),
  /** Locale of the system, e.g. `zh-CN`. */
  locale: z.string(),
})

const rowOf = <T extends z.ZodMiniType>(technique: T) =>
  z.object({ technique, available: z.boolean(), chosen: z.boolean(), reason: reasonSchema })

/** What can run on this machine, and why not the others. */
export const techniqueTableSchema = z.object({
  send: list(rowOf(sendTechniqueSchema)),
  receive: list(rowOf(receiveTechniqueSchema)),
})

/** Something that is about to be sent. */
export const itemSchema = z.object({
  path: z.string(),
  name: z.string(),
  type: z.enum(['file', 'directory', 'other']),
  /** Bytes of a file; 0 for a folder, which is counted when it is sent. */
  size: count,
})

export type ListedDevice = z.infer<typeof listedDeviceSchema>
export type Snapshot = z.infer<typeof snapshotSchema>
export type Earlier = z.infer<typeof earlierSchema>
export type OtherEnd = z.infer<typeof otherEndSchema>
export type Offer = z.infer<typeof offerSchema>
export type UiSettings = z.infer<typeof settingsSchema>
export type Self = z.infer<typeof selfSchema>
export type UiTechniques = z.infer<typeof techniqueTableSchema>
export type Item = z.infer<typeof itemSchema>
