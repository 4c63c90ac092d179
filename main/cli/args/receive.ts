import { CONFLICT_RULES, DURABILITIES } from '../../contract/report.ts'
import { BUFFER_BYTES, RECEIVE_TECHNIQUES } from '../../contract/technique.ts'
import { choice, fingerprint, integer, size, text, type Given, wrongUse } from './options.ts'
import { dontcache, pinSource, technique } from './transfer-options.ts'
import type { ReceiveArgs } from './types.ts'

/** A browser has no certificate, so it cannot be the only device that is admitted. */
function linkAllowed(given: Given): boolean {
  if (given.has('link') && given.has('only')) throw wrongUse('link-not-only')
  return given.has('link')
}

export function receiveArgs(given: Given): ReceiveArgs {
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
    link: linkAllowed(given),
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
