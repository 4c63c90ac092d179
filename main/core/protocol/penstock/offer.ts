import { z } from 'zod'
import { PenstockError } from '../../../contract/errors.ts'
import { type Cipher, CIPHERS } from '../../../contract/report.ts'
import {
  RECEIVE_TECHNIQUES,
  type ReceiveTechnique,
  SEND_TECHNIQUES,
  type SendTechnique,
} from '../../../contract/technique.ts'
import type { ManifestEntry, Totals } from '../../../contract/transfer.ts'

/** Connections of one transfer at most. */
export const MAX_STREAMS = 16
/** Protocol version of this build. */
export const WIRE_VERSION = 2

/** Limits of one offer. An offer that exceeds one is refused with `protocol` or `too-many-files`. */
export const OFFER_LIMITS = {
  /** Characters of one manifest line. */
  line: 32 * 1024,
  /** Entries of one manifest, and the characters of their lines. */
  entries: 250_000,
  characters: 64 * 1024 * 1024,
  /** Most entries that an answer may list as refused; an offer with more bad names is refused entirely. */
  refused: 10_000,
} as const

/** Why an entry is refused: its name cannot be created. */
export const REFUSED_CODES = ['unsafe-name', 'name-too-long', 'name-collision'] as const
export type RefusedCode = (typeof REFUSED_CODES)[number]

const Count = z.int().min(0)
const Hex32 = z.string().regex(/^[0-9a-f]{32}$/)

const TotalsSchema = z.object({
  files: Count.max(OFFER_LIMITS.entries),
  directories: Count.max(OFFER_LIMITS.entries),
  symlinks: Count.max(OFFER_LIMITS.entries),
  bytes: Count,
})

const OfferSchema = z.object({
  info: z.unknown(),
  penstock: z.object({
    version: z.int().min(1),
    transferId: Hex32,
    // A later version may offer ciphers that this one does not have.
    ciphers: z
      .array(z.string().max(32))
      .max(16)
      .transform((names) =>
        CIPHERS.filter((cipher) => names.includes(cipher)).sort(
          (a, b) => names.indexOf(a) - names.indexOf(b),
        ),
      ),
    check: z.enum(['on', 'off']),
  }),
})

const AnswerSchema = z.object({
  sessionId: Hex32,
  penstock: z.object({
    cipher: z.enum(CIPHERS),
    dataPort: z.int().min(1).max(65535).nullable(),
    secret: z.base64(),
    check: z.enum(['on', 'off']),
    durability: z.enum(['os', 'everysec', 'commit', 'through']),
    technique: z.enum(RECEIVE_TECHNIQUES).nullable().default(null).catch(null),
    refused: z.array(z.object({ index: Count, code: z.enum(REFUSED_CODES) })).max(OFFER_LIMITS.refused),
  }),
})

const Nanoseconds = z.string().regex(/^-?\d{1,28}$/)

const LAST_NANOSECONDS = (2n ** 63n - 1n) * 1_000_000_000n

const EntrySchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('f'), n: z.string().min(1), s: Count, m: Count.max(0o7777), mt: Nanoseconds }),
  z.object({ t: z.literal('d'), n: z.string().min(1), m: Count.max(0o7777), mt: Nanoseconds }),
  z.object({
    t: z.literal('l'),
    n: z.string().min(1),
    m: Count.max(0o7777),
    mt: Nanoseconds,
    l: z.string().min(1).max(4096),
  }),
])

const EndSchema = z.object({
  end: Count.max(OFFER_LIMITS.entries),
  totals: TotalsSchema.extend({ allocated: z.exactOptional(Count) }),
  streams: z.int().min(1).max(MAX_STREAMS),
  // Shown to the other user only; an unknown name is read as null.
  technique: z.enum(SEND_TECHNIQUES).nullable().default(null).catch(null),
})

/** The first line of an offer: the sender (checked by the LocalSend schemas) and the parameters. */
export interface Offer {
  readonly info: unknown
  readonly version: number
  readonly transferId: string
  /** What the sender accepts, best first. */
  readonly ciphers: readonly Cipher[]
  readonly check: boolean
}

/** The last line of a manifest, sent when its sender's search is complete. */
export interface ManifestEnd {
  /** Number of entries before it. */
  readonly end: number
  /** `allocated`: bytes that the files occupy on the sender's disk; absent if it does not report them. */
  readonly totals: Totals & { readonly allocated?: number }
  /** Connections to the data port. */
  readonly streams: number
  /** The technique that the sender intends to use. */
  readonly technique: SendTechnique | null
}

/** An empty line, sent during a long search. */
export const STILL_LOOKING = '\n'

/** The receiver's answer after its user has accepted. */
export interface OfferAnswer {
  readonly sessionId: string
  readonly cipher: Cipher
  /** Null if the cipher is `tls`, and only then: the bytes go in the HTTPS body. */
  readonly dataPort: number | null
  readonly secret: Buffer
  readonly check: boolean
  readonly durability: 'os' | 'everysec' | 'commit' | 'through'
  /** The technique that the receiver intends to use. */
  readonly technique: ReceiveTechnique | null
  /** Entries that the receiver refuses; the sender leaves them out and reports them. */
  readonly refused: readonly RefusedEntry[]
}

export interface RefusedEntry {
  readonly index: number
  readonly code: RefusedCode
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new PenstockError('protocol', { detail: 'not JSON' })
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (!result.success)
    throw new PenstockError('protocol', { detail: `${what}: ${z.prettifyError(result.error)}` })
  return result.data
}

export function encodeOffer(offer: Offer): string {
  const { info, version, transferId, ciphers } = offer
  const penstock = { version, transferId, ciphers, check: offer.check ? 'on' : 'off' }
  return `${JSON.stringify({ info, penstock })}\n`
}

/** Throws `protocol` for anything that is not an offer. */
export function decodeOffer(line: string): Offer {
  const { info, penstock } = check(OfferSchema, parseJson(line), 'offer')
  return { ...penstock, info, check: penstock.check === 'on' }
}

export function encodeEnd(end: ManifestEnd): string {
  return `${JSON.stringify(end)}\n`
}

function timeOf(text: string): bigint {
  const time = BigInt(text)
  if (time > LAST_NANOSECONDS) return LAST_NANOSECONDS
  return time < -LAST_NANOSECONDS ? -LAST_NANOSECONDS : time
}

/** One manifest line: an entry with this index, or the end. Throws `protocol`. */
export function decodeLine(line: string, index: number): ManifestEntry | ManifestEnd {
  const value = parseJson(line)
  // Checked first: a schema that does not match builds a full error, which is expensive for each of 100 000 lines.
  if (typeof value === 'object' && value !== null && 'end' in value) {
    return check(EndSchema, value, 'manifest end')
  }
  const raw = check(EntrySchema, value, 'manifest entry')
  const common = { index, path: raw.n, mode: raw.m, mtimeNs: timeOf(raw.mt) }
  switch (raw.t) {
    case 'f':
      return { ...common, type: 'file', size: raw.s }
    case 'd':
      return { ...common, type: 'directory', size: 0 }
    case 'l':
      return { ...common, type: 'symlink', size: 0, target: raw.l }
  }
}

export function encodeAnswer(answer: OfferAnswer): string {
  const { sessionId, cipher, dataPort, durability, technique } = answer
  const penstock = {
    cipher,
    dataPort,
    secret: answer.secret.toString('base64'),
    check: answer.check ? 'on' : 'off',
    durability,
    technique,
    refused: answer.refused,
  }
  return JSON.stringify({ sessionId, penstock })
}

/** Throws `protocol` for anything that is not an answer to an offer. */
export function decodeAnswer(text: string): OfferAnswer {
  const { sessionId, penstock } = check(AnswerSchema, parseJson(text), 'answer')
  const secret = Buffer.from(penstock.secret, 'base64')
  if ((penstock.cipher === 'tls') !== (penstock.dataPort === null)) {
    throw new PenstockError('protocol', { detail: 'answer: a data port does not fit the cipher' })
  }
  if (secret.length !== 32) throw new PenstockError('protocol', { detail: 'answer: secret is not 32 bytes' })
  return { ...penstock, sessionId, secret, check: penstock.check === 'on' }
}
