import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type {
  Connection,
  EngineTechnique,
  Folder,
  Receiver,
  ReceiverOptions,
  Sender,
  SenderOptions,
  SourceFile,
  StreamKeys,
} from '../../native/index.ts'
import { openLocalPair } from '../../main/core/transfer/local-pair.ts'
import {
  CONTROL_FRAMES,
  encodeFrame,
  firstBytes,
  type Frame,
  FrameReader,
} from '../support/scripted/frames.ts'
import { RecordChannel } from '../support/records.ts'
import { makeReceiver, makeSender, randomKeys, reversed, SEALED, seals, sendFiles } from './harness.ts'

/** The frame with this name. */
export type Named<Name extends Frame['name'], F = Frame> = F extends { name: infer Own }
  ? Name extends Own
    ? F & { readonly name: Name }
    : never
  : never

/** A HELLO, which a receiver sends first. */
export const HELLO = new Uint8Array(randomBytes(32))

/** One connection of a peer, in records if it has any. */
export interface Channel {
  readonly socket: Socket
  readonly records?: RecordChannel
  /** Bytes of a HELLO that come before the first frame. */
  readonly helloBytes?: number
}

/**
 * The other end of local pairs, in frames: one connection for all of them, as in a body, or one for content and one for
 * control frames.
 */
export class Peer {
  /** What has come on either connection, STREAM_END left out. */
  readonly frames: Frame[] = []
  /** The connection with control frames has closed. */
  readonly closed: Promise<void>
  private readonly content: Channel
  private readonly control: Channel
  private waiting: (() => void)[] = []
  private gone = false
  private contentEnded = false

  constructor(content: Channel, control: Channel = content) {
    this.content = content
    this.control = control
    for (const channel of new Set([content, control])) this.listen(channel)
    this.closed = new Promise((resolve) => {
      const over = (): void => {
        this.gone = true
        resolve()
        this.wake()
      }
      this.control.socket.on('end', over)
      this.control.socket.on('close', over)
    })
  }

  private listen({ socket, records, helloBytes = 0 }: Channel): void {
    const reader = new FrameReader()
    const afterHello = firstBytes(helloBytes, () => undefined)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      if (typeof bytes === 'string') return
      const rest = afterHello(bytes)
      if (rest.length === 0) return
      for (const frame of reader.push(records?.open(rest) ?? rest)) {
        if (frame.name === 'STREAM_END') socket.end()
        else this.frames.push(frame)
      }
      this.wake()
    })
  }

  private get isSplit(): boolean {
    return this.control !== this.content
  }

  /** Sends the frame where it travels, KEEPALIVE on both connections. Before END it ends the content. */
  send(frame: Frame): void {
    if (frame.name === 'END') this.endContent()
    if (frame.name === 'KEEPALIVE' && this.isSplit) this.writeControl(encodeFrame(frame))
    write(CONTROL_FRAMES.includes(frame.name) ? this.control : this.content, encodeFrame(frame))
  }

  private endContent(): void {
    if (this.isSplit && !this.contentEnded) this.write(encodeFrame({ name: 'STREAM_END' }))
    this.contentEnded = true
  }

  /** Sends bytes where content travels. */
  write(bytes: Uint8Array): void {
    write(this.content, bytes)
  }

  /** Sends bytes where control frames travel. */
  writeControl(bytes: Uint8Array): void {
    write(this.control, bytes)
  }

  /** Reads no more content. */
  pause(): void {
    this.content.socket.pause()
  }

  resume(): void {
    this.content.socket.resume()
  }

  close(): void {
    this.content.socket.destroy()
    this.control.socket.destroy()
  }

  /** The first frame with this name that has not been taken; undefined when the other side closes before one comes. */
  async next<Name extends Frame['name']>(name: Name): Promise<Named<Name> | undefined> {
    for (;;) {
      const at = this.frames.findIndex((frame) => frame.name === name)
      const found = this.frames[at]
      if (found !== undefined && isNamed(found, name)) {
        this.frames.splice(at, 1)
        return found
      }
      if (this.gone) return undefined
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private wake(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}

function write({ socket, records }: Channel, bytes: Uint8Array): void {
  if (!socket.destroyed) socket.write(records?.seal(bytes) ?? bytes)
}

function isNamed<Name extends Frame['name']>(frame: Frame, name: Name): frame is Named<Name> {
  return frame.name === name
}

/** What an engine needs to run a technique on a local pair, and what its peer needs then. */
function sealingFor(technique: EngineTechnique | undefined) {
  if (technique === undefined || !seals(technique)) return {}
  const keys = randomKeys()
  return {
    keys,
    records: new RecordChannel(reversed(keys)),
    options: { check: false, fallback: [], sealing: SEALED },
  }
}

/** How the frames travel: on a control stream and a content stream, or all in a body. */
export type Carriage = 'streams' | 'body'

/** Adds a control stream with these keys and a content stream. */
type Connect = (control: Connection, keys: StreamKeys, content: Connection) => void

/** The test's end of local pairs whose other ends are the session's. */
async function peerOf(
  session: Sender | Receiver,
  { records }: ReturnType<typeof sealingFor>,
  carriage: Carriage,
  connect: Connect,
  helloBytes = 0,
): Promise<Peer> {
  const content = await openLocalPair()
  if (carriage === 'body') {
    session.addBody(content.connection)
    return new Peer(content)
  }
  const control = await openLocalPair()
  const keys = randomKeys()
  const peer = new Peer(
    { socket: content.socket, helloBytes, ...(records ? { records } : {}) },
    { socket: control.socket, helloBytes, records: new RecordChannel(reversed(keys)) },
  )
  connect(control.connection, keys, content.connection)
  return peer
}

/** A sender on one end of local pairs, the test on the other. */
export async function senderToPeer(
  files: readonly SourceFile[],
  options: Partial<SenderOptions> = {},
  carriage: Carriage = 'streams',
): Promise<{ sender: Sender; peer: Peer }> {
  const sealing = sealingFor(options.technique)
  const sender = makeSender({ ...sealing.options, ...options })
  sendFiles(sender, files)
  sender.endOfFiles()
  const peer = await peerOf(sender, sealing, carriage, (control, keys, content) => {
    sender.addControl(control, keys)
    sender.addStream(content, 1, sealing.keys)
  })
  return { sender, peer }
}

/** A receiver on one end of local pairs, the test on the other. It has no files yet if `sizes` is null. */
export async function receiverFromPeer(
  sizes: readonly number[] | null,
  staging: string | Folder,
  options: Partial<ReceiverOptions> = {},
  carriage: Carriage = 'streams',
): Promise<{ receiver: Receiver; peer: Peer }> {
  const sealing = sealingFor(options.technique)
  const receiver = makeReceiver(staging, { ...sealing.options, ...options })
  if (sizes !== null) {
    receiver.addFiles(sizes.map((size, index) => ({ index, size })))
    receiver.endOfFiles()
  }
  const connect: Connect = (control, keys, content) => {
    receiver.addControl(control, HELLO, keys)
    receiver.addStream(content, 1, HELLO, sealing.keys)
  }
  return { receiver, peer: await peerOf(receiver, sealing, carriage, connect, HELLO.length) }
}
