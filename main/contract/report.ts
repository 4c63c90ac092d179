import * as z from 'zod/mini'
import { peerSummarySchema } from './device.ts'
import { paramsSchema, problemSchema } from './errors.ts'
import { limitSchema } from './limit.ts'
import { count, list, object } from './schema.ts'
import { MAP_OPTIONS, reasonSchema, techniqueSchema } from './technique.ts'

/** Encryption between the machines: none, Node's TLS, or records sealed by the engine. */
export const CIPHERS = ['none', 'tls', 'sealed'] as const
export type Cipher = (typeof CIPHERS)[number]

/** What moves the bytes: the engine's streams, a request body through Node, or a copy on this machine. */
export const CARRIERS = ['engine', 'body', 'local'] as const
export type CarrierKind = (typeof CARRIERS)[number]

/** How a stream of the engine uses its socket. */
export const TRANSPORTS = ['plain', 'sealed', 'kernel-tls'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** Fields of {@link Conveyance}, for schemas with more fields. */
export const conveyanceFields = {
  cipher: z.enum(CIPHERS),
  carrier: z.enum(CARRIERS),
  /** Null if no stream of the engine crosses the network. */
  transport: z.nullable(z.enum(TRANSPORTS)),
}

/** How the bytes of a transfer reach the other end. Each field is a fact of the connection, never inferred from another. */
export const conveyanceSchema = object(conveyanceFields)
export type Conveyance = z.infer<typeof conveyanceSchema>

/** The engine's streams, unencrypted. */
export const PLAIN_STREAMS: Conveyance = { cipher: 'none', carrier: 'engine', transport: 'plain' }
/** The engine's streams, in TLS records that the engine seals. */
export const SEALED_STREAMS: Conveyance = { cipher: 'sealed', carrier: 'engine', transport: 'sealed' }
/** The engine's streams, in TLS records that the kernel seals. */
export const KERNEL_TLS_STREAMS: Conveyance = { cipher: 'sealed', carrier: 'engine', transport: 'kernel-tls' }
/** A request body over HTTPS. */
export const TLS_BODY: Conveyance = { cipher: 'tls', carrier: 'body', transport: null }
/** A request body over HTTP. */
export const PLAIN_BODY: Conveyance = { cipher: 'none', carrier: 'body', transport: null }
/** A copy on this machine: nothing crosses a network. */
export const LOCAL_COPY: Conveyance = { cipher: 'none', carrier: 'local', transport: null }

/** Whether the bytes cross a network unencrypted. */
export function isClear({ cipher, carrier }: Pick<Conveyance, 'cipher' | 'carrier'>): boolean {
  return cipher === 'none' && carrier !== 'local'
}

/** The meaning of "on disk": page cache, written back each second, fsync before "done", or O_DSYNC. */
export const DURABILITIES = ['os', 'everysec', 'commit', 'through'] as const
export type Durability = (typeof DURABILITIES)[number]

/** Rule for a name that is taken. */
export const CONFLICT_RULES = ['keep-both', 'replace', 'skip', 'newer'] as const
export type ConflictRule = (typeof CONFLICT_RULES)[number]

/** An entry that did not arrive, with the reason. `policy`: a rule or a user's choice; `failure`: an error. */
export const notDeliveredSchema = object({
  path: z.string(),
  reason: problemSchema,
  by: z.enum(['policy', 'failure']),
})
export type NotDelivered = z.infer<typeof notDeliveredSchema>

/**
 * Codes of a note. `staging-left`: the staging folder could not be removed. `names-not-durable`: a folder could not be synced. The
 * others are of a delivered entry: `other-name`: its name was changed; `time-clamped`: its time is the nearest one that the file system
 * holds; `time-not-kept`, `mode-not-kept`: its time or its permissions could not be set; `changed`: the receiver does not name the change.
 * `excluded`: what the user left out; the path is the patterns. `attributes-not-kept`: counts of entries by what they had and do not keep.
 */
export const NOTE_CODES = [
  'staging-left',
  'names-not-durable',
  'other-name',
  'excluded',
  'attributes-not-kept',
  'time-clamped',
  'time-not-kept',
  'mode-not-kept',
  'changed',
] as const
export type NoteCode = (typeof NOTE_CODES)[number]

/** A deviation of a delivered transfer, without loss of data. */
export const noteSchema = object({
  code: z.enum(NOTE_CODES),
  /** The entry's path in the manifest; for housekeeping, a path on the receiver. */
  path: z.string(),
  params: z.exactOptional(paramsSchema),
})
export type Note = z.infer<typeof noteSchema>

const technique = techniqueSchema
const place = z.enum(['disk', 'memory'])

/** What a sender's technique does with each byte between file and network card. */
export const SEND_WAYS = [
  'read-then-write',
  'mapped-then-write',
  'direct-then-write',
  'direct-buffered-then-write',
  'sendfile-gather',
  'sendfile-linearised',
  'splice-gather',
  'splice-linearised',
  'zerocopy-gather',
  'zerocopy-linearised',
  'zerocopy-copied',
  'read-then-seal',
  'kernel-seals-pages',
  'kernel-seals-linearised',
  'read-then-kernel-seals',
] as const
export type SendWay = (typeof SEND_WAYS)[number]

/** What a receiver's technique does with each byte between socket and file. */
export const RECEIVE_WAYS = [
  'receive-then-write',
  'socket-to-page-cache',
  'receive-into-mapping',
  'receive-then-direct',
  'receive-then-direct-buffered',
  'unseal-then-write',
  'kernel-unseals-in-place',
  'kernel-unseals-then-write',
] as const
export type ReceiveWay = (typeof RECEIVE_WAYS)[number]

/** What a copy on this machine does with each byte. */
export const COPY_WAYS = [
  'clone-shares-blocks',
  'copyrange-shares-blocks',
  'copyrange-in-kernel',
  'sendfile-file-to-file',
  'read-write-file-to-file',
] as const
export type CopyWay = (typeof COPY_WAYS)[number]

/** The rule from which a {@link CopyCount} is derived. */
export const copyRuleSchema = z.discriminatedUnion('kind', [
  object({
    kind: z.literal('send'),
    way: z.enum(SEND_WAYS),
    /** Techniques that carried part of the bytes instead; `readwrite` also if `direct` went through the page cache. */
    beside: list(technique),
    source: place,
    /** Share of the bytes that were in the page cache before, 0 to 1. */
    cachedShare: count,
    /** Whether a network card takes part; it does not over loopback and veth. */
    card: z.boolean(),
  }),
  object({
    kind: z.literal('receive'),
    way: z.enum(RECEIVE_WAYS),
    beside: list(technique),
    target: place,
    card: z.boolean(),
  }),
  object({ kind: z.literal('copy'), ways: list(z.enum(COPY_WAYS)), source: place, target: place }),
])
export type CopyRule = z.infer<typeof copyRuleSchema>

/** How often each byte is copied on this machine: derived from the path actually taken, by the rule named. */
export const copyCountSchema = object({
  /** CPU copies per byte, without those of the check. */
  cpu: count,
  /** CPU copies per byte only for the check: reads of what otherwise does not pass through a buffer. Absent if there are none. */
  check: z.exactOptional(count),
  /** DMA copies per byte. */
  dma: count,
  /** Encryptions or decryptions per byte. */
  cipherPasses: count,
  rule: copyRuleSchema,
})
export type CopyCount = z.infer<typeof copyCountSchema>

/** The outcome of one option of `mmap`. */
export const mapOptionReportSchema = object({
  option: z.enum(MAP_OPTIONS),
  /** Windows of files that it was applied to, of those that were mapped. */
  windows: count,
  of: count,
  /** Why it was not applied to the others; null if there are none. */
  why: z.nullable(reasonSchema),
})
export type MapOptionReport = z.infer<typeof mapOptionReportSchema>

/** The outcome of the option `dontcache` of `readwrite`. */
export const dontcacheReportSchema = object({
  /** Bytes of content that left no pages in the page cache, of those that `readwrite` moved. */
  bytes: count,
  of: count,
  /** Why the others did; null if there are none. */
  why: z.nullable(reasonSchema),
})
export type DontcacheReport = z.infer<typeof dontcacheReportSchema>

/** Resources used by a transfer's threads, for the report and the live view. */
export const countersSchema = object({
  /** System calls of the transfer's own threads by name; null if bytes went through Node. */
  syscalls: z.nullable(z.readonly(z.record(z.string(), count))),
  contextSwitches: z.nullable(object({ voluntary: count, involuntary: count })),
  /** CPU time of the transfer's own threads, in seconds. */
  cpuSeconds: z.nullable(object({ user: count, system: count })),
  /** Bytes that passed through buffers in user space, those read only for the check included. */
  userCopyBytes: z.nullable(count),
  /** Bytes of `zerocopy` that the kernel reported as copied; null if that technique moved none. */
  kernelCopiedBytes: z.nullable(count),
})
export type Counters = z.infer<typeof countersSchema>

/** The figures of one transfer on one machine. A field that was not measured is null, never a guess. */
export const reportSchema = object({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSummarySchema,
  /** Entries delivered: files, folders and links. */
  entries: count,
  /** Number of files among them. */
  files: count,
  /** Bytes of content delivered, holes included. */
  bytes: count,
  resumedBytes: count,
  /** From the first byte offered to "done", in seconds. */
  seconds: count,
  bytesPerSecond: count,
  ...conveyanceFields,
  /** True if every byte was checked by CRC-32C or by an authenticated cipher. */
  verified: z.boolean(),
  notDelivered: list(notDeliveredSchema),
  notes: list(noteSchema),
  /** The durability that the receiver reached before "done"; null if the peer does not report it. */
  durability: z.nullable(z.enum(DURABILITIES)),
  /** Connections that carried file content. */
  streams: count,
  technique: z.nullable(technique),
  reason: z.nullable(reasonSchema),
  fellBackFrom: list(object({ technique, why: reasonSchema })),
  /** The requested options of `mmap`; null if it mapped nothing. */
  mapOptions: z.nullable(list(mapOptionReportSchema)),
  /** The outcome of `dontcache`; null if it was not in effect, or `readwrite` moved nothing. */
  dontcache: z.nullable(dontcacheReportSchema),
  ...countersSchema.def.innerType.shape,
  /** CPU time of the whole process from the first byte to "done", in seconds. */
  processCpuSeconds: object({ user: count, system: count }),
  /** The range check, with the bytes that the CPU read only for it. */
  check: object({ mode: z.enum(['crc32c', 'cipher', 'off']), bytes: z.nullable(count) }),
  pageFaults: z.nullable(object({ minor: count, major: count })),
  /** Pages of the files in the page cache at the end of the transfer; null if they were not all counted. */
  cachedPagesLeft: z.nullable(count),
  copies: z.nullable(copyCountSchema),
  /** Null if the transfer was too short to measure, or if it was not measured. Both ends report the same. */
  limitedBy: z.nullable(limitSchema),
  /** Largest resident set of the process so far, in bytes. */
  peakRssBytes: count,
})
export type TransferReport = z.infer<typeof reportSchema>
