// Invariant: whatever an accepted sender sends, in whatever state, the receiver's transfer ends once, in a state that it may mean
// there; nothing escapes into the process; a transfer of another device is not touched.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { acceptedSender, fileFrames } from '../../support/accepted-sender.ts'
import { encodeFrame, encodeHeader, type Frame, FRAME_TYPES } from '../../support/frames.ts'
import { endOf, SOME_WIRE_CODES, underHonestTransfers, WIRE_CODES } from '../../support/peer-table.ts'
import { openBody, type ScriptedStream } from '../../support/scripted-sender.ts'

const STATES = ['no content yet', 'one file of two', 'all files, no END'] as const
type State = (typeof STATES)[number]

interface Case {
  readonly name: string
  readonly bytes: Buffer
  /** The end, in every state or in each. */
  readonly ends: string | Readonly<Record<State, string>>
}

const CANCEL_ENDS: Readonly<Record<number, string>> = {
  1: 'cancelled peer cancelled-by-peer',
  4: 'failed peer-failed',
  15: 'failed timed-out',
}

function cancelEnd(code: number): string {
  return CANCEL_ENDS[code] ?? (code > 15 ? 'failed peer-failed' : 'failed protocol')
}

function header(type: number, change: Partial<Parameters<typeof encodeHeader>[0]> = {}): Buffer {
  return encodeHeader({ type, flags: 0, file: 0, offset: 0, length: 0, ...change })
}

const END = encodeFrame({ name: 'END' })
const VERIFIED: Frame = { name: 'VERIFIED', batch: false, file: 0, offset: 0, rangeLength: 8 }
const PROTOCOL = 'failed protocol'

const CASES: readonly Case[] = [
  ...WIRE_CODES.map((code) => ({
    name: `CANCEL ${code}`,
    bytes: encodeFrame({ name: 'CANCEL', code, errno: 0 }),
    ends: cancelEnd(code),
  })),
  ...SOME_WIRE_CODES.flatMap((code): Case[] => [
    { name: `ERROR ${code}`, bytes: encodeFrame({ name: 'ERROR', code, errno: 0 }), ends: PROTOCOL },
    {
      name: `UNCOMMITTED ${code}`,
      bytes: encodeFrame({ name: 'UNCOMMITTED', file: 0, code, errno: 0 }),
      ends: PROTOCOL,
    },
    {
      name: `FILE_FAILED ${code} of both files, END`,
      bytes: Buffer.concat([
        encodeFrame({ name: 'FILE_FAILED', file: 0, code, errno: 0 }),
        encodeFrame({ name: 'FILE_FAILED', file: 1, code, errno: 0 }),
        END,
      ]),
      // What is whole stays whole.
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
  { name: 'DONE', bytes: encodeFrame({ name: 'DONE' }), ends: PROTOCOL },
  { name: 'COMMITTED', bytes: encodeFrame({ name: 'COMMITTED', file: 0, count: 1 }), ends: PROTOCOL },
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
  ...[0x00, 0x09, 0x40, 0x80, 0x88, 0xff].map((type) => ({
    name: `type ${type}`,
    bytes: header(type),
    ends: PROTOCOL,
  })),
  { name: 'unknown flag', bytes: header(FRAME_TYPES.KEEPALIVE, { flags: 0x80 }), ends: PROTOCOL },
  { name: 'a length that is none', bytes: header(FRAME_TYPES.END, { length: 2 ** 52 }), ends: PROTOCOL },
  { name: 'noise', bytes: Buffer.alloc(4096, 0xa5), ends: PROTOCOL },
  { name: 'nothing, closed', bytes: Buffer.alloc(0), ends: 'failed peer-gone' },
]

const IN_STATES = STATES.flatMap((state) =>
  CASES.map((one) => ({ ...one, state, name: `${one.name}, ${state}` })),
)

/** Brings a stream into the state, sends the bytes, and closes. */
async function speak(stream: ScriptedStream, one: (typeof IN_STATES)[number], check: boolean): Promise<void> {
  const { state, bytes } = one
  const files = STATES.indexOf(state)
  for (let file = 0; file < files; file += 1) stream.write(fileFrames(file, check))
  while (stream.frames.filter(({ name }) => name === 'VERIFIED').length < files) await stream.next()
  if (endIn(one) === 'done') {
    stream.write(bytes)
    await stream.frame('DONE')
    stream.close()
  } else if (bytes.length > 0) stream.end(bytes)
  else stream.close()
}

function endIn({ ends, state }: (typeof IN_STATES)[number]): string {
  return typeof ends === 'string' ? ends : ends[state]
}

describe('a frame of every type and code, in every state', () => {
  test('on a stream', async (t) => {
    // A stream that closes without content is not waited for long.
    const { begin, reported, dir } = await acceptedSender(t, {}, { replaceMs: 50 })
    await underHonestTransfers(t, IN_STATES, async (one) => {
      const { transfer, stream } = await begin('clear')
      const end = endOf(transfer)
      const opened = await stream()
      await speak(opened, one, true)
      assert.equal(await end, endIn(one))
      opened.close()
    })
    assert.deepEqual(reported, [])
    assert.ok(!(await readdir(dir)).some((name) => name.startsWith('.penstock')))
  })

  test('in a body', async (t) => {
    const { begin, reported, client, dir } = await acceptedSender(t)
    await underHonestTransfers(t, IN_STATES, async (one) => {
      const { transfer, sessionId } = await begin('https')
      const end = endOf(transfer)
      const { stream } = await openBody(client, sessionId)
      assert.ok(stream)
      await speak(stream, one, false)
      assert.equal(await end, endIn(one))
      stream.close()
    })
    assert.deepEqual(reported, [])
    assert.ok(!(await readdir(dir)).some((name) => name.startsWith('.penstock')))
  })
})
