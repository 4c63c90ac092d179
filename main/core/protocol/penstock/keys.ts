import { createHash } from 'node:crypto'
import { expandLabel, extract } from './hkdf.ts'

/** Key and iv for the records of one direction, AES-128-GCM: 16 and 12 bytes. */
export interface RecordKeys {
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

/** The keys of one stream, by the side that sends the records. */
export interface StreamKeys {
  readonly sender: RecordKeys
  readonly receiver: RecordKeys
}

/** Key and iv of a traffic secret (RFC 8446 §7.3). */
export function recordKeys(secret: Uint8Array): RecordKeys {
  return { key: expandLabel(secret, 'key', 16), iv: expandLabel(secret, 'iv', 12) }
}

/** The keys of a stream that began with this preamble and HELLO (WIRE.md, "Sealed streams"). */
export function streamKeys(secret: Uint8Array, preamble: Uint8Array, hello: Uint8Array): StreamKeys {
  const salt = createHash('sha256').update(preamble).update(hello).digest()
  const key = extract(salt, secret)
  return {
    sender: recordKeys(expandLabel(key, 'penstock sender', 32)),
    receiver: recordKeys(expandLabel(key, 'penstock receiver', 32)),
  }
}
