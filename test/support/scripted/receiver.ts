import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { Device } from '../../../main/contract/device.ts'
import type { Answer } from '../../../main/core/protocol/http/answers.ts'
import { encodeAnswer, type OfferAnswer, WIRE_VERSION } from '../../../main/core/protocol/penstock/offer.ts'
import {
  CONTROL_STREAM,
  encodeHello,
  PREAMBLE_BYTES,
  readPreamble,
  SECRET_BYTES,
} from '../../../main/core/protocol/penstock/preamble.ts'
import { serve, UNLIMITED } from '../penstock/control.ts'
import { firstBytes } from './frames.ts'
import { listenLocally } from '../network/tcp.ts'
import type { RecordChannel } from '../records.ts'
import { recordsOf, type ScriptedStream, streamOver } from './sender.ts'
import { StreamPair } from './stream-pair.ts'

/** Of every session of a scripted receiver. */
export const SECRET = randomBytes(SECRET_BYTES)

/** How a scripted receiver answers an offer or a stream; it owns the response. */
export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** What a scripted receiver answers; what is left out is answered as by a device that does not receive. */
export interface Answers {
  readonly offer?: AnswerRequest
  readonly stream?: AnswerRequest
  readonly technique?: () => Answer
  readonly cancel?: () => Answer
}

/** Penstock receivers whose answers come from a test. */
export interface ScriptedReceivers {
  /** Takes a receiver that is free, or makes one, for a device that answers like this while `body` runs. */
  with(answers: Answers, body: (device: Device) => Promise<void>): Promise<void>
}

/** Receivers that end with the test. */
export function scriptedReceivers(t: TestContext): ScriptedReceivers {
  const free: Scripted[] = []
  return {
    async with(answers, body) {
      const one = free.pop() ?? (await start(t))
      one.answers = answers
      await body(one.device)
      free.push(one)
    },
  }
}

interface Scripted {
  readonly device: Device
  answers: Answers
}

async function start(t: TestContext): Promise<Scripted> {
  const current: { answers: Answers } = { answers: {} }
  const { identity, port } = await serve(t, {
    enterOffer: () => UNLIMITED,
    penstockOffer: async (request, response) => {
      await current.answers.offer?.(request, response)
    },
    penstockStream: async (request, response) => {
      const { stream = refusing(404, '{}') } = current.answers
      await stream(request, response)
    },
    cancel: () => Promise.resolve(current.answers.cancel?.() ?? { status: 403 }),
    penstockTechnique: () => current.answers.technique?.() ?? { status: 404 },
  })
  const device: Device = {
    ...{ id: identity.fingerprint, fingerprint: identity.fingerprint, alias: 'Scripted receiver' },
    ...{ deviceModel: null, deviceType: 'desktop', version: '2.2', kind: 'penstock', protocol: 'https' },
    ...{ host: '127.0.0.1', port, foundBy: ['address'], lastSeen: Date.now() },
    ...{ recent: false, trusted: false, namesake: null },
    penstock: { versions: [WIRE_VERSION], dataPort: null, ciphers: ['sealed', 'none'] },
  }
  return Object.assign(current, { device })
}

/** The answer of a receiver that accepts. */
export function acceptance(change: Partial<OfferAnswer> = {}): string {
  const cipher = typeof change.dataPort === 'number' ? 'none' : 'tls'
  return encodeAnswer({
    cipher,
    ...{ sessionId: randomBytes(16).toString('hex'), dataPort: null },
    ...{ secret: SECRET, check: true, durability: 'os', technique: null, refused: [] },
    ...change,
  })
}

/** Reads a request to its end and answers it. */
export function answering(status: number, body: string): AnswerRequest {
  return async (request, response) => {
    request.resume()
    if (!request.complete) await once(request, 'end').catch(() => undefined)
    response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? undefined : body)
  }
}

/** Answers a request before its end: a body of frames has none before the answer. */
export function refusing(status: number, body: string): AnswerRequest {
  return (request, response) => {
    request.on('error', () => undefined).resume()
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }
}

/** A data port whose control stream and content stream a test reads and writes as one. Ends with the test. */
export async function dataPort(t: TestContext, arrived: (stream: ScriptedStream) => void): Promise<number> {
  const sockets = new Set<Socket>()
  // Those of a session whose other one has not come.
  const waiting = new Map<string, { readonly index: number; readonly stream: ScriptedStream }>()
  const arrive = (preamble: Buffer, stream: ScriptedStream): void => {
    const read = readPreamble(preamble)
    if (!read) throw new Error('Expected a preamble')
    const { sessionId, streamIndex: index } = read
    const other = waiting.get(sessionId)
    if (!other) {
      waiting.set(sessionId, { index, stream })
      return
    }
    waiting.delete(sessionId)
    const isControl = index === CONTROL_STREAM
    arrived(isControl ? new StreamPair(stream, other.stream) : new StreamPair(other.stream, stream))
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let records: RecordChannel | null = null
    const stream = streamOver(socket, () => records)
    void stream.closed.then(() => sockets.delete(socket))
    const take = firstBytes(PREAMBLE_BYTES, (preamble) => {
      const hello = encodeHello(preamble, SECRET)
      socket.write(hello)
      if (preamble[7] === CONTROL_STREAM) records = recordsOf(SECRET, preamble, hello, 'receiver')
      arrive(preamble, stream)
    })
    socket.on('data', (bytes: Buffer) => {
      const rest = take(bytes)
      if (rest.length > 0) stream.push(records?.open(rest) ?? rest)
    })
  })
  const port = await listenLocally(server)
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return port
}
