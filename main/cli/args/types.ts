import type { ComparePreset } from '../../contract/compare.ts'
import type { ConflictRule, Durability } from '../../contract/report.ts'
import type { CopyTechnique, MapOption, SendTechnique } from '../../contract/technique.ts'
import type { ReceiveOptions, ShareOptions } from '../../core/index.ts'
import type { PinSource } from '../terminal/pin.ts'
import type { DevicesArgs } from './devices.ts'
import type { CommandName } from './words.ts'

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
  /** Whether browsers can send as well, by a link. */
  readonly link: boolean
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

/** `penstock share`: a link for browsers. */
export interface ShareArgs extends Pick<ShareOptions, 'paths' | 'port' | 'secure' | 'seconds'> {
  readonly command: 'share'
  readonly exclude: readonly string[]
  readonly loopback: boolean
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
  | ShareArgs
  | { readonly command: 'peers'; readonly seconds: number }
  | TechniquesArgs
  | { readonly command: 'demo' }
  | { readonly command: 'history'; readonly limit: number }
  | { readonly command: 'pair'; readonly device: string }
  | DevicesArgs
  | { readonly command: 'help'; readonly about: CommandName | null }
  | { readonly command: 'version' }

/** Arguments of every command. */
export interface GlobalArgs {
  readonly json: boolean
  readonly state: string | null
  readonly alias: string | null
}
