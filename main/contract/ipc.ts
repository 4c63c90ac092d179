import * as z from 'zod/mini'
import { comparingSchema, COMPARE_PRESETS, COMPARE_RUNS } from './compare.ts'
import { listedDeviceSchema } from './device.ts'
import { problemSchema } from './errors.ts'
import { copyCountSchema } from './report.ts'
import { historyEntrySchema } from './history.ts'
import { count, list, object } from './schema.ts'
import { pairingSchema } from './pairing.ts'
import { PIN_MAX, windowSettingsChangeSchema, windowSettingsSchema } from './settings.ts'
import {
  BUFFER_BYTES,
  COPY_TECHNIQUES,
  receiveTechniqueSchema,
  reasonSchema,
  SEND_TECHNIQUES,
  sendTechniqueSchema,
  techniqueSchema,
} from './technique.ts'
import { fingerprintSchema, trustedChangeSchema, trustedDeviceSchema } from './trust.ts'
import { incomingOfferSchema, offeredEntrySchema, viewSchema } from './transfer.ts'

const path = z.string().check(z.minLength(1), z.maxLength(32_768))
const paths = z.readonly(z.array(path).check(z.minLength(1), z.maxLength(100_000)))
const key = z.string().check(z.maxLength(200))

/** How the machine at the other end moves the bytes, as far as this application can determine. */
export const otherEndSchema = object({
  technique: z.nullable(techniqueSchema),
  /** The technique that it tried first; null if none was refused. */
  fellBackFrom: z.nullable(techniqueSchema),
  copies: z.nullable(copyCountSchema),
})
export type OtherEnd = z.infer<typeof otherEndSchema>

/** One transfer at one time. */
export const snapshotSchema = object({
  /** Role and transfer id: both ends of a transfer can be in one application. */
  key: z.string(),
  view: viewSchema,
  /** Null if the other device does not report it. */
  otherEnd: z.nullable(otherEndSchema),
  /** Milliseconds since the epoch. */
  sampledAt: z.number(),
})
export type Snapshot = z.infer<typeof snapshotSchema>

const { at, role, peer, title, entries, bytes, outcome, problem } = historyEntrySchema.def.innerType.shape

/** A transfer of an earlier run of the application, from the history. */
export const earlierSchema = object({
  key: z.string(),
  ...{ at, role, peer, title, entries, bytes, outcome, problem },
  /** Whether its files were saved on this machine, so that their folder can be shown. */
  kept: z.boolean(),
})
export type Earlier = z.infer<typeof earlierSchema>

/** This device as the window shows it. */
export const selfSchema = object({
  alias: z.string(),
  /** The default name. */
  hostName: z.string(),
  fingerprint: z.string(),
  /** Addresses for other devices, the most likely first. */
  addresses: list(z.string()),
  /** Control port; null while it does not receive. */
  port: z.nullable(z.number()),
  /** Why it does not receive. */
  problem: z.nullable(problemSchema),
  /** Locale of the system, e.g. `zh-CN`. */
  locale: z.string(),
})
export type Self = z.infer<typeof selfSchema>

const techniqueRow = <T extends z.core.SomeType>(technique: T) =>
  object({
    technique,
    /** The transfers that it carries. */
    security: z.enum(['encrypted', 'clear']),
    available: z.boolean(),
    chosen: z.boolean(),
    reason: reasonSchema,
  })

/** The techniques that can run on this machine, and why the others cannot. */
export const techniqueTableSchema = object({
  send: list(techniqueRow(sendTechniqueSchema)),
  receive: list(techniqueRow(receiveTechniqueSchema)),
})
export type TechniqueTable = z.infer<typeof techniqueTableSchema>

/** An item selected for sending. */
export const itemSchema = object({
  path: z.string(),
  name: z.string(),
  type: z.enum(['file', 'directory', 'other']),
  /** Bytes of a file; 0 for a folder, which is counted when it is sent. */
  size: count,
})
export type Item = z.infer<typeof itemSchema>

/** Pages that a start of the application can open. */
export const OPENED_PAGES = ['settings'] as const

/** What a start of the application requests besides its window, such as "Open with" in a file manager. */
export const openedSchema = object({ paths: list(path), page: z.nullable(z.enum(OPENED_PAGES)) })
export type Opened = z.infer<typeof openedSchema>

/** Work that has not ended. */
export const activitySchema = object({ transfers: z.int().check(z.nonnegative()), comparing: z.boolean() })
export type Activity = z.infer<typeof activitySchema>

/** Fields of a batch that the window also gets when it opens. */
const followed = {
  self: selfSchema,
  settings: windowSettingsSchema,
  devices: list(listedDeviceSchema),
  transfers: list(snapshotSchema),
  /** All offers that wait for an answer. */
  offers: list(incomingOfferSchema),
  /** Pairings that run, and ended ones that the user has not closed. */
  pairings: list(pairingSchema),
  trusted: list(trustedDeviceSchema),
  comparing: z.nullable(comparingSchema),
  /** The work that closing would end, while the question is shown; else null. */
  closing: z.nullable(activitySchema),
  /** Whether an unexpected error occurred that the user has not dismissed. */
  trouble: z.boolean(),
}

/** Updates from the main process, at most once per frame: the fields that changed. Only new and changed transfers. */
export const batchSchema = z.readonly(z.partial(z.object({ ...followed, opened: openedSchema })))
export type Batch = z.infer<typeof batchSchema>

/** Everything at once, for a window that has just opened. */
const wholeSchema = object({
  ...followed,
  /** Transfers of earlier runs, newest first. */
  earlier: list(earlierSchema),
  techniques: techniqueTableSchema,
  opened: z.optional(openedSchema),
})

/** Answers to the question before closing the application ends running work. */
export const CLOSING_ANSWERS = ['keep', 'stop', 'cancel'] as const
export type ClosingAnswer = (typeof CLOSING_ANSWERS)[number]

/** What the user does with a pairing. `close` is for one that has ended. */
export const PAIRING_ANSWERS = ['open', 'confirm', 'decline', 'close'] as const

const nothing = object({})
const keyed = object({ key })

/** Size limits in bytes of the file that a comparison creates if none is chosen. */
const TEST_FILE_BYTES = { min: 1_000_000, max: 100_000_000_000 } as const

/**
 * The requests of the window: the schema of each and of its answer on success. A new request needs an entry here and a
 * handler in main/desktop/ipc/handlers.ts; everything else derives from this map.
 */
export const REQUESTS = {
  open: { request: nothing, answer: wholeSchema },
  probe: { request: object({ address: z.string().check(z.maxLength(300)) }), answer: listedDeviceSchema },
  look: { request: nothing, answer: nothing },
  describe: { request: object({ paths: list(path) }), answer: list(itemSchema) },
  choose: {
    request: object({ what: z.enum(['files', 'file', 'folder', 'target']) }),
    answer: list(z.string()),
  },
  send: {
    request: object({
      paths,
      /** Fingerprint of a listed device. */
      to: z.string().check(z.minLength(1), z.maxLength(1000)),
      security: z.enum(['encrypted', 'clear']),
      technique: z.enum([...SEND_TECHNIQUES, 'auto']),
      /** `readwrite` leaves nothing in the page cache; otherwise the plan decides. */
      dontcache: z.boolean(),
      bufferBytes: z.int().check(z.minimum(BUFFER_BYTES.min), z.maximum(BUFFER_BYTES.max)),
      pin: z.nullable(z.string().check(z.minLength(1), z.maxLength(PIN_MAX))),
      /** The user confirmed that it is another device than the trusted one whose name or address it uses. */
      otherDevice: z.boolean(),
    }),
    answer: keyed,
  },
  copy: {
    request: object({
      paths,
      /** Absolute path of a folder on this machine. */
      folder: path,
      technique: z.enum([...COPY_TECHNIQUES, 'auto']),
    }),
    answer: keyed,
  },
  cancel: { request: keyed, answer: nothing },
  setTechnique: { request: object({ key, technique: techniqueSchema }), answer: nothing },
  forget: { request: keyed, answer: nothing },
  show: { request: keyed, answer: nothing },
  /** Some entries of an offer from this index on; none after the last, or once the offer has been answered. */
  offered: {
    request: object({ offerId: key, from: z.int().check(z.nonnegative()) }),
    answer: list(offeredEntrySchema),
  },
  answerOffer: {
    request: object({ offerId: key, accept: z.boolean(), remember: z.boolean() }),
    answer: nothing,
  },
  /** The devices that the user trusts, as other programs may have changed them. */
  trusted: { request: nothing, answer: list(trustedDeviceSchema) },
  changeTrusted: {
    request: object({ fingerprint: fingerprintSchema, change: trustedChangeSchema }),
    answer: nothing,
  },
  forgetTrusted: { request: object({ fingerprint: fingerprintSchema }), answer: nothing },
  /** Requests a pairing with a listed device. */
  pair: { request: object({ to: key }), answer: nothing },
  answerPairing: { request: object({ id: key, answer: z.enum(PAIRING_ANSWERS) }), answer: nothing },
  changeSettings: { request: windowSettingsChangeSchema, answer: windowSettingsSchema },
  answerClosing: { request: object({ answer: z.enum(CLOSING_ANSWERS) }), answer: nothing },
  dismissTrouble: { request: nothing, answer: nothing },
  /** Shows the log of unexpected errors in the file manager. */
  showLog: { request: nothing, answer: nothing },
  tryHere: { request: nothing, answer: listedDeviceSchema },
  startCompare: {
    request: object({
      preset: z.enum(COMPARE_PRESETS),
      runs: z.int().check(z.minimum(COMPARE_RUNS.min), z.maximum(COMPARE_RUNS.max)),
      /** Null to create a file of `sizeBytes` for the comparison. */
      path: z.nullable(path),
      sizeBytes: z.int().check(z.minimum(TEST_FILE_BYTES.min), z.maximum(TEST_FILE_BYTES.max)),
      /** Fingerprint of a listed device; null for a receiver on this computer. */
      to: z.nullable(key),
    }),
    answer: nothing,
  },
  stopCompare: { request: nothing, answer: nothing },
  saveCompare: {
    request: z.discriminatedUnion('as', [
      object({ as: z.literal('csv') }),
      object({ as: z.literal('png'), base64: z.string().check(z.maxLength(50_000_000)) }),
    ]),
    /** Null if the user cancelled the dialog. */
    answer: object({ path: z.nullable(z.string()) }),
  },
} as const

export type RequestName = keyof typeof REQUESTS
export type RequestOf<N extends RequestName> = z.infer<(typeof REQUESTS)[N]['request']>
export type Answered<N extends RequestName> = z.infer<(typeof REQUESTS)[N]['answer']>
export type Whole = Answered<'open'>

/** The same map, typed so that request and answer stay paired when the name is a type parameter. */
export const CHANNELS: {
  readonly [N in RequestName]: {
    readonly request: z.ZodMiniType<RequestOf<N>>
    readonly answer: z.ZodMiniType<Answered<N>>
  }
} = REQUESTS

const isRequest = (name: string): name is RequestName => name in REQUESTS
export const REQUEST_NAMES: readonly RequestName[] = Object.keys(REQUESTS).filter(isRequest)

/** Every answer: a value, or the problem to show to the user. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: z.infer<typeof problemSchema> }

/** The schema of an answer before its value is checked. */
export const resultSchema = z.discriminatedUnion('ok', [
  object({ ok: z.literal(true), value: z.unknown() }),
  object({ ok: z.literal(false), problem: problemSchema }),
])

/** The channel of requests; the request's name is the first argument. */
export const REQUEST_CHANNEL = 'penstock:request'

/** The channel of batches. */
export const BATCH_CHANNEL = 'penstock:batch'

/** The object that the preload exposes as `window.penstock`. The window checks answers and batches itself. */
export interface Bridge {
  request(name: RequestName, request: unknown): Promise<unknown>
  /** Calls the listener with each batch; returns a function that removes it. */
  onBatch(listener: (batch: unknown) => void): () => void
  /** The real path of a dropped file or folder; empty if it has none. */
  pathOf(file: unknown): string
}
