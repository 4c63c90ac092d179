import { COMPARE_PRESETS, COMPARE_RUNS, type ComparePreset } from '../contract/compare.ts'
import { PenstockError } from '../contract/errors.ts'
import { CONFLICT_RULES, DURABILITIES, type ConflictRule, type Durability } from '../contract/report.ts'
import {
  BUFFER_BYTES,
  COPY_TECHNIQUES,
  isSealing,
  MAP_OPTIONS,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type CopyTechnique,
  type MapOption,
  type SendTechnique,
  type Technique,
} from '../contract/technique.ts'
import {
  alias,
  choice,
  fingerprint,
  integer,
  seconds,
  size,
  text,
  wrongUse,
  type Given,
  type OptionName,
} from './options.ts'
import { devicesArgs, type DevicesArgs } from './devices-args.ts'
import { parseDestination, type ReceiveOptions } from '../core/index.ts'
import type { PinSource } from './terminal/pin.ts'
import { commandName, splitWords, type CommandName } from './words.ts'

export interface ReceiveArgs extends Pick<
  ReceiveOptions,
  | 'dir'
  | 'port'
  | 'dataPort'
  | 'only'
  | 'clear'
  | 'technique'
  | 'dontcache'
  | 'bufferBytes'
  | 'durability'
  | 'check'
  | 'onConflict'
> {
  readonly command: 'receive'
  /** Whether only this machine reaches it. */
  readonly loopback: boolean
  readonly accept: 'ask' | 'always' | 'all'
  readonly pin: PinSource
  readonly once: boolean
  readonly hidden: boolean
}

/** `penstock send --to-folder`: a copy on this machine. */
export interface CopyArgs {
  readonly command: 'copy'
  readonly paths: readonly string[]
  readonly exclude: readonly string[]
  readonly dir: string
  readonly technique: CopyTechnique | 'auto'
  readonly durability: Durability
  readonly onConflict: ConflictRule
}

export interface SendArgs {
  readonly command: 'send'
  readonly paths: readonly string[]
  readonly exclude: readonly string[]
  readonly to: string | null
  readonly security: 'clear' | 'encrypted'
  readonly technique: SendTechnique | 'auto'
  /** Null for the default of this system. */
  readonly mapOptions: readonly MapOption[] | null
  /** Set by the option; otherwise the plan decides. */
  readonly dontcache?: true
  readonly streams: number | 'auto'
  readonly bufferBytes: number
  readonly check: boolean
  readonly pin: PinSource
}

export interface TechniquesArgs {
  readonly command: 'techniques'
  readonly path: string | null
  readonly to: string | null
  /** Target folder of a copy on this machine; excludes `to`. */
  readonly folder: string | null
}

export interface CompareArgs {
  readonly command: 'compare'
  /** Null to create a file for the comparison. */
  readonly path: string | null
  /** Null for the comparison's own receiver on this machine. */
  readonly to: string | null
  /** `queues`: `log`, then `scattered`, and whether the best technique differs. */
  readonly preset: ComparePreset | 'queues'
  /** Null for those of the preset. */
  readonly techniques: readonly SendTechnique[] | null
  readonly runs: number
  readonly csv: string | null
  /** Size in bytes of the file to create if no path is given. */
  readonly sizeBytes: number
  /** Folder for the receiver's files and the created file; null for the system's temporary folder. */
  readonly dir: string | null
  readonly check: boolean
  readonly pin: PinSource
}

export type CommandArgs =
  | CompareArgs
  | ReceiveArgs
  | SendArgs
  | CopyArgs
  | { readonly command: 'peers'; readonly seconds: number }
  | TechniquesArgs
  | { readonly command: 'demo' }
  | { readonly command: 'history'; readonly limit: number }
  | { readonly command: 'pair'; readonly device: string }
  | DevicesArgs
  | { readonly command: 'help'; readonly about: CommandName | null }
  | { readonly command: 'version' }

/** Size limits of the file that a comparison creates, in bytes. */
const COMPARE_SIZE = { min: 1024 ** 2, max: 64 * 1024 ** 3, default: 1024 ** 3 } as const

/** Arguments of every command. */
export interface GlobalArgs {
  readonly json: boolean
  readonly state: string | null
  readonly alias: string | null
}

export { COMMANDS, type CommandName } from './words.ts'

/** Options of every command. */
export const GLOBAL_OPTIONS: readonly OptionName[] = ['json', 'state', 'help', 'version', 'alias']

/** Options of each command, without the global ones, in the order of the help. */
export const COMMAND_OPTIONS: Readonly<Record<CommandName, readonly OptionName[]>> = {
  receive: [
    'dir',
    'port',
    'data-port',
    'accept',
    'only',
    'loopback',
    'pin',
    'pin-file',
    'once',
    'hidden',
    'clear',
    'technique',
    'dontcache',
    'buffer',
    'durability',
    'check',
    'on-conflict',
  ],
  send: [
    'to',
    'to-folder',
    'exclude',
    'clear',
    'technique',
    'mmap',
    'dontcache',
    'streams',
    'buffer',
    'check',
    'pin',
    'pin-file',
    'durability',
    'on-conflict',
  ],
  peers: ['for'],
  techniques: ['to', 'to-folder'],
  compare: ['to', 'preset', 'techniques', 'runs', 'csv', 'size', 'dir', 'check', 'pin', 'pin-file'],
  demo: [],
  history: ['limit'],
  pair: [],
  devices: ['name', 'always-accept', 'unencrypted'],
  help: [],
}

/** Value of `--mmap` for no options. */
export const NO_MAP_OPTION = 'none'

/** Options of `send` that are valid only with `--to-folder`, those valid with it, and those valid only without it. */
const TO_FOLDER: readonly OptionName[] = ['durability', 'on-conflict']
const WITH_FOLDER: readonly OptionName[] = ['to-folder', 'exclude', 'technique', ...TO_FOLDER]
const OVER_NETWORK = COMMAND_OPTIONS.send.filter((name) => !WITH_FOLDER.includes(name))

function named<T extends Technique>(given: Given, command: string, choices: readonly T[]): T | 'auto' {
  const value = given.get('technique') ?? (given.has('dontcache') ? 'readwrite' : 'auto')
  if (value === 'auto') return value
  const found = choices.find((one) => one === value)
  if (found === undefined) {
    throw wrongUse('technique-unknown', { value, command, choices: ['auto', ...choices].join(', ') })
  }
  return found
}

function technique<T extends Technique>(
  given: Given,
  command: 'send' | 'receive',
  choices: readonly T[],
): T | 'auto' {
  const found = named(given, command, choices)
  if (given.has('dontcache') && found !== 'readwrite') throw wrongUse('only-for-readwrite')
  if (found === 'auto') return found
  if (!given.has('clear') && !isSealing(found)) {
    throw wrongUse('technique-needs-clear', { technique: found })
  }
  // A receiver with --clear takes encrypted transfers as well.
  if (command === 'send' && given.has('clear') && isSealing(found)) {
    throw wrongUse('technique-needs-encryption', { technique: found })
  }
  return found
}

/** The options of `mmap`: words separated by commas, or the word for none. */
function mapOptions(given: Given): MapOption[] | null {
  const list = text(given, 'mmap')
  if (list === null) return null
  if (given.get('technique') !== 'mmap') throw wrongUse('only-for-mmap')
  if (list === NO_MAP_OPTION) return []
  return list.split(',').map((word) => {
    const found = MAP_OPTIONS.find((one) => one === word.trim())
    if (found !== undefined) return found
    const choices = [...MAP_OPTIONS, NO_MAP_OPTION].join(', ')
    throw wrongUse('not-a-choice', { option: '--mmap', choices, value: word.trim() })
  })
}

function dontcache(given: Given): { readonly dontcache?: true } {
  return given.has('dontcache') ? { dontcache: true } : {}
}

/** The destination: an address, a name or a fingerprint. */
function destination(given: Given): string | null {
  const to = text(given, 'to')
  if (to !== null) parseDestination(to)
  return to
}

/** The source of the PIN. It is never an argument. */
function pinSource(given: Given): PinSource {
  const path = text(given, 'pin-file')
  if (!given.has('pin')) return path === null ? { from: 'environment' } : { from: 'file', path }
  if (path !== null) throw wrongUse('pin-twice')
  return { from: 'terminal' }
}

function atMost(positionals: readonly string[], limit: number, command: CommandName): void {
  const extra = positionals[limit]
  if (extra !== undefined) throw wrongUse('too-many-words', { command, value: extra })
}

function receiveArgs(given: Given): ReceiveArgs {
  return {
    command: 'receive',
    dir: text(given, 'dir') ?? '.',
    port: integer(given, 'port', 0, 65535, 'default'),
    dataPort: integer(given, 'data-port', 0, 65535, 'next'),
    accept: choice(given, 'accept', ['ask', 'always', 'all'], 'ask'),
    only: fingerprint(given, 'only'),
    loopback: given.has('loopback'),
    pin: pinSource(given),
    once: given.has('once'),
    hidden: given.has('hidden'),
    clear: given.has('clear'),
    technique: technique(given, 'receive', RECEIVE_TECHNIQUES),
    ...dontcache(given),
    bufferBytes: size(given, 'buffer', BUFFER_BYTES),
    durability: choice(given, 'durability', DURABILITIES, 'commit'),
    check: choice(given, 'check', ['on', 'off'], 'on') === 'on',
    onConflict: choice(given, 'on-conflict', CONFLICT_RULES, 'keep-both'),
  }
}

function copyArgs(given: Given, paths: readonly string[], dir: string): CopyArgs {
  const stray = OVER_NETWORK.find((name) => given.has(name))
  if (stray !== undefined) throw wrongUse('not-to-folder', { option: `--${stray}` })
  return {
    command: 'copy',
    paths,
    exclude: given.all('exclude'),
    dir,
    technique: named(given, 'send --to-folder', COPY_TECHNIQUES),
    durability: choice(given, 'durability', DURABILITIES, 'commit'),
    onConflict: choice(given, 'on-conflict', CONFLICT_RULES, 'keep-both'),
  }
}

function sendArgs(given: Given, paths: readonly string[]): SendArgs | CopyArgs {
  if (paths.length === 0) throw wrongUse('paths-missing')
  if (paths.includes('')) throw wrongUse('option-empty', { option: 'PATH' })
  const folder = text(given, 'to-folder')
  if (folder !== null) return copyArgs(given, paths, folder)
  const stray = TO_FOLDER.find((name) => given.has(name))
  if (stray !== undefined) throw wrongUse('only-to-folder', { option: `--${stray}` })
  return {
    command: 'send',
    paths,
    exclude: given.all('exclude'),
    to: destination(given),
    security: given.has('clear') ? 'clear' : 'encrypted',
    technique: technique(given, 'send', SEND_TECHNIQUES),
    mapOptions: mapOptions(given),
    ...dontcache(given),
    streams: given.get('streams') === 'auto' ? 'auto' : integer(given, 'streams', 1, 16, 'auto'),
    bufferBytes: size(given, 'buffer', BUFFER_BYTES),
    check: choice(given, 'check', ['on', 'off'], 'on') === 'on',
    pin: pinSource(given),
  }
}

function compared(given: Given): SendTechnique[] | null {
  const list = text(given, 'techniques')
  if (list === null) return null
  return list.split(',').map((word) => {
    const found = SEND_TECHNIQUES.find((one) => one === word.trim())
    if (found === undefined) {
      const choices = SEND_TECHNIQUES.join(', ')
      throw wrongUse('technique-unknown', { value: word.trim(), command: 'compare', choices })
    }
    return found
  })
}

function compareArgs(given: Given, path: string | null): CompareArgs {
  const stray = (['pin', 'pin-file'] as const).find((name) => given.has(name))
  if (stray !== undefined && !given.has('to')) throw wrongUse('pin-needs-to', { option: `--${stray}` })
  const preset = choice(given, 'preset', [...COMPARE_PRESETS, 'queues'], 'techniques')
  if (preset === 'durability' && given.has('to')) throw wrongUse('durability-here')
  return {
    command: 'compare',
    path,
    to: destination(given),
    preset,
    techniques: compared(given),
    runs: integer(given, 'runs', COMPARE_RUNS.min, COMPARE_RUNS.max, COMPARE_RUNS.default),
    csv: text(given, 'csv'),
    sizeBytes: size(given, 'size', COMPARE_SIZE),
    dir: text(given, 'dir'),
    check: choice(given, 'check', ['on', 'off'], 'off') === 'on',
    pin: pinSource(given),
  }
}

function techniquesArgs(given: Given, path: string | null): TechniquesArgs {
  const to = destination(given)
  const folder = text(given, 'to-folder')
  if (to !== null && folder !== null) throw wrongUse('not-to-folder', { option: '--to' })
  return { command: 'techniques', path, to, folder }
}

function commandArgs(command: CommandName, given: Given, rest: readonly string[]): CommandArgs {
  switch (command) {
    case 'receive':
      atMost(rest, 0, command)
      return receiveArgs(given)
    case 'send':
      return sendArgs(given, rest)
    case 'peers':
      atMost(rest, 0, command)
      return { command, seconds: seconds(given, 'for', 0.1, 3600, 4) }
    case 'techniques':
      atMost(rest, 1, command)
      return techniquesArgs(given, rest[0] ?? null)
    case 'compare':
      atMost(rest, 1, command)
      return compareArgs(given, rest[0] ?? null)
    case 'demo':
      atMost(rest, 0, command)
      return { command }
    case 'history':
      atMost(rest, 0, command)
      return { command, limit: integer(given, 'limit', 1, 100_000, 20) }
    case 'pair': {
      atMost(rest, 1, command)
      const [device] = rest
      if (device === undefined) throw wrongUse('device-missing')
      parseDestination(device)
      return { command, device }
    }
    case 'devices':
      return devicesArgs(given, rest)
    case 'help':
      atMost(rest, 1, command)
      return { command, about: rest[0] === undefined ? null : commandName(rest[0]) }
  }
}

/** The options, after a check that this command has all of them. */
function checkedFor(command: CommandName, given: Given): Given {
  const known = [...GLOBAL_OPTIONS, ...COMMAND_OPTIONS[command]]
  const stray = [...given.keys()].find((name) => !known.includes(name))
  if (stray !== undefined) throw wrongUse('option-elsewhere', { option: `--${stray}`, command })
  return given
}

/** Whether `--json` was given, even in an otherwise invalid command line. */
export function isJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json')
}

/**
 * Parses a command line (without the program's name).
 * @throws PenstockError `usage`, whose `why` is a sentence of the catalogues' `usage` table.
 */
export function parse(argv: readonly string[]): { readonly global: GlobalArgs; readonly args: CommandArgs } {
  const { given, positionals } = splitWords(argv)
  const global = { json: given.has('json'), state: text(given, 'state'), alias: alias(given, 'alias') }
  if (given.has('version')) return { global, args: { command: 'version' } }
  const [word, ...rest] = positionals
  if (word === undefined) {
    if (given.has('help')) return { global, args: { command: 'help', about: null } }
    throw wrongUse('command-missing')
  }
  const command = commandName(word)
  if (given.has('help')) return { global, args: { command: 'help', about: command } }
  try {
    return { global, args: commandArgs(command, checkedFor(command, given), rest) }
  } catch (error) {
    // The hint of a usage error then names the help page of this command.
    if (error instanceof PenstockError)
      throw new PenstockError(error.code, { ...error.params, about: command })
    throw error
  }
}
