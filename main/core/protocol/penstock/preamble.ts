import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { expandLabel, extract } from './hkdf.ts'
import { WIRE_VERSION } from './offer.ts'

/** Bytes of a preamble, of a HELLO, of a session id, of a session secret. */
export const PREAMBLE_BYTES = 64
export const HELLO_BYTES = 32
export const SESSION_ID_BYTES = 16
export const SECRET_BYTES = 32

const MAGIC = Buffer.from('PNSTCK', 'latin1')
const SIGNED_BYTES = 32
const NONCE_OFFSET = 24
const HELLO_RANDOM_BYTES = 16
const NO_SALT = Buffer.alloc(32)

/** Index of the control stream; content streams have 1 to 16. */
export const CONTROL_STREAM = 0

export interface Preamble {
  readonly streamIndex: number
  /** 16 bytes in lower-case hexadecimal. */
  readonly sessionId: string
  /** 8 bytes in lower-case hexadecimal; a preamble with a nonce seen before is refused. */
  readonly nonce: string
}

function mac(secret: Uint8Array, label: 'penstock preamble' | 'penstock hello', signed: Uint8Array): Buffer {
  return createHmac('sha256', expandLabel(extract(NO_SALT, secret), label, 32))
    .update(signed)
    .digest()
}

/** The first 64 bytes of a stream (WIRE.md, "Preamble"). The nonce is random unless a test supplies one. */
export function encodePreamble(
  options: { readonly streamIndex: number; readonly sessionId: string; readonly secret: Uint8Array },
  nonce: Uint8Array = randomBytes(SIGNED_BYTES - NONCE_OFFSET),
): Buffer {
  const bytes = Buffer.alloc(PREAMBLE_BYTES)
  MAGIC.copy(bytes, 0)
  bytes.writeUInt8(WIRE_VERSION, MAGIC.length)
  bytes.writeUInt8(options.streamIndex, MAGIC.length + 1)
  bytes.write(options.sessionId, 8, SESSION_ID_BYTES, 'hex')
  bytes.set(nonce, NONCE_OFFSET)
  mac(options.secret, 'penstock preamble', bytes.subarray(0, SIGNED_BYTES)).copy(bytes, SIGNED_BYTES)
  return bytes
}

/** Reads the unauthenticated fields, so that the session and its secret can be looked up; null for anything else. */
export function readPreamble(bytes: Uint8Array): Preamble | null {
  const view = Buffer.from(bytes)
  if (view.length !== PREAMBLE_BYTES || !view.subarray(0, MAGIC.length).equals(MAGIC)) return null
  if (view.readUInt8(MAGIC.length) !== WIRE_VERSION) return null
  return {
    streamIndex: view.readUInt8(MAGIC.length + 1),
    sessionId: view.toString('hex', 8, 8 + SESSION_ID_BYTES),
    nonce: view.toString('hex', NONCE_OFFSET, SIGNED_BYTES),
  }
}

/** Whether the preamble was made with the session's secret; compares in constant time. */
export function verifyPreamble(bytes: Uint8Array, secret: Uint8Array): boolean {
  const view = Buffer.from(bytes)
  return (
    view.length === PREAMBLE_BYTES &&
    timingSafeEqual(
      mac(secret, 'penstock preamble', view.subarray(0, SIGNED_BYTES)),
      view.subarray(SIGNED_BYTES),
    )
  )
}

/** The receiver's answer to a preamble (WIRE.md, "HELLO"). The first half is random unless a test supplies it. */
export function encodeHello(
  preamble: Uint8Array,
  secret: Uint8Array,
  random: Uint8Array = randomBytes(HELLO_RANDOM_BYTES),
): Buffer {
  const proof = mac(secret, 'penstock hello', Buffer.concat([preamble, random]))
  return Buffer.concat([random, proof], HELLO_BYTES)
}

/** Whether this HELLO answers the preamble and was made with the session's secret; compares in constant time. */
export function verifyHello(hello: Uint8Array, preamble: Uint8Array, secret: Uint8Array): boolean {
  if (hello.length !== HELLO_BYTES) return false
  return timingSafeEqual(encodeHello(preamble, secret, hello.subarray(0, HELLO_RANDOM_BYTES)), hello)
}
