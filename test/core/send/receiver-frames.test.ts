// Invariant: whatever frame a receiver sends in any state, the sender's transfer ends once, in an end that the protocol
// gives for it; no error escapes into the process, and a transfer to another device is not affected.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeFrame, FRAME_TYPES, type Frame } from '../../support/scripted/frames.ts'
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
  return ERROR_ENDS[code] ?? (code > 15 ? 'failed peer-failed' : 'failed protocol')
}

/** Where a sender stands when the frame comes. */
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
      name: `UNCOMMITTED ${code} and DONE`,
      bytes: Buffer.concat([
        encodeFrame({ name: 'UNCOMMITTED', file: 0, code, errno: 0 }),
        encodeFrame({ name: 'DONE' }),
      ]),
      ends: { ...PROTOCOL, 'all sent': 'done' },
    },
    {
      name: `UNCOMMITTED ${code} of no file`,
      bytes: encodeFrame({ name: 'UNCOMMITTED', file: 9, code, errno: 0 }),
      ends: PROTOCOL,
    },
  ]),
  { name: 'DONE', bytes: encodeFrame({ name: 'DONE' }), ends: PROTOCOL },
  {
    name: 'COMMITTED and DONE',
    bytes: Buffer.concat([
      encodeFrame({ name: 'COMMITTED', file: 0, count: 1 }),
      encodeFrame({ name: 'DONE' }),
    ]),
    ends: { ...PROTOCOL, 'all sent': 'done' },
  },
  ...[0, 2, 0xffffffff].map((count) => ({
    name: `COMMITTED of ${count}`,
    bytes: encodeFrame({ name: 'COMMITTED', file: 0, count }),
    ends: PROTOCOL,
  })),
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
