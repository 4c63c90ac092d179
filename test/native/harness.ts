import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { addon } from '../../native/index.ts'
import type {
  Addon,
  Displaced,
  EngineEnd,
  EngineSample,
  EngineTechnique,
  FileFailure,
  Folder,
  Placement,
  Receiver,
  ReceiverOptions,
  SealingOptions,
  Sender,
  SenderOptions,
  SourceFile,
  StreamKeys,
} from '../../native/index.ts'
import { openLocalPair } from '../../main/core/transfer/local-pair.ts'
import { encodeFrame, FrameReader } from '../support/scripted/frames.ts'
import type { Frame } from '../support/scripted/frames.ts'
import { RecordChannel } from '../support/records.ts'

/** The techniques that a build for this platform must have, best first, so that a build without one fails. */
export const TECHNIQUES: {
  readonly send: readonly EngineTechnique[]
  readonly receive: readonly EngineTechnique[]
} =
  process.platform === 'win32'
    ? {
        send: ['transmitfile', 'mmap', 'gather', 'direct', 'readwrite'],
        receive: ['mmap', 'direct', 'readwrite'],
      }
    : {
        send: ['sendfile', 'splice', 'mmap', 'gather', 'direct', 'zerocopy', 'readwrite'],
        receive: ['splice', 'mmap', 'direct', 'readwrite'],
      }
/** The techniques of streams that this process seals. */
export const SEALING: typeof TECHNIQUES = { send: ['seal'], receive: ['unseal'] }
/** Every technique with which this platform sends, on streams of either kind. */
export const SENDING: readonly EngineTechnique[] = [...TECHNIQUES.send, ...SEALING.send]
const SEALED: SealingOptions = { transport: 'sealed', recordLimit: 2 ** 23 }
const [SEND = 'readwrite'] = TECHNIQUES.send
const [RECEIVE = 'readwrite'] = TECHNIQUES.receive
const [SEAL = 'seal'] = SEALING.send
const [UNSEAL = 'unseal'] = SEALING.receive

/** Whether a technique belongs to sealed streams. */
export function seals(technique: EngineTechnique): boolean {
  return [...SEALING.send, ...SEALING.receive].includes(technique)
}

/** With the check, and without. A sealed stream has none: its cipher checks every byte. */
export function checksOf(technique: EngineTechnique): readonly boolean[] {
  return seals(technique) ? [false] : [true, false]
}

/** A folder that is removed by `dispose`. */
export function scratch(): { path: string; dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'penstock-native-'))
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) }
}

/** A folder of its own at each call; all are removed after the tests of the file. */
export function scratchFolders(): () => string {
  const root = scratch()
  after(() => root.dispose())
  return () => mkdtempSync(join(root.path, 'folder-'))
}

export function preamble(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(64))
  bytes.set([...Buffer.from('PNSTCK'), 2, 0])
  return bytes
}

/** The file as a sender is given it. */
export function source(path: string, index = 0): SourceFile {
  const facts = statSync(path, { bigint: true })
  return { index, path, size: Number(facts.size), mtimeNs: facts.mtimeNs }
}

/** Gives a sender a manifest in which the files have their indexes; entries between them are left out. */
export function sendFiles(sender: Sender, files: readonly SourceFile[], from: Addon = addon): void {
  const manifest = from.createManifest()
  const without: number[] = []
  for (const { index, ...file } of files) {
    for (let at = manifest.totals().entries; at <= index; at += 1) {
      manifest.addFiles([{ ...file, name: String(at), mode: 0o644 }])
      if (at < index) without.push(at)
    }
  }
  sender.addManifest(manifest, without)
}

/** Writes a file whose content repeats a random mebibyte, shifted in each so that no two are equal. */
export function fill(path: string, size: number): void {
  const fd = openSync(path, 'w')
  const block = randomBytes(1024 * 1024)
  for (let at = 0; at < size; at += block.length) {
    block.writeUInt32LE(at / block.length)
    writeSync(fd, block, 0, Math.min(block.length, size - at))
  }
  closeSync(fd)
}

/** A file of `size` bytes that is all hole except for `pieces`. */
export function sparse(path: string, size: number, pieces: readonly { at: number; text: string }[]): void {
  const fd = openSync(path, 'w')
  ftruncateSync(fd, size)
  for (const piece of pieces) writeSync(fd, piece.text, piece.at)
  closeSync(fd)
}

export async function hash(path: string): Promise<string> {
  const digest = createHash('sha1')
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) digest.update(chunk)
  return digest.digest('hex')
}

export function makeSender(options: Partial<SenderOptions> = {}, from: Addon = addon): Sender {
  return from.createSender({
    technique: SEND,
    fallback: ['readwrite'],
    bufferBytes: 256 * 1024,
    check: true,
    ...options,
  })
}

export function makeReceiver(
  staging: string | Folder,
  options: Partial<ReceiverOptions> = {},
  from: Addon = addon,
): Receiver {
  return from.createReceiver({
    staging: typeof staging === 'string' ? from.openFolder(staging) : staging,
    technique: RECEIVE,
    fallback: ['readwrite'],
    bufferBytes: 256 * 1024,
    check: true,
    durability: 'os',
    streams: 1,
    ...options,
  })
}

export interface Outcome {
  readonly received: readonly FileFailure[]
  readonly sender: EngineEnd
  readonly receiver: EngineEnd
  readonly sent: EngineSample
  readonly taken: EngineSample
  readonly displaced: readonly Displaced[]
}

export interface TransferOptions {
  readonly send?: EngineTechnique
  readonly receive?: EngineTechnique
  readonly check?: boolean
  readonly streams?: number
  readonly bufferBytes?: number
  readonly mapOptions?: SenderOptions['mapOptions']
  /** Of both ends. */
  readonly dontCache?: boolean
  readonly durability?: ReceiverOptions['durability']
  /** How streams are sealed, with keys of its own each, if the techniques belong to sealed ones. */
  readonly sealing?: SealingOptions
  /** The same for the receiver, if it differs. */
  readonly receiverSealing?: SealingOptions
  /** Where files are made under their own names, and which. */
  readonly tree?: Folder
  /** The entry that carries them; the tree is its folder. */
  readonly addon?: Addon
  placement?(index: number): Placement | undefined
  /** The port to connect to instead of the receiver's. */
  relayed?(port: number): Promise<number>
  /** Called once the streams run; `addStream` adds one more of those that the receiver waits for. */
  during?(running: Running): Promise<void>
  /** Streams that run from the start, if not all do. */
  readonly first?: number
}

/** A transfer whose streams run. */
export interface Running {
  readonly sender: Sender
  readonly receiver: Receiver
  addStream(): Promise<void>
}

export function randomKeys(): StreamKeys {
  return { send: new Uint8Array(randomBytes(28)), receive: new Uint8Array(randomBytes(28)) }
}

/** The keys as the other end has them. */
export function reversed(keys: StreamKeys | undefined): StreamKeys | undefined {
  return keys && { send: keys.receive, receive: keys.send }
}

/** Used if the wanted technique cannot run on the transport. */
const FALLBACK = {
  plain: { send: ['readwrite'], receive: ['readwrite'] },
  sealed: { send: ['seal', 'readwrite'], receive: ['unseal', 'readwrite'] },
} as const satisfies Record<string, typeof TECHNIQUES>

interface Ends {
  readonly sender: Sender
  readonly receiver: Receiver
}

function makeEnds(
  files: readonly SourceFile[],
  staging: Folder,
  { addon: used = addon, ...options }: TransferOptions,
): Ends {
  const { send = SEND, receive = RECEIVE, check = true, streams = 1, bufferBytes = 256 * 1024 } = options
  const {
    sealing,
    receiverSealing = sealing,
    tree,
    mapOptions,
    durability = 'os',
    dontCache = false,
  } = options
  const fallback = FALLBACK[sealing ? 'sealed' : 'plain']
  const receiver = makeReceiver(
    staging,
    {
      ...{
        technique: receive,
        fallback: fallback.receive,
        check,
        streams,
        bufferBytes,
        durability,
        dontCache,
      },
      ...(tree ? { tree } : {}),
      ...(receiverSealing ? { sealing: receiverSealing } : {}),
    },
    used,
  )
  receiver.addFiles(
    files.map(({ index, size }) => {
      const placement = options.placement?.(index)
      return placement ? { index, size, placement } : { index, size }
    }),
  )
  receiver.endOfFiles()
  const sender = makeSender(
    {
      ...{ technique: send, fallback: fallback.send, check, bufferBytes, dontCache },
      ...(sealing ? { sealing } : {}),
      ...(mapOptions ? { mapOptions } : {}),
    },
    used,
  )
  sendFiles(sender, files, used)
  sender.endOfFiles()
  return { sender, receiver }
}

/** A technique of sealed streams brings what it needs. */
function withSealing(options: TransferOptions): TransferOptions {
  const isSealed = [options.send, options.receive].some((one) => one !== undefined && seals(one))
  return isSealed ? { send: SEAL, receive: UNSEAL, check: false, sealing: SEALED, ...options } : options
}

/** Carries the files over real TCP connections on this machine into `staging`. */
export async function transfer(
  files: readonly SourceFile[],
  staging: string,
  given: TransferOptions = {},
): Promise<Outcome> {
  const options = withSealing(given)
  const { addon: used = addon, sealing, streams = 1, first = streams } = options
  const keys = sealing === undefined ? [] : Array.from({ length: streams }, randomKeys)
  const opened = used.openFolder(staging)
  const { sender, receiver } = makeEnds(files, opened, options)
  const hello = new Uint8Array(randomBytes(32))
  const port = used.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 2000, maxPending: 16, maxPendingPerNetwork: 16 },
    ({ connection, preamble: bytes }) => {
      const stream = bytes[7] ?? 0
      receiver.addStream(connection, stream, hello, reversed(keys[stream]))
    },
  )
  const target = { host: '127.0.0.1', port: (await options.relayed?.(port.port)) ?? port.port }
  let connected = 0
  const connect = async () => {
    const stream = connected++
    const bytes = preamble()
    bytes[7] = stream
    return { stream, connection: await used.connect({ ...target, preamble: bytes, timeoutMs: 2000 }) }
  }
  const add = ({ stream, connection }: Awaited<ReturnType<typeof connect>>): void => {
    sender.addStream(connection, stream, keys[stream])
  }
  try {
    // All are connected before one sends: the first could spend its records before there is another one.
    const begun: Awaited<ReturnType<typeof connect>>[] = []
    while (connected < first) begun.push(await connect())
    begun.forEach(add)
    await options.during?.({ sender, receiver, addStream: async () => add(await connect()) })
    const received = await Promise.race([receiver.received, receiver.ended.then(() => [])])
    receiver.finish([])
    const [senderEnd, receiverEnd] = await Promise.all([sender.ended, receiver.ended])
    return {
      received,
      sender: senderEnd,
      receiver: receiverEnd,
      sent: sender.sample(),
      taken: receiver.sample(),
      displaced: receiver.displaced(),
    }
  } finally {
    port.close()
    opened.close()
  }
}

/** The frame with this name. */
export type Named<Name extends Frame['name'], F = Frame> = F extends { name: infer Own }
  ? Name extends Own
    ? F & { readonly name: Name }
    : never
  : never

/** The other end of a local pair: reads and writes frames, in records if the pair is sealed. */
export class Peer {
  readonly frames: Frame[] = []
  readonly closed: Promise<void>
  private readonly socket: Socket
  private readonly records: RecordChannel | undefined
  private readonly reader = new FrameReader()
  private waiting: (() => void)[] = []
  private gone = false

  constructor(socket: Socket, records?: RecordChannel) {
    this.socket = socket
    this.records = records
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('data', (bytes) => {
      if (typeof bytes === 'string') return
      this.frames.push(...this.reader.push(this.records?.open(bytes) ?? bytes))
      this.wake()
    })
    this.closed = new Promise((resolve) => {
      const over = (): void => {
        this.gone = true
        resolve()
        this.wake()
      }
      this.socket.on('end', over)
      this.socket.on('close', over)
    })
  }

  send(frame: Frame): void {
    this.write(encodeFrame(frame))
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(this.records?.seal(bytes) ?? bytes)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  close(): void {
    this.socket.destroy()
  }

  /** The first frame with this name that has not been taken; undefined if the other side closes first. */
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

function isNamed<Name extends Frame['name']>(frame: Frame, name: Name): frame is Named<Name> {
  return frame.name === name
}

/** What an engine needs to run a technique on a local pair, and what its peer needs then. */
function sealingFor(technique: EngineTechnique | undefined) {
  if (technique === undefined || !seals(technique)) return {}
  const keys = randomKeys()
  const peerKeys = { send: keys.receive, receive: keys.send }
  return {
    keys,
    records: new RecordChannel(peerKeys),
    options: { check: false, fallback: [], sealing: SEALED },
  }
}

/** A sender on one end of a local pair, the test on the other. */
export async function senderToPeer(
  files: readonly SourceFile[],
  options: Partial<SenderOptions> = {},
): Promise<{ sender: Sender; peer: Peer }> {
  const { connection, socket } = await openLocalPair()
  const sealing = sealingFor(options.technique)
  const peer = new Peer(socket, sealing.records)
  const sender = makeSender({ ...sealing.options, ...options })
  sendFiles(sender, files)
  sender.endOfFiles()
  sender.addStream(connection, 0, sealing.keys)
  return { sender, peer }
}

/** A receiver on one end of a local pair, the test on the other. */
export async function receiverFromPeer(
  sizes: readonly number[],
  staging: string | Folder,
  options: Partial<ReceiverOptions> = {},
): Promise<{ receiver: Receiver; peer: Peer }> {
  const { connection, socket } = await openLocalPair()
  const sealing = sealingFor(options.technique)
  const peer = new Peer(socket, sealing.records)
  const receiver = makeReceiver(staging, { ...sealing.options, ...options })
  receiver.addFiles(sizes.map((size, index) => ({ index, size })))
  receiver.endOfFiles()
  receiver.addStream(connection, 0, undefined, sealing.keys)
  return { receiver, peer }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

export function writeFiles(folder: string, sizes: readonly number[]): SourceFile[] {
  return sizes.map((size, index) => {
    const path = join(folder, `source-${index}`)
    if (size < 1024 * 1024) writeFileSync(path, randomBytes(size))
    else fill(path, size)
    return source(path, index)
  })
}
