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
export const SEALED: SealingOptions = { transport: 'sealed', recordLimit: 2 ** 23 }
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

export function preamble(stream = 0): Uint8Array {
  const bytes = new Uint8Array(randomBytes(64))
  bytes.set([...Buffer.from('PNSTCK'), 2, stream])
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
export function reversed(keys: StreamKeys): StreamKeys
export function reversed(keys: StreamKeys | undefined): StreamKeys | undefined
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
  const control = randomKeys()
  const keys = sealing && Array.from({ length: 1 + streams }, randomKeys)
  const opened = used.openFolder(staging)
  const { sender, receiver } = makeEnds(files, opened, options)
  const hello = new Uint8Array(randomBytes(32))
  const port = used.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 2000, maxPending: 16, maxPendingPerNetwork: 16 },
    ({ connection, preamble: bytes }) => {
      const stream = bytes[7] ?? 0
      if (stream === 0) receiver.addControl(connection, hello, reversed(control))
      else receiver.addStream(connection, stream, hello, keys && reversed(keys[stream]))
    },
  )
  const target = { host: '127.0.0.1', port: (await options.relayed?.(port.port)) ?? port.port }
  let connected = 0
  const connect = async () => {
    const stream = connected++
    const bytes = preamble(stream)
    return { stream, connection: await used.connect({ ...target, preamble: bytes, timeoutMs: 2000 }) }
  }
  const add = ({ stream, connection }: Awaited<ReturnType<typeof connect>>): void => {
    if (stream === 0) sender.addControl(connection, control)
    else sender.addStream(connection, stream, keys?.[stream])
  }
  try {
    // All are connected before one sends: the first could spend its records before there is another one.
    const begun: Awaited<ReturnType<typeof connect>>[] = []
    while (connected <= first) begun.push(await connect())
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
