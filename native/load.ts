import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  Addon,
  Connection,
  Copier,
  CopierOptions,
  CopyEngineTechnique,
  DataPortOptions,
  EngineEnd,
  EngineMapOption,
  EngineTechnique,
  ExpectedFile,
  Receiver,
  ReceiverOptions,
  Sender,
  SenderOptions,
  SourceFile,
  StreamKeys,
} from './index.ts'

/** Version of the face between this file and the compiled addon. */
const ABI_VERSION = 1

const TECHNIQUES: readonly EngineTechnique[] = [
  'readwrite',
  'mmap',
  'gather',
  'sendfile',
  'transmitfile',
  'splice',
  'direct',
  'zerocopy',
  'seal',
  'unseal',
  'ktls',
]

const MAP_OPTIONS: readonly EngineMapOption[] = ['sequential', 'willneed', 'populate', 'lock']

const COPY_TECHNIQUES: readonly CopyEngineTechnique[] = ['clone', 'copyrange', 'copyfile', 'readwrite']

const FUNCTIONS = [
  'createSender',
  'createReceiver',
  'createCopier',
  'createManifest',
  'connect',
  'localPair',
  'openDataPort',
  'supportedTechniques',
  'cipherLibrary',
  'openFolder',
  'commit',
] as const

/** Where the compiled addon may lie: named by PENSTOCK_ADDON, unpacked beside an asar archive, or in the build folder. */
function candidates(): string[] {
  const places: string[] = []
  const named = process.env['PENSTOCK_ADDON']
  if (named !== undefined && named !== '') places.push(named)
  const resources: unknown = Reflect.get(process, 'resourcesPath')
  if (typeof resources === 'string') {
    places.push(join(resources, 'app.asar.unpacked', 'native', 'build', 'Release', 'penstock.node'))
  }
  places.push(fileURLToPath(new URL('./build/Release/penstock.node', import.meta.url)))
  return places
}

function isAddon(value: unknown): value is Addon {
  if (typeof value !== 'object' || value === null) return false
  return FUNCTIONS.every((name) => typeof Reflect.get(value, name) === 'function')
}

/**
 * Loads the compiled addon and puts the checking of arguments in front of it.
 * @param places where to look for it, in order
 * @throws Error with what to do when the addon is not built, or is built from other sources.
 */
export function loadAddon(places: readonly string[] = candidates()): Addon {
  const path = places.find((place) => existsSync(place))
  if (path === undefined)
    throw new Error('The native addon is not built. Run "npm run setup", then try again.')
  const raw: unknown = createRequire(import.meta.url)(path)
  if (!isAddon(raw) || raw.abiVersion !== ABI_VERSION) {
    throw new Error(
      `The native addon at ${path} does not fit this version. Run "npm run setup" to build it again.`,
    )
  }
  return checked(raw)
}

/** Records of one stream, by WIRE.md; key and IV of one direction, in bytes. */
const MAX_RECORDS = 2 ** 23
const KEY_BYTES = 28

function expected(what: string, subject: string, received: unknown): TypeError {
  return new TypeError(
    `Expected ${what} for ${subject} but received ${String(received)} of type ${typeof received}`,
  )
}

function checkInteger(value: number, min: number, max: number, subject: string): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw expected(`a whole number from ${min} to ${max}`, subject, value)
  }
}

function checkTechnique(value: string, subject: string): void {
  if (!TECHNIQUES.some((known) => known === value)) throw expected('a technique', subject, value)
}

function checkBytes(value: Uint8Array, length: number, subject: string): void {
  if (!(value instanceof Uint8Array) || value.byteLength !== length) {
    throw expected(`a Uint8Array of ${length} bytes`, subject, value)
  }
}

function checkKeys(keys: StreamKeys | undefined): void {
  if (keys === undefined) return
  checkBytes(keys.send, KEY_BYTES, 'keys.send')
  checkBytes(keys.receive, KEY_BYTES, 'keys.receive')
}

function checkSession(options: SenderOptions | ReceiverOptions): void {
  checkTechnique(options.technique, 'technique')
  for (const technique of options.fallback) checkTechnique(technique, 'fallback')
  checkInteger(options.bufferBytes, 4096, 16 * 1024 * 1024, 'bufferBytes')
  if (typeof options.check !== 'boolean') throw expected('a boolean', 'check', options.check)
  if (options.sealing) checkInteger(options.sealing.recordLimit, 1, MAX_RECORDS, 'sealing.recordLimit')
}

function checkFile(file: SourceFile | ExpectedFile): void {
  checkInteger(file.index, 0, 0xffff_ffff, 'index')
  checkInteger(file.size, 0, Number.MAX_SAFE_INTEGER, 'size')
}

function checkSource(file: SourceFile): void {
  checkFile(file)
  if (typeof file.path !== 'string' || !isAbsolute(file.path) || file.path.includes('\0')) {
    throw expected('an absolute path', 'path', file.path)
  }
  if (typeof file.mtimeNs !== 'bigint') throw expected('a bigint', 'mtimeNs', file.mtimeNs)
}

/** What a sender, a receiver and a copier share. */
interface Session<Technique, Sample> {
  endOfFiles(): void
  setTechnique(technique: Technique): void
  sample(): Sample
  readonly ended: Promise<EngineEnd>
}

function checkedSession<Technique, Sample>(
  raw: Session<Technique, Sample>,
  checkName: (technique: Technique, subject: string) => void,
): Session<Technique, Sample> {
  return {
    endOfFiles: () => raw.endOfFiles(),
    setTechnique(technique) {
      checkName(technique, 'technique')
      raw.setTechnique(technique)
    },
    sample: () => raw.sample(),
    ended: raw.ended,
  }
}

function checkedSender(raw: Sender): Sender {
  return {
    ...checkedSession(raw, checkTechnique),
    addManifest: (manifest, without) => raw.addManifest(manifest, without),
    addControl(connection, keys) {
      checkKeys(keys)
      raw.addControl(connection, keys)
    },
    addStream(connection, streamIndex, keys) {
      checkInteger(streamIndex, 1, 16, 'streamIndex')
      checkKeys(keys)
      raw.addStream(connection, streamIndex, keys)
    },
    addBody: (connection) => raw.addBody(connection),
    cancel: (code) => raw.cancel(code),
    notes: () => raw.notes(),
  }
}

function checkedReceiver(raw: Receiver): Receiver {
  return {
    ...checkedSession(raw, checkTechnique),
    addFiles(files) {
      files.forEach(checkFile)
      raw.addFiles(files)
    },
    addControl(connection, hello, keys) {
      checkBytes(hello, 32, 'hello')
      checkKeys(keys)
      raw.addControl(connection, hello, keys)
    },
    addStream(connection, streamIndex, hello, keys) {
      checkInteger(streamIndex, 1, 16, 'streamIndex')
      checkBytes(hello, 32, 'hello')
      checkKeys(keys)
      raw.addStream(connection, streamIndex, hello, keys)
    },
    addBody: (connection) => raw.addBody(connection),
    addOthers(entries) {
      for (const { index } of entries) checkInteger(index, 0, 0xffff_ffff, 'index')
      raw.addOthers(entries)
    },
    received: raw.received,
    changes: () => raw.changes(),
    displaced: () => raw.displaced(),
    committing: () => raw.committing(),
    finish: (failures, notes) => raw.finish(failures, notes),
    cancel: (code, ...errno) => raw.cancel(code, ...errno),
  }
}

function checkCopyTechnique(value: string, subject: string): void {
  if (!COPY_TECHNIQUES.some((known) => known === value)) throw expected('a copy technique', subject, value)
}

function checkedCopier(raw: Copier): Copier {
  return {
    ...checkedSession(raw, checkCopyTechnique),
    addFiles(files) {
      files.forEach(checkSource)
      raw.addFiles(files)
    },
    cancel: () => raw.cancel(),
  }
}

function checkPort(options: DataPortOptions): void {
  checkInteger(options.port, 0, 65535, 'port')
  checkInteger(options.preambleTimeoutMs, 1, 3_600_000, 'preambleTimeoutMs')
  checkInteger(options.maxPending, 1, 65535, 'maxPending')
  checkInteger(options.maxPendingPerNetwork, 1, 65535, 'maxPendingPerNetwork')
}

/** The error's text, under the stack of the call that began the work. */
function withStack(error: unknown, from: Error): unknown {
  if (!(error instanceof Error)) return error
  const frames = from.stack?.split('\n').slice(1) ?? []
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
  return error
}

function checked(raw: Addon): Addon {
  const wrapped = {
    createSender(options: SenderOptions): Sender {
      checkSession(options)
      for (const option of options.mapOptions ?? []) {
        if (!MAP_OPTIONS.includes(option)) throw expected('a map option', 'mapOptions', option)
      }
      return checkedSender(raw.createSender(options))
    },
    createReceiver(options: ReceiverOptions): Receiver {
      checkSession(options)
      checkInteger(options.streams, 1, 16, 'streams')
      if (options.limits) {
        checkInteger(options.limits.stallMs, 1, 3_600_000, 'limits.stallMs')
        checkInteger(options.limits.streamsMs, 1, 3_600_000, 'limits.streamsMs')
      }
      return checkedReceiver(raw.createReceiver(options))
    },
    createCopier(options: CopierOptions): Copier {
      checkCopyTechnique(options.technique, 'technique')
      for (const technique of options.fallback) checkCopyTechnique(technique, 'fallback')
      return checkedCopier(raw.createCopier(options))
    },
    async connect(options: Parameters<Addon['connect']>[0]): Promise<Connection> {
      checkInteger(options.port, 1, 65535, 'port')
      checkInteger(options.timeoutMs, 1, 3_600_000, 'timeoutMs')
      checkBytes(options.preamble, 64, 'preamble')
      if (isIP(options.host) === 0) throw expected('a numeric address', 'host', options.host)
      const here = new Error()
      try {
        return await raw.connect(options)
      } catch (error) {
        throw withStack(error, here)
      }
    },
    openDataPort(options: DataPortOptions, onArrival: Parameters<Addon['openDataPort']>[1]) {
      checkPort(options)
      return raw.openDataPort(options, onArrival)
    },
    cachedPages(paths: readonly string[], limitMs: number) {
      checkInteger(limitMs, 0, 1000, 'limitMs')
      return raw.cachedPages(paths, limitMs)
    },
    cachedPart(paths: readonly string[], limitMs: number) {
      checkInteger(limitMs, 0, 1000, 'limitMs')
      return raw.cachedPart(paths, limitMs)
    },
  }
  return { ...raw, ...wrapped }
}
