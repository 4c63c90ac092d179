import { CONFLICT_RULES, DURABILITIES } from '../../contract/report.ts'
import { BUFFER_BYTES, COPY_TECHNIQUES, SEND_TECHNIQUES } from '../../contract/technique.ts'
import { COMMAND_OPTIONS } from './command-options.ts'
import { choice, integer, size, text, wrongUse, type Given, type OptionName } from './options.ts'
import {
  destination,
  dontcache,
  mapOptions,
  named,
  pinSource,
  refuseAny,
  technique,
} from './transfer-options.ts'
import type { CopyArgs, SendArgs } from './types.ts'

/** Options of `send` that are valid only with `--to-folder`, those valid with it, and those valid only without it. */
const TO_FOLDER: readonly OptionName[] = ['durability', 'on-conflict']
const WITH_FOLDER: readonly OptionName[] = ['to-folder', 'exclude', 'technique', ...TO_FOLDER]
const OVER_NETWORK = COMMAND_OPTIONS.send.filter((name) => !WITH_FOLDER.includes(name))

function copyArgs(given: Given, paths: readonly string[], dir: string): CopyArgs {
  refuseAny(given, OVER_NETWORK, 'not-to-folder')
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

/** Of `penstock send`, with or without `--to-folder`. */
export function sendArgs(given: Given, paths: readonly string[]): SendArgs | CopyArgs {
  if (paths.length === 0) throw wrongUse('paths-missing')
  if (paths.includes('')) throw wrongUse('option-empty', { option: 'PATH' })
  const folder = text(given, 'to-folder')
  if (folder !== null) return copyArgs(given, paths, folder)
  refuseAny(given, TO_FOLDER, 'only-to-folder')
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
