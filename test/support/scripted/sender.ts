import { connect, type Socket } from 'node:net'
import { NDJSON, STREAM_PATH } from '../../../main/core/protocol/localsend/messages.ts'
import { textOf } from '../../../main/core/protocol/localsend/calls.ts'
import type { ControlClient } from '../../../main/core/protocol/http/client.ts'
import type { Identity } from '../../../main/core/device/identity.ts'
import { decodeAnswer, type OfferAnswer } from '../../../main/core/protocol/penstock/offer.ts'
import { streamKeys } from '../../../main/core/protocol/penstock/keys.ts'
import {
  CONTROL_STREAM,
  encodePreamble,
  HELLO_BYTES,
  verifyHello,
} from '../../../main/core/protocol/penstock/preamble.ts'
import { engineKeys } from '../../../main/core/transfer/sealing.ts'
import type { ManifestEntry } from '../../../main/contract/transfer.ts'
import { selfOf } from '../penstock/control.ts'
import { RecordChannel } from '../records.ts'
import { encodeFrame, firstBytes, FrameReader, type Frame } from './frames.ts'
import { encodeHead, encodeManifest, fileEntry } from './manifest.ts'
import { StreamPair } from './stream-pair.ts'

/** What a scripted sender offers; a file of 8 bytes unless entries are given. */
export interface ScriptedOffer {
  readonly transferId: string
  readonly cipher: 'none' | 'tls'
  readonly streams?: number
  readonly check?: boolean
  readonly entries?: readonly ManifestEntry[]
}

/** The answer to an offer that a test wrote by hand. */
export interface OfferResult {
  readonly status: number
  readonly text: string
  /** Null if it was not accepted. */
  readonly answer: OfferAnswer | null
}

/** Sends an offer and waits for the answer. */
export async function sendOffer(
  client: ControlClient,
  identity: Identity,
  offer: ScriptedOffer,
  signal?: AbortSignal,
): Promise<OfferResult> {
  const { transferId, entries = [fileEntry(0, 8)], streams } = offer
  const lines = encodeHead(selfOf(identity), transferId, offer) + encodeManifest(entries, streams)
  const response = await client.request({
    ...{ method: 'POST', path: '/api/localsend/v2/prepare-upload', headers: { 'content-type': NDJSON } },
    ...{ body: Buffer.from(lines), idleMs: 0 },
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await textOf(response.body)
  return { status: response.status, text, answer: response.status === 200 ? decodeAnswer(text) : null }
}

/** One stream of frames that a test reads and writes. */
export interface ScriptedStream {
  write(bytes: Buffer): void
  /** Writes the last bytes; reads continue. */
  end(bytes: Buffer): void
  /** Frames that have arrived and were not taken. */
  readonly frames: readonly Frame[]
  /** Resolves with the first frame of this name, or null if the stream closes without one. */
  frame(name: Frame['name']): Promise<Frame | null>
  /** Resolves when something has come, or the stream has closed. */
  next(): Promise<void>
  close(): void
  readonly closed: Promise<void>
}

/** A stream over something that gives and takes bytes. */
export class StreamOfFrames implements ScriptedStream {
  readonly frames: Frame[] = []
  readonly closed: Promise<void>
  readonly #reader = new FrameReader()
  readonly #write: (bytes: Buffer) => void
  readonly #finish: (bytes: Buffer) => void
  readonly #close: () => void
  #changed: () => void = () => undefined
  #ended = false

  constructor(ends: Pick<ScriptedStream, 'write' | 'end' | 'close' | 'closed'>) {
    this.#write = (bytes) => ends.write(bytes)
    this.#finish = (bytes) => ends.end(bytes)
    this.#close = () => ends.close()
    this.closed = ends.closed.then(() => {
      this.#ended = true
      this.#changed()
    })
  }

  push(bytes: Buffer): void {
    this.frames.push(...this.#reader.push(bytes))
    this.#changed()
  }

  write(bytes: Buffer): void {
    this.#write(bytes)
  }

  end(bytes: Buffer): void {
    this.#finish(bytes)
  }

  async frame(name: Frame['name']): Promise<Frame | null> {
    for (;;) {
      const found = this.frames.find((frame) => frame.name === name)
      if (found) return found
      if (this.#ended) return null
      await this.next()
    }
  }

  async next(): Promise<void> {
    if (this.#ended) throw new Error('the stream has closed')
    await new Promise<void>((resolve) => (this.#changed = resolve))
  }

  close(): void {
    this.#close()
  }
}

/** A stream over a socket, in records if there are any. A content stream that the other side ends is closed. */
export function streamOver(socket: Socket, records: () => RecordChannel | null): StreamOfFrames {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const sealed = (bytes: Buffer): Buffer => records()?.seal(bytes) ?? bytes
  return new StreamOfFrames({
    write: (bytes) => void socket.write(sealed(bytes)),
    end: (bytes) => void socket.end(bytes.length > 0 ? sealed(bytes) : bytes),
    close: () => void socket.destroy(),
    closed,
  })
}

/** Connects one stream to a data port and waits for its HELLO. The control stream is sealed, content is not. */
export async function openStream(
  port: number,
  { sessionId, secret }: Pick<OfferAnswer, 'sessionId' | 'secret'>,
  streamIndex = 1,
): Promise<ScriptedStream> {
  const socket: Socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  let records: RecordChannel | null = null
  const stream = streamOver(socket, () => records)
  const preamble = encodePreamble({ streamIndex, sessionId, secret })
  socket.write(preamble)
  const hello = await new Promise<Buffer>((resolve, reject) => {
    socket.once('close', () => reject(new Error('closed before HELLO')))
    const take = firstBytes(HELLO_BYTES, (bytes) => {
      if (streamIndex === CONTROL_STREAM) records = recordsOf(secret, preamble, bytes, 'sender')
      resolve(bytes)
    })
    socket.on('data', (bytes: Buffer) => {
      const rest = take(bytes)
      if (rest.length > 0) stream.push(records?.open(rest) ?? rest)
    })
  })
  if (!verifyHello(hello, preamble, secret)) throw new Error('Expected the HELLO of this preamble')
  return stream
}

/** The records of a sealed stream at one of its ends. */
export function recordsOf(
  secret: Uint8Array,
  preamble: Uint8Array,
  hello: Uint8Array,
  role: 'sender' | 'receiver',
): RecordChannel {
  return new RecordChannel(engineKeys(streamKeys(secret, preamble, hello), role))
}

/** Connects a control stream and a content stream, as one. */
export async function openStreams(
  port: number,
  answer: Pick<OfferAnswer, 'sessionId' | 'secret'>,
): Promise<ScriptedStream> {
  const control = await openStream(port, answer, CONTROL_STREAM)
  return new StreamPair(control, await openStream(port, answer))
}

/** The status of a request for a stream in an HTTPS body, and the stream if it is 200. */
export async function openBody(
  client: ControlClient,
  sessionId: string,
): Promise<{ readonly status: number; readonly stream: ScriptedStream | null }> {
  // The headers leave with the first bytes.
  const queue: Buffer[] = [encodeFrame({ name: 'KEEPALIVE' })]
  let wake: () => void = () => undefined
  let over = false
  const end = (): void => {
    over = true
    wake()
  }
  async function* body(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = queue.shift()
      if (next) yield next
      else if (over) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const response = await client.request({
    ...{ method: 'POST', path: STREAM_PATH, query: { sessionId }, body: body(), idleMs: 0 },
    headers: { 'content-type': 'application/octet-stream' },
  })
  if (response.status !== 200) {
    end()
    await textOf(response.body)
    return { status: response.status, stream: null }
  }
  const closed = new Promise<void>((resolve) => response.body.once('close', () => resolve()))
  const stream = new StreamOfFrames({
    closed,
    write: (bytes) => {
      queue.push(bytes)
      wake()
    },
    end: (bytes) => {
      queue.push(bytes)
      end()
    },
    close: () => {
      end()
      response.body.destroy()
    },
  })
  response.body.on('error', () => undefined)
  response.body.on('data', (bytes: Buffer) => stream.push(bytes))
  return { status: 200, stream }
}
