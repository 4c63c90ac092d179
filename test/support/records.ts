import { createCipheriv, createDecipheriv } from 'node:crypto'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The addon that exports records as functions; it is built on Linux. */
export const RECORDS_ADDON = fileURLToPath(
  new URL('../../native/build/Release/penstock_records.node', import.meta.url),
)

type Maker = (key: Uint8Array, iv: Uint8Array) => ((bytes: Uint8Array) => Uint8Array | null) | null
const maker = z.custom<Maker>((value) => typeof value === 'function')
const addonSchema = z.object({ sealer: maker, opener: maker, cipherLibrary: z.string() })

/** Makes and opens records with the addon's code. Null for a library that is not there, and for a record that does not open. */
export function nativeRecords(): z.infer<typeof addonSchema> {
  return addonSchema.parse(createRequire(import.meta.url)(RECORDS_ADDON))
}

const TAG_BYTES = 16
const HEADER_BYTES = 5
const APPLICATION_DATA = 23
const KEY_BYTES = 16
const MAX_CONTENT_BYTES = 16_384

function nonceOf(iv: Uint8Array, sequence: bigint): Buffer {
  const nonce = Buffer.from(iv)
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4)
  return nonce
}

/** A TLS 1.3 record by node:crypto. */
export function sealByNode(
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
  sequence: bigint,
  content: Uint8Array,
  { type = APPLICATION_DATA, padding = 0 } = {},
): Buffer {
  const inner = Buffer.concat([content, Buffer.from([type]), Buffer.alloc(padding)])
  const header = Buffer.from([APPLICATION_DATA, 3, 3, 0, 0])
  header.writeUInt16BE(inner.length + TAG_BYTES, 3)
  const cipher = createCipheriv('aes-128-gcm', key, nonceOf(iv, sequence)).setAAD(header)
  return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
}

/** What such a record holds, content type and padding included; throws if it is not authentic. */
export function openByNode(
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
  sequence: bigint,
  record: Uint8Array,
): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonceOf(iv, sequence))
    .setAAD(record.subarray(0, HEADER_BYTES))
    .setAuthTag(record.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(record.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()])
}

/** One end of a sealed stream by node:crypto: keys are of 28 bytes, key and IV, as the addon takes them. */
export class RecordChannel {
  private readonly send: Direction
  private readonly receive: Direction
  private held = Buffer.alloc(0)

  constructor(keys: { readonly send: Uint8Array; readonly receive: Uint8Array }) {
    this.send = new Direction(keys.send)
    this.receive = new Direction(keys.receive)
  }

  /** The content in records. */
  seal(content: Uint8Array): Buffer {
    const records: Buffer[] = []
    for (let at = 0; at < content.length; at += MAX_CONTENT_BYTES)
      records.push(sealByNode(this.send, this.send.next(), content.subarray(at, at + MAX_CONTENT_BYTES)))
    return Buffer.concat(records)
  }

  /** Takes what arrives; returns the content of the records that are whole. Throws if one is not authentic. */
  open(bytes: Uint8Array): Buffer {
    const all = Buffer.concat([this.held, bytes])
    const contents: Buffer[] = []
    let at = 0
    while (all.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + all.readUInt16BE(at + 3)
      if (end > all.length) break
      contents.push(openByNode(this.receive, this.receive.next(), all.subarray(at, end)).subarray(0, -1))
      at = end
    }
    this.held = all.subarray(at)
    return Buffer.concat(contents)
  }
}

class Direction {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  private sequence = 0n

  constructor(keyAndIv: Uint8Array) {
    this.key = keyAndIv.subarray(0, KEY_BYTES)
    this.iv = keyAndIv.subarray(KEY_BYTES)
  }

  next(): bigint {
    return this.sequence++
  }
}
