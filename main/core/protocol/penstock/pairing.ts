import { createHash } from 'node:crypto'
import { z } from 'zod'
import { cutAlias } from '../../../contract/alias.ts'
import { PenstockError } from '../../../contract/errors.ts'

/** Path of a pairing between two Penstocks. */
export const PAIR_PATH = '/api/penstock/v2/pair'

export const PAIRING_LIMITS = {
  /** Bytes of one line, and of all lines of one side. */
  lineBytes: 1024,
  allBytes: 16 * 1024,
  /** Milliseconds after which a side sends an empty line. */
  aliveMs: 5000,
  nonceBytes: 16,
} as const

/** A line of a pairing. */
export type PairingMessage =
  | { readonly kind: 'request'; readonly alias: string; readonly commitment: Buffer }
  | { readonly kind: 'nonce'; readonly nonce: Buffer }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'decline' }

function hex(bytes: number) {
  return z
    .string()
    .regex(/^[0-9a-f]+$/u)
    .length(2 * bytes)
    .transform((text) => Buffer.from(text, 'hex'))
}

const lineSchema = z.union([
  z.strictObject({
    alias: z.string().max(256).transform(cutAlias).pipe(z.string().min(1)),
    commitment: hex(32),
  }),
  z.strictObject({ nonce: hex(PAIRING_LIMITS.nonceBytes) }),
  z.strictObject({ confirm: z.literal(true) }),
  z.strictObject({ decline: z.literal(true) }),
])

/** Throws `protocol` for anything that is not a message. */
export function decodePairing(line: string): PairingMessage {
  try {
    const found = lineSchema.parse(JSON.parse(line))
    if ('commitment' in found) return { kind: 'request', ...found }
    if ('nonce' in found) return { kind: 'nonce', nonce: found.nonce }
    return { kind: 'confirm' in found ? 'confirm' : 'decline' }
  } catch (error) {
    throw new PenstockError('protocol', { detail: 'pairing' }, { cause: error })
  }
}

/** The line of a message, with its end. */
export function encodePairing(message: PairingMessage): string {
  return `${JSON.stringify(bodyOf(message))}\n`
}

function bodyOf(message: PairingMessage): object {
  switch (message.kind) {
    case 'request':
      return { alias: message.alias, commitment: message.commitment.toString('hex') }
    case 'nonce':
      return { nonce: message.nonce.toString('hex') }
    case 'confirm':
    case 'decline':
      return { [message.kind]: true }
  }
}

/** The two devices, by the fingerprints (64 hexadecimal digits) that TLS proved on the connection. */
export interface PairedKeys {
  readonly asking: string
  readonly asked: string
}

function digest(label: string, keys: PairedKeys, ...nonces: readonly Buffer[]): Buffer {
  const hash = createHash('sha256').update(label)
  hash.update(Buffer.from(keys.asking, 'hex')).update(Buffer.from(keys.asked, 'hex'))
  for (const nonce of nonces) hash.update(nonce)
  return hash.digest()
}

/** What the asking device commits itself to before it has the other's nonce. */
export function commitmentOf(keys: PairedKeys, askingNonce: Buffer): Buffer {
  return digest('penstock pair', keys, askingNonce)
}

/** The six digits that both users compare. */
export function digitsOf(keys: PairedKeys, askingNonce: Buffer, askedNonce: Buffer): string {
  const number = digest('penstock sas', keys, askingNonce, askedNonce).readBigUInt64BE(0)
  return String(number % 1_000_000n).padStart(6, '0')
}
