import { createHmac } from 'node:crypto'

/** HKDF-Extract of RFC 5869 §2.2 with SHA-256. */
export function extract(salt: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('sha256', salt).update(secret).digest()
}

/** HKDF-Expand-Label of RFC 8446 §7.1 with SHA-256 and an empty context. None of these lengths needs a second block. */
export function expandLabel(key: Uint8Array, label: string, length: 12 | 16 | 32): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1')
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0])])
  return createHmac('sha256', key)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length)
}
