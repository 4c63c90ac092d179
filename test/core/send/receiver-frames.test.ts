// Invariant: for any frame that a receiver sends in any state, the sender's transfer ends once, in an end that the protocol
// gives for it; no error escapes into the process, and a transfer to another device is not affected.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  CODES,
  delivered,
  done,
  encodeFrame,
  FRAME_TYPES,
  type Frame,
  type Run,
} from '../../support/scripted/frames.ts'
import { SOME_WIRE_CODES, WIRE_CODES } from '../../support/scripted/peer-table.ts'
import { acceptance, answering, dataPort } from '../../support/scripted/receiver.ts'
import { type ScriptedStream, StreamOfFrames } from '../../support/scripted/sender.ts'
import { scriptedSending } from '../../support/scripted/sending.ts'
import { header, malformed } from '../../support/scripted/sender-frames.ts'

const { send, underTable } = scriptedSending()

const ERROR_ENDS: Readonly<Record<number, string>> = {
  1: 'cancelled peer cancelled-by-peer',
  3: 'failed protocol',
  4: 'failed io',
  5: 'failed disk-full',
  6: 'failed no-permission',
  11: 'failed check-failed',
  14: 'failed too-large',
  15: 'failed timed-out',
}

function errorEnd(code: number): string {
  const failed = code === CODES.indexOf('internal') || code >= CODES.length
  return ERROR_ENDS[code] ?? (failed ? 'failed peer-failed' : 'failed protocol')
}

/** The state of a sender when the frame comes. */
const STATES = ['no content yet', 'content not verified', 'all sent'] as const
type State = (typeof STATES)[number]

interface FrameCase {
  readonly name: string
  readonly bytes: Buffer
  /** The end in each state. */
  readonly ends: Readonly<Record<State, string>>
}

function everywhere(end: string): Readonly<Record<State, string>> {
  return { 'no content yet': end, 'content not verified': end, 'all sent': end }
}

const VERIFIED: Frame = { name: 'VERIFIED', batch: false, file: 0, offset: 0, rangeLength: 7 }
const PROTOCOL = everywhere('failed protocol')

function frames(...all: readonly Frame[]): Buffer {
  return Buffer.concat(all.map(encodeFrame))
}

function notDelivered(change: Partial<Run> = {}): Frame {
  return { name: 'NOT_DELIVERED', runs: [{ first: 0, count: 1, code: 4, errno: 0, ...change }] }
}

function noted(change: Partial<Run> = {}): Frame {
  return { name: 'NOTED', runs: [{ first: 0, count: 1, code: 1, errno: 0, ...change }] }
}

/** Reports about one file that do not report it exactly once, or that their own counts contradict. */
const WRONG_REPORTS: readonly { readonly name: string; readonly report: readonly Frame[] }[] = [
  { name: 'a DONE that no report precedes', report: [done({ files: 1 })] },
  { name: 'DELIVERED twice', report: [delivered(0, 1), delivered(0, 1), done({ files: 1 })] },
  { name: 'DELIVERED twice, counted', report: [delivered(0, 1), delivered(0, 1), done({ files: 2 })] },
  {
    name: 'DELIVERED twice in one frame',
    report: [
      { name: 'DELIVERED', runs: [0, 0].map((first) => ({ first, count: 1, code: 0, errno: 0 })) },
      done({ files: 1 }),
    ],
  },
  { name: 'DELIVERED and NOT_DELIVERED', report: [delivered(0, 1), notDelivered(), done({ files: 1 })] },
  {
    name: 'NOT_DELIVERED and DELIVERED',
    report: [notDelivered(), delivered(0, 1), done({ notDelivered: 1 })],
  },
  { name: 'NOT_DELIVERED twice', report: [notDelivered(), notDelivered(), done({ notDelivered: 1 })] },
  ...[0, 2, 0xffffffff].map((count) => ({
    name: `DELIVERED of ${count}`,
    report: [delivered(0, count), done({ files: 1 })],
  })),
  { name: 'DELIVERED of no entry', report: [delivered(0, 1), delivered(7, 1), done({ files: 2 })] },
  {
    name: 'DELIVERED beyond the last index',
    report: [{ name: 'DELIVERED', runs: [{ first: 0xffffffff, count: 2, code: 0, errno: 0 }] }],
  },
  {
    name: 'DELIVERED with a reason',
    report: [{ name: 'DELIVERED', runs: [{ first: 0, count: 1, code: 4, errno: 0 }] }, done({ files: 1 })],
  },
  { name: 'NOTED before DELIVERED', report: [noted(), delivered(0, 1), done({ files: 1, notes: 1 })] },
  {
    name: 'the same NOTED twice',
    report: [delivered(0, 1), noted(), noted(), done({ files: 1, notes: 1 })],
  },
  { name: 'NOTED of no entry', report: [delivered(0, 1), noted({ first: 9 }), done({ files: 1, notes: 1 })] },
  ...(['files', 'directories', 'symlinks', 'notDelivered', 'notes'] as const).map((name) => ({
    name: `DONE that counts ${name} too high`,
    report: [delivered(0, 1), done({ files: 1, [name]: name === 'files' ? 2 : 1 })],
  })),
  { name: 'DONE that leaves out a note', report: [delivered(0, 1), noted(), done({ files: 1 })] },
]

const FRAMES: readonly FrameCase[] = [
  ...WIRE_CODES.map((code) => ({
    name: `ERROR ${code}`,
    bytes: encodeFrame({ name: 'ERROR', code, errno: 0 }),
    ends: everywhere(errorEnd(code)),
  })),
  ...SOME_WIRE_CODES.flatMap((code) => [
    { name: `CANCEL ${code}`, bytes: encodeFrame({ name: 'CANCEL', code, errno: 0 }), ends: PROTOCOL },
    {
      name: `FILE_FAILED ${code}`,
      bytes: encodeFrame({ name: 'FILE_FAILED', file: 0, code, errno: 0 }),
      ends: PROTOCOL,
    },
    {
      name: `NOT_DELIVERED ${code} and DONE`,
      bytes: frames(notDelivered({ code }), done({ notDelivered: 1 })),
      // An unknown reason breaks the protocol.
      ends: { ...PROTOCOL, 'all sent': code === 0 ? 'failed protocol' : 'done' },
    },
    {
      name: `NOT_DELIVERED ${code} of no entry`,
      bytes: frames(notDelivered({ first: 9, code }), done({ notDelivered: 1 })),
      ends: PROTOCOL,
    },
    {
      name: `NOTED ${code} of a delivered file`,
      bytes: frames(delivered(0, 1), noted({ code }), done({ files: 1, notes: 1 })),
      ends: { ...PROTOCOL, 'all sent': 'done' },
    },
    {
      name: `NOTED ${code} of a file that is not delivered`,
      bytes: frames(notDelivered(), noted({ code }), done({ notDelivered: 1, notes: 1 })),
      ends: PROTOCOL,
    },
  ]),
  { name: 'DONE of nothing', bytes: frames(done()), ends: PROTOCOL },
  {
    name: 'DELIVERED and DONE',
    bytes: frames(delivered(0, 1), done({ files: 1 })),
    ends: { ...PROTOCOL, 'all sent': 'done' },
  },
  ...WRONG_REPORTS.map(({ name, report }) => ({ name, bytes: frames(...report), ends: PROTOCOL })),
  {
    name: 'RETRY of no range',
    bytes: encodeFrame({ name: 'RETRY', file: 5, offset: 0, rangeLength: 1 }),
    ends: PROTOCOL,
  },
  {
    name: 'VERIFIED of no range',
    bytes: encodeFrame({ ...VERIFIED, offset: 8 * 1024 * 1024 }),
    ends: PROTOCOL,
  },
  ...(['DATA', 'BATCH', 'HOLE', 'CHECK', 'FILE_END', 'END'] as const).map((name) => ({
    name,
    bytes: header(FRAME_TYPES[name], { file: name === 'BATCH' ? 1 : 0 }),
    ends: PROTOCOL,
  })),
  ...malformed('DONE').map((one) => ({ ...one, ends: PROTOCOL })),
  { name: 'nothing, closed', bytes: Buffer.alloc(0), ends: everywhere('failed peer-gone') },
]

const FRAMES_IN_STATES = STATES.flatMap((state) =>
  FRAMES.map((one) => ({ ...one, state, name: `${one.name}, ${state}` })),
)

/** Brings the sender into the state, sends the bytes, and closes. */
async function speak(
  stream: ScriptedStream,
  { state, bytes }: { state: State; bytes: Buffer },
): Promise<void> {
  if (state === 'content not verified') await stream.frame('DATA')
  if (state === 'all sent') {
    await stream.frame('FILE_END')
    stream.write(encodeFrame(VERIFIED))
    await stream.frame('END')
  }
  // The rest of what the sender sends is read, so that no reset takes the bytes away from it.
  if (bytes.length === 0) stream.close()
  else stream.end(bytes)
}

describe('a frame', () => {
  test('of every type and code, in every state, on a stream', async (t) => {
    await underTable(t, FRAMES_IN_STATES, async (one, receivers) => {
      const port = await dataPort(t, (stream) => {
        void speak(stream, one)
      })
      await receivers.with({ offer: answering(200, acceptance({ dataPort: port })) }, async (device) => {
        assert.equal(await send(device, 'clear'), one.ends[one.state])
      })
    })
  })

  test('of every type and code, in every state, in a body', async (t) => {
    await underTable(t, FRAMES_IN_STATES, async (one, receivers) => {
      await receivers.with(
        {
          offer: answering(200, acceptance({ cipher: 'tls' })),
          stream: (request, response) => {
            response.writeHead(200).flushHeaders()
            const closed = new Promise<void>((resolve) => request.once('close', () => resolve()))
            const stream = new StreamOfFrames({
              closed,
              write: (bytes) => void response.write(bytes),
              end: (bytes) => void response.end(bytes),
              close: () => void response.destroy(),
            })
            request.on('data', (bytes: Buffer) => stream.push(bytes)).on('error', () => undefined)
            void speak(stream, one)
          },
        },
        async (device) => {
          assert.equal(await send(device, 'encrypted'), one.ends[one.state])
        },
      )
    })
  })
})

test('what a receiver reports of its technique ends nothing', async (t) => {
  const answers = ['', '{', 'null', '[]', '{"technique":7}', '{"technique":"no-such"}'].map((body) => ({
    name: body,
    body,
  }))
  await underTable(t, answers, async ({ body }, receivers) => {
    let asked: () => void = () => undefined
    const polled = new Promise<void>((resolve) => (asked = resolve))
    const port = await dataPort(t, (stream) => {
      void (async () => {
        await polled
        const bytes = encodeFrame({ name: 'ERROR', code: 5, errno: 0 })
        await speak(stream, { state: 'all sent', bytes })
      })()
    })
    await receivers.with(
      {
        offer: answering(200, acceptance({ dataPort: port })),
        technique: () => {
          asked()
          return { status: 200, body }
        },
      },
      async (device) => {
        assert.equal(await send(device, 'clear'), 'failed disk-full')
      },
    )
  })
})
