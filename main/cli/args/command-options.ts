import type { OptionName } from './options.ts'
import type { CommandName } from './words.ts'

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
    'link',
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
  share: ['exclude', 'for', 'pin', 'pin-file', 'clear', 'port', 'loopback'],
  peers: ['for'],
  techniques: ['to', 'to-folder'],
  compare: ['to', 'preset', 'techniques', 'runs', 'csv', 'size', 'dir', 'check', 'pin', 'pin-file'],
  demo: [],
  history: ['limit'],
  pair: [],
  devices: ['name', 'always-accept', 'unencrypted'],
  help: [],
}
