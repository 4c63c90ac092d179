import * as z from 'zod/mini'
import { peerFields, peerSummarySchema } from './device.ts'
import { problemSchema } from './errors.ts'
import {
  conveyanceFields,
  copyCountSchema,
  countersSchema,
  notDeliveredSchema,
  reportSchema,
} from './report.ts'
import { count, list, object } from './schema.ts'
import { choiceSchema, techniqueSchema } from './technique.ts'

/** What a sender has learned of a transfer that ended before it was done: files whose arrival was confirmed, and others. */
export const partialDeliverySchema = object({
  delivered: list(z.string()),
  notDelivered: list(notDeliveredSchema),
})
export type PartialDelivery = z.infer<typeof partialDeliverySchema>

/** Absent where no file was confirmed before the end, and the problem names all that is known. */
const partial = z.exactOptional(partialDeliverySchema)
const party = z.enum(['here', 'peer'])

/** Where a transfer stands. The last four are terminal; exactly one of them is reached, once. */
export const stateSchema = z.discriminatedUnion('kind', [
  object({ kind: z.literal('preparing') }),
  object({ kind: z.literal('offered') }),
  object({ kind: z.literal('running') }),
  object({ kind: z.literal('committing') }),
  object({ kind: z.literal('done'), report: reportSchema }),
  object({ kind: z.literal('refused'), by: party, problem: problemSchema }),
  object({ kind: z.literal('cancelled'), by: party, problem: problemSchema, partial }),
  object({ kind: z.literal('failed'), problem: problemSchema, partial }),
])
export type TransferState = z.infer<typeof stateSchema>

/** How a transfer can end. */
export const OUTCOMES = ['done', 'refused', 'cancelled', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]
export type TerminalState = Extract<TransferState, { kind: Outcome }>

/** What is offered, in totals; links and folders count as entries without bytes. */
export const totalsSchema = object({ files: count, directories: count, symlinks: count, bytes: count })
export type Totals = z.infer<typeof totalsSchema>

/** A transfer as a shell shows it at one moment. */
export const viewSchema = object({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSummarySchema,
  /** What a person would call it: the name of the only top entry, or of the first. */
  title: z.string(),
  topEntries: count,
  totals: totalsSchema,
  state: stateSchema,
  ...conveyanceFields,
  choice: z.nullable(choiceSchema),
  /** Content bytes moved so far. */
  bytes: count,
  /** Files whose content is complete. */
  files: count,
  /** By `steadyNow` of clock.ts: when it began, and when the first byte moved. */
  startedAt: z.number(),
  movingSince: z.nullable(z.number()),
  /** What carries the bytes at the other end, as it reported last; null where it does not report it. */
  peerTechnique: z.nullable(techniqueSchema),
  /** What the other end had tried first; null where nothing was refused there, or it does not report it. */
  peerFellBackFrom: z.nullable(techniqueSchema),
  /** Copies per byte on this machine by the rules of the report: so far, or the report's own when it is done. */
  copies: z.nullable(copyCountSchema),
  /** The other machine's, derived from `peerTechnique`; null where no rule applies or it is not reported. */
  peerCopies: z.nullable(copyCountSchema),
  /** The folder that the files go to; null for a sender to another machine. */
  folder: z.nullable(z.string()),
  /** Where `folder` is not null, once committed: the paths of the top entries as they are on this disk. */
  savedAs: list(z.string()),
  counters: z.nullable(countersSchema),
})
export type TransferView = z.infer<typeof viewSchema>

/** What the receiver's user has decided about the device that an offer came from. */
const trustFields = {
  /** The one that TLS proved on this connection; empty where it proved none. */
  fingerprint: z.string(),
  /** Whether the device proved its certificate on this connection. Without that the other two are false. */
  proved: z.boolean(),
  /** Whether a transfer with it was completed before. It permits nothing. */
  recent: z.boolean(),
  /** Whether the user always accepts its transfers with the cipher of this one. */
  alwaysAccept: z.boolean(),
}
export const peerTrustSchema = object(trustFields)
export type PeerTrust = z.infer<typeof peerTrustSchema>

export const ENTRY_TYPES = ['file', 'directory', 'symlink'] as const
export type EntryType = (typeof ENTRY_TYPES)[number]

/** An entry as the dialog lists it. */
export const offeredEntrySchema = object({ path: z.string(), type: z.enum(ENTRY_TYPES), size: count })
export type OfferedEntry = z.infer<typeof offeredEntrySchema>

/** What a receiver's user is asked. */
export const incomingOfferSchema = object({
  /** The receiver's own id, random: names the offer, its answer and its transfer. */
  offerId: z.string(),
  /** The sender's id for the transfer, under which both sides report it. Another sender may use the same one. */
  transferId: z.string(),
  peer: object({ ...peerFields, ...trustFields, host: z.string() }),
  totals: totalsSchema,
  ...conveyanceFields,
  title: z.string(),
  /** The first entries of what is offered, at most 10 000, for the dialog's list. */
  preview: list(offeredEntrySchema),
  folder: z.string(),
})
export type IncomingOffer = z.infer<typeof incomingOfferSchema>

/** One entry of a manifest, as it travels (WIRE.md) and as the core handles it. */
export interface ManifestEntry {
  /** Position in the manifest, from 0; frames name files by it. */
  readonly index: number
  readonly type: EntryType
  /** Relative path as it is on the sender's disk, `/` between components, never empty. */
  readonly path: string
  /** Bytes of content; 0 for folders and links. */
  readonly size: number
  /** Permission bits (07777). */
  readonly mode: number
  /** Modification time in nanoseconds since the epoch. */
  readonly mtimeNs: bigint
  /** Symlinks only: what it points to, as written. */
  readonly target?: string
  /** At the receiver only: the top name that it was sent under, where it is made under another. */
  readonly sentTop?: string
}
