import { integer, seconds, wrongUse, type Given } from './options.ts'
import { pinSource } from './transfer-options.ts'
import type { ShareArgs } from './types.ts'

/** Seconds of `--for`: up to a year. */
const LONGEST = 31_536_000

export function shareArgs(given: Given, paths: readonly string[]): ShareArgs {
  if (paths.length === 0) throw wrongUse('paths-missing')
  if (paths.includes('')) throw wrongUse('option-empty', { option: 'PATH' })
  return {
    command: 'share',
    paths,
    exclude: given.all('exclude'),
    loopback: given.has('loopback'),
    port: integer(given, 'port', 0, 65535, 'default'),
    secure: !given.has('clear'),
    seconds: seconds(given, 'for', 1, LONGEST, null),
    pin: pinSource(given),
  }
}
