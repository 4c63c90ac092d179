// Invariant: for any fault of the network at the data port before content arrives, the HTTPS body carries the bytes: the transfer
// ends once, as done, with the same report at both ends, and no other transfer is affected.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Socket } from 'node:net'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Penstock, ReceiveOptions, SendOptions, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { withResolvers } from '../../../main/core/transfer/lifecycle.ts'
import { CONTROL_STREAM, HELLO_BYTES, PREAMBLE_BYTES } from '../../../main/core/protocol/penstock/preamble.ts'
import { firstBytes } from '../../support/scripted/frames.ts'
import { endOf, underHonestTransfers } from '../../support/scripted/peer-table.ts'
import { blackhole, closedPort, type Front, fronts, type Link, relay } from '../../support/network/relay.ts'
import { listening } from '../../support/scripted/receiving.ts'
import { describeTree, patterned } from '../../support/files/tree.ts'

/** Short, so that the test does not wait long for a port that does not answer; no receiver may give up first. */
const IMPATIENT = { dataPortMs: 150, replaceMs: 60_000, allStreamsMs: 60_000 }
/** Long enough for all streams of a port that answers, even on a slow machine. */
const PATIENT = { ...IMPATIENT, dataPortMs: 60_000 }

const LARGE_BYTES = 300_000
/** Including the small files of 0 to 1900 bytes. */
const CONTENT_BYTES = LARGE_BYTES + 19_000

let root = ''
let source = ''
let expected: readonly string[] = []
let impatient: Penstock
let patient: Penstock
const reported: unknown[] = []

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-fallback-'))
  source = join(root, 'source')
  await mkdir(join(source, 'empty folder'), { recursive: true })
  await writeFile(join(source, 'large'), patterned(LARGE_BYTES))
  await writeFile(join(source, 'empty'), '')
  for (let index = 0; index < 20; index++) {
    await writeFile(join(source, `small ${index}`), patterned(index * 100, index + 1))
  }
  expected = await describeTree(source)
  const onProgrammingError = (error: unknown): void => void reported.push(error)
  const open = { alias: 'sender', onProgrammingError }
  impatient = await openPenstock({ ...open, stateDir: join(root, 'impatient'), streamLimits: IMPATIENT })
  patient = await openPenstock({ ...open, stateDir: join(root, 'patient'), streamLimits: PATIENT })
})

after(async () => {
  await Promise.all([impatient.close(), patient.close()])
  await rm(root, { recursive: true, force: true })
})

/** Forwards one direction, its end, and its loss. */
function forward(from: Socket, to: Socket): void {
  from.pipe(to)
  from.on('close', () => to.destroy())
}

function pass({ near, dial }: Link): void {
  const far = dial()
  forward(near, far)
  forward(far, near)
}

/**
 * Passes on the preamble, HELLO, and this many bytes of content that follow from the sender; when it has done so for all
 * streams, `cut` ends their connections.
 */
function cutAfter(bytes: number, cut: (socket: Socket) => void, streams = 1): (link: Link) => void {
  const passed: Socket[] = []
  return ({ near, dial }) => {
    const far = dial()
    const end = (): void => {
      passed.push(near, far)
      if (passed.length === 2 * (1 + streams)) passed.forEach(cut)
    }
    let wanted = bytes
    const takePreamble = firstBytes(PREAMBLE_BYTES, (preamble) => {
      far.write(preamble)
      if (preamble[7] === CONTROL_STREAM) wanted = 0
    })
    const takeFrame = firstBytes(bytes, (first) => far.write(first, end))
    near.on('data', (data: Buffer) => {
      const frames = takePreamble(data)
      if (wanted > 0) takeFrame(frames)
    })
    const takeHello = firstBytes(HELLO_BYTES, (hello) => near.write(hello, wanted === 0 ? end : undefined))
    far.on('data', takeHello)
  }
}

/** Passes on the preamble, and no answer. */
function withholdHello({ near, dial }: Link): void {
  const far = dial()
  forward(near, far)
  far.resume()
}

const reset = (socket: Socket): void => void socket.resetAndDestroy()
const PAGE = `HTTP/1.1 400 Bad Request\r\n\r\n${'<p>'.repeat(100)}`

interface Case {
  readonly name: string
  readonly front: (t: TestContext) => Promise<Front>
  readonly streams?: number
  /** Whether the sender waits for its limit. */
  readonly waits?: boolean
  readonly broke?: boolean
}

function relayed(name: string, handle: (link: Link) => void, more: Partial<Case> = {}): Case {
  return { name, front: (t) => relay(t, handle), ...more }
}

/** Made for each run: some count the connections that they have seen. */
const casesOfRun = (): readonly Case[] => [
  { name: 'drops what comes', front: blackhole, waits: true },
  { name: 'drops what comes on 4 streams', front: blackhole, waits: true, streams: 4 },
  { name: 'refuses', front: closedPort },
  { name: 'refuses 4 streams', front: closedPort, streams: 4 },
  relayed('resets', ({ near }) => reset(near), { streams: 2 }),
  relayed('closes', ({ near }) => void near.resume().end(), { streams: 2 }),
  relayed('never answers', ({ near }) => void near.resume(), { waits: true, streams: 2 }),
  relayed('withholds HELLO', withholdHello, { waits: true }),
  relayed('withholds HELLO of 4 streams', withholdHello, { waits: true, streams: 4 }),
  relayed(
    'withholds HELLO of the last of 4 streams',
    (link) => (link.index < 3 ? pass : withholdHello)(link),
    {
      ...{ waits: true, streams: 4 },
    },
  ),
  relayed(
    'passes the preamble on when the sender has left',
    ({ near, dial }) => {
      near.on(
        'data',
        firstBytes(PREAMBLE_BYTES, (preamble) => near.on('close', () => dial().write(preamble))),
      )
      near.on('end', () => near.end())
    },
    { waits: true, streams: 2 },
  ),
  relayed(
    'withholds HELLO, and the end of the connection from the receiver',
    ({ near, dial }) => {
      near.on(
        'data',
        firstBytes(PREAMBLE_BYTES, (preamble) => dial().write(preamble)),
      )
      near.on('end', () => near.end())
    },
    { waits: true, streams: 2 },
  ),
  ...[1, 2, 3].map((refused) =>
    relayed(
      `resets ${refused} of 4 streams`,
      (link) => {
        if (link.index < refused) reset(link.near)
        else pass(link)
      },
      { streams: 4 },
    ),
  ),
  relayed('resets the last 2 of 4 streams', (link) => (link.index < 2 ? pass(link) : reset(link.near)), {
    streams: 4,
  }),
  relayed('answers a page', ({ near }) => void near.resume().end(PAGE), { streams: 2 }),
  relayed('answers a page and stays', ({ near }) => void near.resume().write(PAGE), { streams: 2 }),
  relayed('answers half of a HELLO and closes', ({ near }) => void near.resume().end(PAGE.slice(0, 16))),
  relayed('answers half of a HELLO and stays', ({ near }) => void near.resume().write(PAGE.slice(0, 16)), {
    waits: true,
  }),
  relayed(
    'puts noise in the place of HELLO',
    ({ near, dial }) => {
      const far = dial()
      forward(near, far)
      far.on('data', (bytes: Buffer) => near.write(Buffer.alloc(bytes.length, 0xa5)))
    },
    { streams: 2 },
  ),
  ...[0, 1, 24].flatMap((bytes) => [
    relayed(
      `closes ${bytes} bytes behind HELLO`,
      cutAfter(bytes, (socket) => socket.end()),
      { broke: true },
    ),
    relayed(`resets ${bytes} bytes behind HELLO`, cutAfter(bytes, reset), { broke: true }),
  ]),
  relayed('resets 4 streams behind HELLO', cutAfter(0, reset, 4), { broke: true, streams: 4 }),
]

/** Resets both connections when the receiver has sent its first frame, which the sender gets or not. */
function cutAtAnswer(isPassedOn: boolean): (link: Link) => void {
  return ({ near, dial }) => {
    const far = dial()
    const takeHello = firstBytes(HELLO_BYTES, (hello) => near.write(hello))
    far.on('data', (data: Buffer) => {
      const frames = takeHello(data)
      if (frames.length === 0) return
      const end = (): void => [near, far].forEach(reset)
      if (isPassedOn) near.write(frames, end)
      else end()
    })
    forward(near, far)
    far.on('close', () => near.destroy())
  }
}

const CUTS_IN_CONTENT = [
  // Content counts once it has been written; what a cut leaves of it does not, and a body may follow.
  ...[5000, 100_000, 250_000].map((bytes) => ({
    name: `resets ${bytes} bytes behind HELLO`,
    handle: cutAfter(bytes, reset),
    ends: ['done', 'failed peer-gone'],
  })),
  ...[true, false].map((isPassedOn) => ({
    name: `resets at the first VERIFIED, which ${isPassedOn ? 'is' : 'is not'} passed on`,
    handle: cutAtAnswer(isPassedOn),
    ends: ['failed peer-gone'],
  })),
]

/** A receiver behind a front. */
async function receiverBehind(
  t: TestContext,
  { behind, front }: { readonly behind: ReturnType<typeof fronts>; readonly front: Front },
  options: Partial<ReceiveOptions> = {},
) {
  const open = { streamLimits: IMPATIENT, onProgrammingError: (error: unknown) => void reported.push(error) }
  const { receiving, dir } = await behind(front, () => listening(t, options, open))
  const arrived = new Map<string, (transfer: Transfer) => void>()
  receiving.onTransfer((transfer) => arrived.get(transfer.view().transferId)?.(transfer))
  return {
    dir,
    /** Sends the source; resolves with both transfers. */
    send: async (from: Penstock, more: Partial<SendOptions>): Promise<readonly [Transfer, Transfer]> => {
      const to = await from.peers.probe('127.0.0.1', receiving.port)
      const transfer = from.send({
        ...{ paths: [source], to, technique: 'auto', streams: 'auto', bufferBytes: 65_536 },
        ...{ check: true, pin: null, security: 'clear', ...more },
      })
      return [transfer, await new Promise((resolve) => arrived.set(transfer.id, resolve))]
    },
  }
}

function reportOf(end: TerminalState) {
  assert.equal(end.kind, 'done', JSON.stringify(end))
  return end.report
}

/** Both ends name the same carrier and the same entries. */
async function assertInBody([out, into]: readonly [Transfer, Transfer], reason: string): Promise<void> {
  assert.deepEqual(await Promise.all([endOf(out), endOf(into)]), ['done', 'done'])
  const [sent, received] = [reportOf(await out.ended), reportOf(await into.ended)]
  assert.equal(sent.reason?.code, reason)
  for (const { carrier, streams, technique, check, entries, bytes, notDelivered } of [sent, received]) {
    assert.deepEqual([carrier, streams, technique, check.mode], ['body', 1, 'readwrite', 'cipher'])
    assert.deepEqual([entries, bytes, notDelivered], [expected.length + 1, CONTENT_BYTES, []])
  }
  for (const view of [out.view(), into.view()]) assert.equal(view.carrier, 'body')
}

async function assertContent(dir: string, names: readonly string[]): Promise<void> {
  assert.deepEqual((await readdir(dir)).sort(), [...names].sort())
  for (const name of names) assert.deepEqual(await describeTree(join(dir, name)), expected)
}

describe('a data port that', () => {
  for (const security of ['clear', 'encrypted'] as const) {
    test(`fails, ${security}`, async (t) => {
      const behind = fronts(t)
      await underHonestTransfers(t, casesOfRun(), async ({ front: begin, streams = 1, waits, broke }) => {
        const front = await begin(t)
        const { send, dir } = await receiverBehind(t, { behind, front })
        const faulty = await send(waits ? impatient : patient, { streams, security })
        await assertInBody(faulty, broke ? 'data-port-broke' : 'data-port-silent')
        await assertContent(dir, ['source'])
        assert.ok([null, 1 + streams].includes(front.connections()))
      })
      assert.deepEqual(reported, [])
    })
  }

  test('fails behind the first content ends both transfers for the same reason', async (t) => {
    const behind = fronts(t)
    await underHonestTransfers(t, CUTS_IN_CONTENT, async ({ handle, ends }) => {
      const { send, dir } = await receiverBehind(t, { behind, front: await relay(t, handle) })
      const [out, into] = await send(patient, {})
      const [sent, received] = await Promise.all([endOf(out), endOf(into)])
      assert.equal(sent, received)
      assert.ok(ends.includes(sent), sent)
      if (sent === 'done') await assertContent(dir, ['source'])
      else assert.deepEqual(await readdir(dir), [])
    })
    assert.deepEqual(reported, [])
  })

  test('is silent does not delay a cancel of the sender', async (t) => {
    const linked = withResolvers<null>()
    const front = await relay(t, (link) => {
      withholdHello(link)
      linked.resolve(null)
    })
    const { send, dir } = await receiverBehind(t, { behind: fronts(t), front })
    const [out, into] = await send(patient, {})
    const ends = Promise.all([endOf(out), endOf(into)])
    await linked.promise
    out.cancel()
    // The port's limit is a minute.
    const late = sleep(20_000, null, { ref: false })
    assert.deepEqual(await Promise.race([ends, late]), [
      'cancelled here cancelled-here',
      'cancelled peer cancelled-by-peer',
    ])
    assert.deepEqual([await readdir(dir), reported], [[], []])
  })

  test('fails leaves the receiver free to cancel before the body comes', async (t) => {
    const lost = withResolvers<null>()
    const cancelled = withResolvers<null>()
    const front = await relay(t, ({ near, dial }) => {
      const far = dial()
      near.on(
        'data',
        firstBytes(PREAMBLE_BYTES, (preamble) => far.write(preamble)),
      )
      far.on(
        'data',
        firstBytes(HELLO_BYTES, (hello) => near.write(hello, () => far.destroy())),
      )
      far.on('close', () => lost.resolve(null))
      void cancelled.promise.then(() => near.destroy())
    })
    const { send, dir } = await receiverBehind(t, { behind: fronts(t), front })
    const [out, into] = await send(patient, {})
    const ends = [endOf(out), endOf(into)]
    await lost.promise
    into.cancel()
    await into.ended
    cancelled.resolve(null)
    assert.deepEqual(await Promise.all(ends), [
      'cancelled peer cancelled-by-peer',
      'cancelled here cancelled-here',
    ])
    assert.deepEqual(await readdir(dir), [])
    assert.deepEqual(reported, [])
  })

  test('never answers lets the sender cancel', async (t) => {
    const came = withResolvers<null>()
    const front = await relay(t, ({ near }) => {
      near.resume()
      came.resolve(null)
    })
    const { send, dir } = await receiverBehind(t, { behind: fronts(t), front })
    const [out, into] = await send(impatient, {})
    const ends = [endOf(out), endOf(into)]
    await came.promise
    out.cancel()
    assert.deepEqual(await Promise.all(ends), [
      'cancelled here cancelled-here',
      'cancelled peer cancelled-by-peer',
    ])
    assert.deepEqual(await readdir(dir), [])
    assert.deepEqual(reported, [])
  })
})
