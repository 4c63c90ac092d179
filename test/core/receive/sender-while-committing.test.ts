// Invariant: a frame after END, while the receiver commits, brings both sides to the same end: the frame's own before the first
// name, DONE once files get their names. No error escapes into the process.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test, type TestContext } from 'node:test'
import type { Transfer } from '../../../main/core/api.ts'
import { cancelUpload } from '../../../main/core/protocol/localsend/calls.ts'
import {
  type AcceptedSender,
  acceptedSender,
  fileFrames,
  hold,
} from '../../support/scripted/accepted-sender.ts'
import { CODES, done, encodeFrame, FRAME_TYPES } from '../../support/scripted/frames.ts'
import {
  endOf,
  runTable,
  SOME_WIRE_CODES,
  watchProcess,
  WIRE_CODES,
} from '../../support/scripted/peer-table.ts'
import { openBody, type ScriptedStream } from '../../support/scripted/sender.ts'
import { cancelEnd, END, header, PROTOCOL, SENDER_CASES } from '../../support/scripted/sender-frames.ts'

/** The code of the ERROR that answers a CANCEL: a code that the wire does not define is read as internal. */
function answered(code: number): number {
  return code < CODES.length ? code : CODES.indexOf('internal')
}

/** A frame after END of the only stream. */
interface LateCase {
  readonly name: string
  readonly bytes: Buffer
  /** The end of a receiver that has not begun to name files, and the code of the ERROR that it sends; null if it sends DONE. */
  readonly end: string
  readonly error: number | null
}

const KEEPALIVE = encodeFrame({ name: 'KEEPALIVE' })
const ONLY_KEEPALIVE: LateCase = {
  name: 'KEEPALIVEs',
  bytes: Buffer.concat([KEEPALIVE, KEEPALIVE]),
  end: 'done',
  error: null,
}
const LATE: readonly LateCase[] = [
  ...WIRE_CODES.map((code) => ({
    name: `CANCEL ${code}`,
    bytes: encodeFrame({ name: 'CANCEL', code, errno: 0 }),
    ...{ end: cancelEnd(code), error: answered(code) },
  })),
  // All other frames that may come before END may not come after it.
  ...SENDER_CASES.filter(({ name, bytes }) => bytes.length > 0 && !name.startsWith('CANCEL')).map(
    ({ name, bytes }) => ({
      ...{ name, bytes, end: PROTOCOL, error: 3 },
    }),
  ),
  { name: 'a file', bytes: fileFrames(0, true), end: PROTOCOL, error: 3 },
  ONLY_KEEPALIVE,
  {
    name: 'KEEPALIVE and DONE',
    bytes: Buffer.concat([KEEPALIVE, encodeFrame(done())]),
    end: PROTOCOL,
    error: 3,
  },
  ...[1, 23].map((length) => ({
    ...{
      name: `${length} bytes of a header`,
      bytes: KEEPALIVE.subarray(0, length),
      end: 'done',
      error: null,
    },
  })),
  {
    ...{
      name: 'the header of a CANCEL',
      bytes: header(FRAME_TYPES.CANCEL, { length: 8 }),
      end: 'done',
      error: null,
    },
  },
]

/** Rows that differ from another one only in their code. */
const MANY_CODES = WIRE_CODES.filter((code) => !SOME_WIRE_CODES.includes(code)).map(
  (code) => `CANCEL ${code}`,
)

/** Where the commit is held: before the first name, when it can still be cancelled, and after that. */
const COMMIT_STATES = ['syncTree', 'commit'] as const

const LATE_IN_STATES = COMMIT_STATES.flatMap((held) =>
  // Once the files get their names, the code has no effect.
  LATE.filter(({ name }) => held === 'syncTree' || !MANY_CODES.includes(name)).map((one) => ({
    ...{ ...one, name: `${one.name}, ${held} held`, held },
  })),
)

/** A transfer whose sender has sent all, and its only stream. */
interface Committing {
  readonly transfer: Transfer
  readonly stream: ScriptedStream
}

const CARRIERS: Readonly<Record<string, (accepted: AcceptedSender) => Promise<Committing>>> = {
  'on a stream': async ({ begin }) => {
    const { transfer, streams: open } = await begin('none')
    const stream = await open()
    stream.write(Buffer.concat([fileFrames(0, true), fileFrames(1, true), END]))
    return { transfer, stream }
  },
  'in a body': async ({ begin, client }) => {
    const { transfer, sessionId } = await begin('tls')
    const { stream } = await openBody(client, sessionId)
    assert.ok(stream)
    stream.write(Buffer.concat([fileFrames(0, false), fileFrames(1, false), END]))
    return { transfer, stream }
  },
}

/** What a sender does while its transfer is held, and after it is released. */
interface Script {
  while(stream: ScriptedStream): Promise<void> | void
  after(stream: ScriptedStream): Promise<void>
}

/** Holds the commit of one transfer; resolves with its end. */
async function endOfHeld(
  t: TestContext,
  { accepted, begin }: { readonly accepted: AcceptedSender; readonly begin: (typeof CARRIERS)[string] },
  held: (typeof COMMIT_STATES)[number],
  script: Script,
): Promise<string> {
  const holding = hold(t, held)
  const { transfer, stream } = await begin(accepted)
  const end = endOf(transfer)
  try {
    await holding.called
    assert.equal(transfer.view().state.kind, 'committing')
    await script.while(stream)
    // Once another request is answered, what was sent before it is there.
    assert.equal(await cancelUpload(accepted.client, 'no such transfer'), false)
    holding.release()
    await script.after(stream)
  } finally {
    holding.release()
    stream.close()
  }
  return end
}

for (const [how, begin] of Object.entries(CARRIERS)) {
  describe(how, () => {
    test('a frame after END', async (t) => {
      const { escaped } = watchProcess(t)
      const accepted = await acceptedSender(t, { onConflict: 'replace', durability: 'commit' })
      const run = async ({ held, bytes, end, error }: (typeof LATE_IN_STATES)[number]): Promise<void> => {
        const code = held === 'commit' ? null : error
        const came = await endOfHeld(t, { accepted, begin }, held, {
          while: async (stream) => {
            stream.write(bytes)
            if (code !== null)
              assert.deepEqual(await stream.frame('ERROR'), { name: 'ERROR', code, errno: 0 })
          },
          after: async (stream) => {
            if (code === null) assert.ok(await stream.frame('DONE'), 'DONE')
          },
        })
        assert.equal(came, code === null ? 'done' : end)
      }
      await runTable(LATE_IN_STATES, run, 1)
      assert.deepEqual([escaped, accepted.reported], [[], []])
      assert.ok(!(await readdir(accepted.dir)).some((name) => name.startsWith('.penstock')))
    })

    test('a sender that closes', async (t) => {
      const accepted = await acceptedSender(t, { onConflict: 'replace', durability: 'commit' })
      for (const held of COMMIT_STATES) {
        const end = await endOfHeld(t, { accepted, begin }, held, {
          while: async (stream) => {
            stream.close()
            await stream.closed
          },
          after: () => Promise.resolve(),
        })
        assert.equal(end, held === 'commit' ? 'done' : 'failed peer-gone')
      }
    })
  })
}
