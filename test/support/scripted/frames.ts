/**
 * The frames of WIRE.md, written a second time and independently of the addon, so that tests can exchange frames with it and
 * both are checked against the same golden bytes.
 */

export const HEADER_BYTES = 24
export const RANGE_BYTES = 8 * 1024 * 1024

export const FRAME_TYPES = {
  DATA: 0x01,
  BATCH: 0x02,
  HOLE: 0x03,
  CHECK: 0x04,
  FILE_END: 0x05,
  FILE_FAILED: 0x06,
  CANCEL: 0x07,
  END: 0x08,
  STREAM_END: 0x09,
  VERIFIED: 0x81,
  RETRY: 0x82,
  DELIVERED: 0x83,
  DONE: 0x84,
  KEEPALIVE: 0x85,
  ERROR: 0x86,
  NOT_DELIVERED: 0x87,
  NOTED: 0x88,
} as const

export type FrameName = keyof typeof FRAME_TYPES

/** The frames that travel on a control stream; KEEPALIVE travels on every stream. */
export const CONTROL_FRAMES: readonly FrameName[] = [
  'CANCEL',
  'END',
  'DELIVERED',
  'NOT_DELIVERED',
  'NOTED',
  'DONE',
  'ERROR',
]

export const CODES = [
  'none',
  'cancelled',
  'refused',
  'protocol',
  'io',
  'disk-full',
  'no-permission',
  'file-changed',
  'file-shrank',
  'file-vanished',
  'not-readable',
  'check-failed',
  'unsafe-name',
  'name-taken',
  'too-large',
  'timed-out',
  'internal',
  'name-too-long',
  'name-collision',
  'link-outside',
  'kept-existing',
  'links-unsupported',
] as const

export const NOTE_CODES = [
  'changed',
  'time-clamped',
  'time-not-kept',
  'mode-not-kept',
  'name-changed',
] as const

export interface Header {
  readonly type: number
  readonly flags: number
  readonly file: number
  readonly offset: number
  readonly length: number
}

export interface BatchEntry {
  readonly file: number
  readonly content: Buffer
  readonly crc: number
}

/** Entries that follow each other, from `first` on. */
export interface Run {
  readonly first: number
  readonly count: number
  readonly code: number
  readonly errno: number
}

/** The body of DONE. */
export interface Counts {
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  readonly notDelivered: number
  readonly notes: number
}

/** A frame as its fields. Lengths and offsets in bytes; times in nanoseconds. */
export type Frame =
  | { readonly name: 'DATA'; readonly file: number; readonly offset: number; readonly content: Buffer }
  | { readonly name: 'BATCH'; readonly entries: readonly BatchEntry[] }
  | {
      readonly name: 'HOLE' | 'RETRY'
      readonly file: number
      readonly offset: number
      readonly rangeLength: number
    }
  | {
      readonly name: 'VERIFIED'
      readonly batch: boolean
      readonly file: number
      readonly offset: number
      readonly rangeLength: number
    }
  | {
      readonly name: 'CHECK'
      readonly file: number
      readonly offset: number
      readonly rangeLength: number
      readonly crc: number
    }
  | { readonly name: 'FILE_END'; readonly file: number; readonly size: number; readonly mtimeNs: bigint }
  | { readonly name: 'FILE_FAILED'; readonly file: number; readonly code: number; readonly errno: number }
  | { readonly name: 'CANCEL' | 'ERROR'; readonly code: number; readonly errno: number }
  | { readonly name: 'DELIVERED' | 'NOT_DELIVERED' | 'NOTED'; readonly runs: readonly Run[] }
  | ({ readonly name: 'DONE' } & Counts)
  | { readonly name: 'END' | 'STREAM_END' | 'KEEPALIVE' }

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

/** CRC-32C of the bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

export function encodeHeader(header: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt8(header.type, 0)
  bytes.writeUInt8(header.flags, 1)
  bytes.writeUInt32LE(header.file, 4)
  bytes.writeBigUInt64LE(BigInt(header.offset), 8)
  bytes.writeBigUInt64LE(BigInt(header.length), 16)
  return bytes
}

function frame(name: FrameName, body: Buffer, file = 0, offset = 0, flags = 0): Buffer {
  return Buffer.concat([
    encodeHeader({ type: FRAME_TYPES[name], flags, file, offset, length: body.length }),
    body,
  ])
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => bytes.writeUInt32LE(value, i * 4))
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

export function encodeFrame(value: Frame): Buffer {
  switch (value.name) {
    case 'DATA':
      return frame('DATA', value.content, value.file, value.offset)
    case 'BATCH': {
      const table = value.entries.map((entry) => u32(entry.file, entry.content.length, entry.crc))
      const body = Buffer.concat([...table, ...value.entries.map((entry) => entry.content)])
      return frame('BATCH', body, value.entries.length)
    }
    case 'HOLE':
    case 'RETRY':
      return frame(value.name, u64(value.rangeLength), value.file, value.offset)
    case 'VERIFIED':
      return frame('VERIFIED', u64(value.rangeLength), value.file, value.offset, value.batch ? 1 : 0)
    case 'CHECK':
      return frame('CHECK', Buffer.concat([u64(value.rangeLength), u32(value.crc)]), value.file, value.offset)
    case 'FILE_END': {
      const body = Buffer.alloc(24)
      const nanoseconds = ((value.mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
      body.writeBigUInt64LE(BigInt(value.size), 0)
      body.writeBigInt64LE((value.mtimeNs - nanoseconds) / 1_000_000_000n, 8)
      body.writeUInt32LE(Number(nanoseconds), 16)
      return frame('FILE_END', body, value.file)
    }
    case 'FILE_FAILED':
      return frame(value.name, u32(value.code, value.errno), value.file)
    case 'CANCEL':
    case 'ERROR':
      return frame(value.name, u32(value.code, value.errno))
    case 'DELIVERED':
    case 'NOT_DELIVERED':
    case 'NOTED':
      return frame(
        value.name,
        Buffer.concat(value.runs.map(({ first, count, code, errno }) => u32(first, count, code, errno))),
      )
    case 'DONE':
      return frame(
        value.name,
        u32(value.files, value.directories, value.symlinks, value.notDelivered, value.notes),
      )
    case 'END':
    case 'STREAM_END':
    case 'KEEPALIVE':
      return frame(value.name, Buffer.alloc(0))
  }
}

function nameOf(type: number): FrameName {
  const found = Object.entries(FRAME_TYPES).find(([, value]) => value === type)?.[0]
  for (const name of Object.keys(FRAME_TYPES)) if (name === found && isFrameName(name)) return name
  throw new Error(`unknown frame type ${type}`)
}

function isFrameName(name: string): name is FrameName {
  return name in FRAME_TYPES
}

function runsOf(body: Buffer): Run[] {
  return Array.from({ length: body.length / 16 }, (_, at) => ({
    first: body.readUInt32LE(at * 16),
    count: body.readUInt32LE(at * 16 + 4),
    code: body.readUInt32LE(at * 16 + 8),
    errno: body.readUInt32LE(at * 16 + 12),
  }))
}

function countsOf(body: Buffer): Counts {
  return {
    files: body.readUInt32LE(0),
    directories: body.readUInt32LE(4),
    symlinks: body.readUInt32LE(8),
    notDelivered: body.readUInt32LE(12),
    notes: body.readUInt32LE(16),
  }
}

/** DELIVERED for entries that follow each other. */
export function delivered(first: number, count: number): Frame {
  return { name: 'DELIVERED', runs: [{ first, count, code: 0, errno: 0 }] }
}

/** DONE with these counts; those that are not given are 0. */
export function done(counts: Partial<Counts> = {}): Frame {
  return { name: 'DONE', files: 0, directories: 0, symlinks: 0, notDelivered: 0, notes: 0, ...counts }
}

function decodeBody(header: Header, body: Buffer): Frame {
  const name = nameOf(header.type)
  const { file, offset } = header
  switch (name) {
    case 'DATA':
      return { name, file, offset, content: body }
    case 'BATCH': {
      const entries: BatchEntry[] = []
      let at = file * 12
      for (let i = 0; i < file; i += 1) {
        const length = body.readUInt32LE(i * 12 + 4)
        const content = body.subarray(at, at + length)
        entries.push({ file: body.readUInt32LE(i * 12), content, crc: body.readUInt32LE(i * 12 + 8) })
        at += length
      }
      return { name, entries }
    }
    case 'HOLE':
    case 'RETRY':
      return { name, file, offset, rangeLength: Number(body.readBigUInt64LE(0)) }
    case 'VERIFIED':
      return { name, batch: header.flags === 1, file, offset, rangeLength: Number(body.readBigUInt64LE(0)) }
    case 'CHECK':
      return { name, file, offset, rangeLength: Number(body.readBigUInt64LE(0)), crc: body.readUInt32LE(8) }
    case 'FILE_END': {
      const mtimeNs = body.readBigInt64LE(8) * 1_000_000_000n + BigInt(body.readUInt32LE(16))
      return { name, file, size: Number(body.readBigUInt64LE(0)), mtimeNs }
    }
    case 'FILE_FAILED':
      return { name, file, code: body.readUInt32LE(0), errno: body.readUInt32LE(4) }
    case 'CANCEL':
    case 'ERROR':
      return { name, code: body.readUInt32LE(0), errno: body.readUInt32LE(4) }
    case 'DELIVERED':
    case 'NOT_DELIVERED':
    case 'NOTED':
      return { name, runs: runsOf(body) }
    case 'DONE':
      return { name, ...countsOf(body) }
    case 'END':
    case 'STREAM_END':
    case 'KEEPALIVE':
      return { name }
  }
}

/** Takes bytes as they come and gives whole frames. */
export class FrameReader {
  private pieces: Buffer[] = []
  private held = 0
  /** Bytes the next frame needs. Pieces are put together only then: once for each frame and not once for each read. */
  private wanted = HEADER_BYTES

  push(bytes: Buffer): Frame[] {
    this.pieces.push(bytes)
    this.held += bytes.length
    if (this.held < this.wanted) return []
    let rest = Buffer.concat(this.pieces)
    const frames: Frame[] = []
    for (;;) {
      this.wanted =
        rest.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + Number(rest.readBigUInt64LE(16))
      if (rest.length < this.wanted) break
      const header = {
        type: rest.readUInt8(0),
        flags: rest.readUInt8(1),
        file: rest.readUInt32LE(4),
        offset: Number(rest.readBigUInt64LE(8)),
        length: this.wanted - HEADER_BYTES,
      }
      frames.push(decodeBody(header, rest.subarray(HEADER_BYTES, this.wanted)))
      rest = rest.subarray(this.wanted)
    }
    this.pieces = [rest]
    this.held = rest.length
    return frames
  }
}

/** Takes what arrives: the first `count` bytes go to `complete`, once they are all there; the result is what follows them. */
export function firstBytes(count: number, complete: (first: Buffer) => void): (bytes: Buffer) => Buffer {
  let first = Buffer.alloc(0)
  return (bytes) => {
    const missing = count - first.length
    if (missing === 0) return bytes
    first = Buffer.concat([first, bytes.subarray(0, missing)])
    if (first.length === count) complete(first)
    return bytes.subarray(missing)
  }
}
