import * as z from 'zod/mini'
import { peerFields, peerSummarySchema, recognisedFields } from './device.ts'
import { type ErrorCode, type Problem, problemSchema } from './errors.ts'
import { limitSchema } from './limit.ts'
import {
  conveyanceFields,
  copyCountSchema,
  countersSchema,
  notDeliveredSchema,
  reportSchema,
} from './report.ts'
import { count, list, object } from './schema.ts'
import { choiceSchema, techniqueSchema } from './technique.ts'

/** A sender's result of a transfer that ended early: files whose arrival was confirmed, and others. */
export const partialDeliverySchema = object({
  delivered: list(z.string()),
  notDelivered: list(notDeliveredSchema),
})
export type PartialDelivery = z.infer<typeof partialDeliverySchema>

/** Absent if no file was confirmed before the end; then the problem is the only information. */
const partial = z.exactOptional(partialDeliverySchema)
const party = z.enum(['here', 'peer'])

/** State of a transfer. The last four are terminal; exactly one of them is reached, once. */
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

const DECLINES: readonly ErrorCode[] = ['refused', 'refused-unattended', 'nothing-selected']

/** Whether a refusal is the answer of a user, or of a setting in the user's place. A busy receiver and a wrong PIN are not. */
export function isDeclined({ code }: Problem): boolean {
  return DECLINES.includes(code)
}

export type TerminalState = Extract<TransferState, { kind: Outcome }>

/** Totals of an offer; links and folders count as entries without bytes. */
export const totalsSchema = object({ files: count, directories: count, symlinks: count, bytes: count })
export type Totals = z.infer<typeof totalsSchema>

/** Between the two ends: a network card, a virtual interface such as veth, or the loopback interface of this machine. */
export const NETWORKS = ['card', 'virtual', 'loopback'] as const
export type Network = (typeof NETWORKS)[number]

/** A transfer as a shell shows it at one time. */
export const viewSchema = object({
  transferId: z.string(),
  role: z.enum(['sender', 'receiver']),
  peer: peerSummarySchema,
  /** Title: the name of the first top entry. */
  title: z.string(),
  topEntries: count,
  totals: totalsSchema,
  state: stateSchema,
  ...conveyanceFields,
  /** Null if the route is not known. */
  network: z.nullable(z.enum(NETWORKS)),
  choice: z.nullable(choiceSchema),
  /** Content bytes moved so far. */
  bytes: count,
  /** Files whose content is complete. */
  files: count,
  /** By `steadyNow` of clock.ts: when it began, and when the first byte moved. */
  startedAt: z.number(),
  movingSince: z.nullable(z.number()),
  /** The technique at the other end, from its last report; null if it does not report it. */
  peerTechnique: z.nullable(techniqueSchema),
  /** The technique that the other end tried first; null if none was refused there, or it does not report it. */
  peerFellBackFrom: z.nullable(techniqueSchema),
  /** Copies per byte on this machine by the rules of the report: so far, or the report's value at the end. */
  copies: z.nullable(copyCountSchema),
  /** The other machine's, derived from `peerTechnique`; null if no rule applies or it is not reported. */
  peerCopies: z.nullable(copyCountSchema),
  /** Target folder of the files; null for a sender to another machine. */
  folder: z.nullable(z.string()),
  /** If `folder` is set, after the commit: the paths of the top entries on this disk. */
  savedAs: list(z.string()),
  counters: z.nullable(countersSchema),
  /** What limits the rate so far, or the report's value at the end; null if that is not known. */
  limitedBy: z.nullable(limitSchema),
})
export type TransferView = z.infer<typeof viewSchema>

/** The receiver's trust in the device that sent an offer. */
const trustFields = {
  /** The name that the user knows, else the one that the device gives itself. */
  alias: z.string(),
  /** Proved by TLS on this connection; empty if not proved. */
  fingerprint: z.string(),
  /** Whether the device proved its certificate on this connection. If not, `recent`, `trusted` and `alwaysAccept` are false. */
  proved: z.boolean(),
  ...recognisedFields,
  /** Whether the user always accepts its transfers with this transfer's cipher. */
  alwaysAccept: z.boolean(),
}
export const peerTrustSchema = object(trustFields)
export type PeerTrust = z.infer<typeof peerTrustSchema>

export const ENTRY_TYPES = ['file', 'directory', 'symlink'] as const
export type EntryType = (typeof ENTRY_TYPES)[number]

/** An entry as the dialog lists it. */
export const offeredEntrySchema = object({ path: z.string(), type: z.enum(ENTRY_TYPES), size: count })
export type OfferedEntry = z.infer<typeof offeredEntrySchema>

/** Room on the disk for received files when an offer arrived; `free` is null if its file system does not report it. */
export const roomSchema = object({ needed: count, free: z.nullable(count) })
export type Room = z.infer<typeof roomSchema>

/** An offer as shown to the receiver's user. */
export const incomingOfferSchema = object({
  /** The receiver's own random id of the offer, its answer and its transfer. */
  offerId: z.string(),
  /** The sender's id of the transfer, used in the reports of both sides. Not unique across senders. */
  transferId: z.string(),
  peer: object({ ...trustFields, ...peerFields, host: z.string() }),
  totals: totalsSchema,
  ...conveyanceFields,
  title: z.string(),
  /** The first entries of the offer, at most 10 000, for the dialog's list. */
  preview: list(offeredEntrySchema),
  folder: z.string(),
  room: roomSchema,
})
export type IncomingOffer = z.infer<typeof incomingOfferSchema>

/** One entry of a manifest, on the wire (WIRE.md) and in the core. */
export interface ManifestEntry {
  /** Position in the manifest, from 0; frames name files by it. */
  readonly index: number
  readonly type: EntryType
  /** Relative path on the sender's disk, with `/` between components, never empty. */
  readonly path: string
  /** Bytes of content; 0 for folders and links. */
  readonly size: number
  /** Permission bits (07777). */
  readonly mode: number
  /** Modification time in nanoseconds since the epoch. */
  readonly mtimeNs: bigint
  /** Symlinks only: the target as written. */
  readonly target?: string
  /** At the receiver only: the path under which it was sent, if it is created under another. */
  readonly sentAs?: string
}
