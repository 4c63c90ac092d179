import * as z from 'zod/mini'
import { COMPARE_PRESETS, COMPARE_RUNS } from './compare.ts'
import { comparingSchema } from './ipc.compare.ts'
import { BUFFER_BYTES, COPY_TECHNIQUES, SEND_TECHNIQUES } from './technique.ts'
import {
  earlierSchema,
  itemSchema,
  list,
  listedDeviceSchema,
  offeredEntrySchema,
  offerSchema,
  problemSchema,
  selfSchema,
  settingsSchema,
  snapshotSchema,
  techniqueSchema,
  techniqueTableSchema,
} from './ipc.schemas.ts'

export * from './ipc.compare.ts'
export * from './ipc.schemas.ts'

const path = z.string().check(z.minLength(1), z.maxLength(32_768))
const key = z.string().check(z.maxLength(200))

/** Pages that a start of the application can name. */
export const OPENED_PAGES = ['settings'] as const

/** What a start of the application asks for beside its window, such as "Open with" in a file manager. */
export const openedSchema = z.object({ paths: list(path), page: z.nullable(z.enum(OPENED_PAGES)) })
export type Opened = z.infer<typeof openedSchema>

/** What has not ended. */
export const activitySchema = z.object({
  transfers: z.int().check(z.nonnegative()),
  comparing: z.boolean(),
})
export type Activity = z.infer<typeof activitySchema>

/** What the window is told: at most once a frame, with only what changed since. */
export const batchSchema = z.object({
  opened: z.optional(openedSchema),
  self: z.optional(selfSchema),
  settings: z.optional(settingsSchema),
  devices: z.optional(list(listedDeviceSchema)),
  /** New and changed transfers only. */
  transfers: z.optional(list(snapshotSchema)),
  /** Every offer that waits for an answer. */
  offers: z.optional(list(offerSchema)),
  comparing: z.optional(z.nullable(comparingSchema)),
  /** What would be ended, while the user is asked whether to close; else null. */
  closing: z.optional(z.nullable(activitySchema)),
  /** Whether an unexpected error occurred that the user has not dismissed. */
  trouble: z.optional(z.boolean()),
})

/** Everything at once, for a window that has just opened. */
const wholeSchema = z.object({
  self: selfSchema,
  settings: settingsSchema,
  devices: list(listedDeviceSchema),
  transfers: list(snapshotSchema),
  /** Those of earlier runs, newest first. */
  earlier: list(earlierSchema),
  offers: list(offerSchema),
  techniques: techniqueTableSchema,
  comparing: z.nullable(comparingSchema),
  closing: z.nullable(activitySchema),
  trouble: z.boolean(),
  opened: z.optional(openedSchema),
})

/** Answers to the question that is asked before running work is ended by closing the application. */
export const CLOSING_ANSWERS = ['keep', 'stop', 'cancel'] as const
export type ClosingAnswer = (typeof CLOSING_ANSWERS)[number]

const nothing = z.object({})

export const sendRequestSchema = z.object({
  paths: z.readonly(z.array(path).check(z.minLength(1), z.maxLength(100_000))),
  /** Fingerprint of a listed device. */
  to: z.string().check(z.minLength(1), z.maxLength(1000)),
  security: z.enum(['encrypted', 'clear']),
  technique: z.enum([...SEND_TECHNIQUES, 'auto']),
  bufferBytes: z.int().check(z.minimum(BUFFER_BYTES.min), z.maximum(BUFFER_BYTES.max)),
  pin: z.nullable(z.string().check(z.minLength(1), z.maxLength(64))),
})

export const copyRequestSchema = z.object({
  paths: z.readonly(z.array(path).check(z.minLength(1), z.maxLength(100_000))),
  /** Absolute path of a folder on this machine. */
  folder: path,
  technique: z.enum([...COPY_TECHNIQUES, 'auto']),
})

/** Bytes of the file that a comparison makes where none is chosen. */
const TEST_FILE_BYTES = { min: 1_000_000, max: 100_000_000_000 } as const

export const compareRequestSchema = z.object({
  preset: z.enum(COMPARE_PRESETS),
  runs: z.int().check(z.minimum(COMPARE_RUNS.min), z.maximum(COMPARE_RUNS.max)),
  /** Null: a file of `sizeBytes` is made for the comparison. */
  path: z.nullable(path),
  sizeBytes: z.int().check(z.minimum(TEST_FILE_BYTES.min), z.maximum(TEST_FILE_BYTES.max)),
  /** Fingerprint of a listed device; null: a receiver on this computer. */
  to: z.nullable(key),
})

/** The channels that the window may ask on: what is asked, and what is answered when it went well. */
export const REQUESTS = {
  open: { request: nothing, answer: wholeSchema },
  probe: { request: z.object({ address: z.string().check(z.maxLength(300)) }), answer: listedDeviceSchema },
  look: { request: nothing, answer: nothing },
  describe: { request: z.object({ paths: list(path) }), answer: list(itemSchema) },
  choose: {
    request: z.object({ what: z.enum(['files', 'file', 'folder', 'target']) }),
    answer: list(z.string()),
  },
  send: { request: sendRequestSchema, answer: z.object({ key: z.string() }) },
  copy: { request: copyRequestSchema, answer: z.object({ key: z.string() }) },
  cancel: { request: z.object({ key }), answer: nothing },
  setTechnique: { request: z.object({ key, technique: techniqueSchema }), answer: nothing },
  forget: { request: z.object({ key }), answer: nothing },
  show: { request: z.object({ key }), answer: nothing },
  /** Entries of an offer from this one on, some at a time; none behind the last, or where nobody waits for an answer. */
  offered: {
    request: z.object({ offerId: key, from: z.int().check(z.nonnegative()) }),
    answer: list(offeredEntrySchema),
  },
  answerOffer: {
    request: z.object({ offerId: key, accept: z.boolean(), remember: z.boolean() }),
    answer: nothing,
  },
  changeSettings: { request: z.partial(settingsSchema), answer: settingsSchema },
  answerClosing: { request: z.object({ answer: z.enum(CLOSING_ANSWERS) }), answer: nothing },
  dismissTrouble: { request: nothing, answer: nothing },
  /** Shows the log of unexpected errors in the file manager. */
  showLog: { request: nothing, answer: nothing },
  tryHere: { request: nothing, answer: listedDeviceSchema },
  startCompare: { request: compareRequestSchema, answer: nothing },
  stopCompare: { request: nothing, answer: nothing },
  saveCompare: {
    request: z.discriminatedUnion('as', [
      z.object({ as: z.literal('csv') }),
      z.object({ as: z.literal('png'), base64: z.string().check(z.maxLength(50_000_000)) }),
    ]),
    /** Null where the user wants no file after all. */
    answer: z.object({ path: z.nullable(z.string()) }),
  },
} as const

export type RequestName = keyof typeof REQUESTS
export type Asked<N extends RequestName> = z.infer<(typeof REQUESTS)[N]['request']>
export type Answered<N extends RequestName> = z.infer<(typeof REQUESTS)[N]['answer']>

/** The same table, so that a name's request and answer stay together where the name is a type parameter. */
export const CHANNELS: {
  readonly [N in RequestName]: {
    readonly request: z.ZodMiniType<Asked<N>>
    readonly answer: z.ZodMiniType<Answered<N>>
  }
} = REQUESTS
export type Batch = z.infer<typeof batchSchema>
export type Whole = Answered<'open'>
export type SendRequest = z.infer<typeof sendRequestSchema>
export type CompareRequest = z.infer<typeof compareRequestSchema>
export type CopyRequest = z.infer<typeof copyRequestSchema>

/** Every answer: a value, or the problem to tell the user of. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: z.infer<typeof problemSchema> }

/** The form of an answer before its value is looked at. */
export const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
])

export const REQUEST_NAMES = [
  'open',
  'probe',
  'look',
  'describe',
  'choose',
  'send',
  'copy',
  'cancel',
  'setTechnique',
  'forget',
  'show',
  'offered',
  'answerOffer',
  'changeSettings',
  'answerClosing',
  'dismissTrouble',
  'showLog',
  'tryHere',
  'startCompare',
  'stopCompare',
  'saveCompare',
] as const satisfies readonly RequestName[]

/** Name of a request's channel. */
export function channelOf(name: RequestName): string {
  return `penstock:${name}`
}

/** The one channel on which the main process speaks by itself. */
export const BATCH_CHANNEL = 'penstock:batch'

export type Requests = { readonly [N in RequestName]: (request: Asked<N>) => Promise<unknown> }

/** What the preload puts on `window.penstock`. Answers and batches are checked by the window's own side. */
export interface Bridge extends Requests {
  /** Calls the listener with each batch; returns the function that ends it. */
  onBatch(listener: (batch: unknown) => void): () => void
  /** The real path of a dropped file or folder; empty where it has none. */
  pathOf(file: unknown): string
}
