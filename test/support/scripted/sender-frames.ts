import { CODES, delivered, done, encodeFrame, encodeHeader, type Frame, FRAME_TYPES } from './frames.ts'
import { SOME_WIRE_CODES, WIRE_CODES } from './peer-table.ts'

/** How much of two files a sender has sent. */
export const SENDER_STATES = ['no content yet', 'one file of two', 'all files, no END'] as const
export type SenderState = (typeof SENDER_STATES)[number]

/** What a sender sends, and how the receiver's transfer ends by it before END. */
export interface SenderCase {
  readonly name: string
  readonly bytes: Buffer
  /** The end, in every state or in each. */
  readonly ends: string | Readonly<Record<SenderState, string>>
}

const CANCEL_ENDS: Readonly<Record<number, string>> = {
  1: 'cancelled peer cancelled-by-peer',
  4: 'failed peer-failed',
  11: 'failed check-failed',
  15: 'failed timed-out',
}

/** The end after a CANCEL of this code. */
export function cancelEnd(code: number): string {
  const failed = code === CODES.indexOf('internal') || code >= CODES.length
  return CANCEL_ENDS[code] ?? (failed ? 'failed peer-failed' : 'failed protocol')
}

/** A header alone; its other fields are 0. */
export function header(type: number, change: Partial<Parameters<typeof encodeHeader>[0]> = {}): Buffer {
  return encodeHeader({ type, flags: 0, file: 0, offset: 0, length: 0, ...change })
}

/** Frames that no side accepts; `bare` is a frame without content. */
export function malformed(
  bare: 'DONE' | 'END',
): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return [
    ...[0x00, 0x0a, 0x40, 0x80, 0x89, 0xff].map((type) => ({ name: `type ${type}`, bytes: header(type) })),
    { name: 'unknown flag', bytes: header(FRAME_TYPES.KEEPALIVE, { flags: 0x80 }) },
    { name: 'a length that is none', bytes: header(FRAME_TYPES[bare], { length: 2 ** 52 }) },
    { name: 'noise', bytes: Buffer.alloc(4096, 0xa5) },
  ]
}

export const END = encodeFrame({ name: 'END' })
const VERIFIED: Frame = { name: 'VERIFIED', batch: false, file: 0, offset: 0, rangeLength: 8 }
export const PROTOCOL = 'failed protocol'

/** Frames of every type and code, and bytes that are none. */
export const SENDER_CASES: readonly SenderCase[] = [
  ...WIRE_CODES.map((code) => ({
    name: `CANCEL ${code}`,
    bytes: encodeFrame({ name: 'CANCEL', code, errno: 0 }),
    ends: cancelEnd(code),
  })),
  ...SOME_WIRE_CODES.flatMap((code): SenderCase[] => [
    { name: `ERROR ${code}`, bytes: encodeFrame({ name: 'ERROR', code, errno: 0 }), ends: PROTOCOL },
    {
      name: `NOT_DELIVERED ${code}`,
      bytes: encodeFrame({ name: 'NOT_DELIVERED', runs: [{ first: 0, count: 1, code, errno: 0 }] }),
      ends: PROTOCOL,
    },
    {
      name: `FILE_FAILED ${code} of both files, END`,
      bytes: Buffer.concat([
        encodeFrame({ name: 'FILE_FAILED', file: 0, code, errno: 0 }),
        encodeFrame({ name: 'FILE_FAILED', file: 1, code, errno: 0 }),
        END,
      ]),
      // A complete file stays complete.
      ends: { 'no content yet': 'done', 'one file of two': PROTOCOL, 'all files, no END': PROTOCOL },
    },
    {
      name: `FILE_FAILED ${code} of no file`,
      bytes: encodeFrame({ name: 'FILE_FAILED', file: 9, code, errno: 0 }),
      ends: PROTOCOL,
    },
  ]),
  {
    name: 'END',
    bytes: END,
    ends: { 'no content yet': PROTOCOL, 'one file of two': PROTOCOL, 'all files, no END': 'done' },
  },
  { name: 'two ENDs', bytes: Buffer.concat([END, END]), ends: PROTOCOL },
  {
    name: 'END and KEEPALIVE',
    bytes: Buffer.concat([encodeFrame({ name: 'KEEPALIVE' }), END]),
    ends: { 'no content yet': PROTOCOL, 'one file of two': PROTOCOL, 'all files, no END': 'done' },
  },
  { name: 'DONE', bytes: encodeFrame(done()), ends: PROTOCOL },
  { name: 'DELIVERED', bytes: encodeFrame(delivered(0, 1)), ends: PROTOCOL },
  { name: 'VERIFIED', bytes: encodeFrame(VERIFIED), ends: PROTOCOL },
  {
    name: 'RETRY',
    bytes: encodeFrame({ name: 'RETRY', file: 0, offset: 0, rangeLength: 8 }),
    ends: PROTOCOL,
  },
  { name: 'DATA of no file', bytes: header(FRAME_TYPES.DATA, { file: 9, length: 8 }), ends: PROTOCOL },
  { name: 'DATA longer than its file', bytes: header(FRAME_TYPES.DATA, { length: 9 }), ends: PROTOCOL },
  { name: 'DATA of no bytes', bytes: header(FRAME_TYPES.DATA), ends: PROTOCOL },
  {
    name: 'DATA between ranges',
    bytes: header(FRAME_TYPES.DATA, { offset: 4, length: 4 }),
    ends: PROTOCOL,
  },
  { name: 'BATCH of nothing', bytes: header(FRAME_TYPES.BATCH), ends: PROTOCOL },
  {
    name: 'HOLE beyond its file',
    bytes: encodeFrame({ name: 'HOLE', file: 0, offset: 0, rangeLength: 2 ** 40 }),
    ends: PROTOCOL,
  },
  {
    name: 'CHECK without DATA',
    bytes: encodeFrame({ name: 'CHECK', file: 0, offset: 0, rangeLength: 8, crc: 0 }),
    ends: PROTOCOL,
  },
  {
    name: 'FILE_END of another size',
    bytes: encodeFrame({ name: 'FILE_END', file: 1, size: 9, mtimeNs: 0n }),
    ends: PROTOCOL,
  },
  ...malformed('END').map((one) => ({ ...one, ends: PROTOCOL })),
  { name: 'nothing, closed', bytes: Buffer.alloc(0), ends: 'failed peer-gone' },
]
