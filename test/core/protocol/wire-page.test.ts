// Invariant: each limit that WIRE.md states is the limit of the code, so that the page stays true. A sentence that
// is rewritten must be updated here.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { MAX_DEVICES, MAX_PER_HOST } from '../../../main/core/discovery/registry.ts'
import { A_MOMENT, TO_THE_END } from '../../../main/core/protocol/http/answers.ts'
import { CONTROL_LIMITS } from '../../../main/core/protocol/http/handlers.ts'
import { OBJECT_BYTES, VALUE_BYTES } from '../../../main/core/protocol/http/json-cost.ts'
import {
  MAX_PENDING,
  MAX_PENDING_PER_NETWORK,
  PREAMBLE_MS,
} from '../../../main/core/protocol/penstock/data-port.ts'
import { PAIRING_LIMITS } from '../../../main/core/protocol/penstock/pairing.ts'
import { OFFER_LIMITS } from '../../../main/core/protocol/penstock/offer.ts'
import { HELLO_BYTES, PREAMBLE_BYTES } from '../../../main/core/protocol/penstock/preamble.ts'
import { ATTEMPT_LIMITS } from '../../../main/core/pairing/attempts.ts'
import { FIRST_LINE_MS } from '../../../main/core/pairing/pairings.ts'
import { PAIRING_MS } from '../../../main/core/pairing/run.ts'
import { DECISION_MS } from '../../../main/core/receive/incoming.ts'
import { ADMISSION_LIMITS } from '../../../main/core/receive/offers/admission.ts'
import { OFFER_TIMES } from '../../../main/core/receive/offers/incoming-offer.ts'
import { PIN_LIMITS } from '../../../main/core/receive/offers/pin.ts'
import { LAST_WORD_MS } from '../../../main/core/receive/penstock-sessions.ts'
import { BURST, PER_SECOND } from '../../../main/core/receive/poll-limit.ts'
import { STREAM_LIMITS } from '../../../main/core/transfer/limits.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const KIB = 1024
const MIB = 1024 * KIB

function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
}

/** The number that a header of the engine gives a name; durations are in the unit of their type. */
function native(header: string, name: string): number {
  const text = read(`native/src/${header}`)
  const [, value, shift] =
    new RegExp(`\\b${name}(?: = |\\{)(\\d+)(?:ull)?(?: << (\\d+))?[;}]`, 'u').exec(text) ?? []
  assert.ok(value !== undefined, `${name} in ${header}`)
  return Number(value) * 2 ** Number(shift ?? 0)
}

/** How long a party is locked, each time in minutes, up to the longest time. */
function locks(): number[] {
  const { firstLockMs, longestLockMs } = PIN_LIMITS
  const found: number[] = []
  for (let lock = firstLockMs; ; lock *= 2) {
    found.push(Math.min(lock, longestLockMs) / MINUTE)
    if (lock >= longestLockMs) return found
  }
}

const RECEIVER = 'connection/sender_watch.h'
const SENDER = 'send/send_session.h'
const FRAMES = 'wire/frame.h'

/** Sentences of the page, with a placeholder for each number, and the code's numbers. */
const STATED: readonly (readonly [sentence: string, ...numbers: number[]])[] = [
  // §1
  [
    'A line has at most # characters, a manifest at most # entries and # characters',
    ...[OFFER_LIMITS.line, OFFER_LIMITS.entries, OFFER_LIMITS.characters],
  ],
  ['Entries in `refused`, at most #,', OFFER_LIMITS.refused],
  ['connect within # s of the answer', STREAM_LIMITS.allStreamsMs / SECOND],
  ['until # s after the end', LAST_WORD_MS / SECOND],
  ['The first # polls may come at once, and # more each second', BURST, PER_SECOND],
  ['it cannot open all streams within # s', STREAM_LIMITS.dataPortMs / SECOND],
  ['waits # s for the body', STREAM_LIMITS.replaceMs / SECOND],
  // §2
  ['sends the **preamble**, # bytes', PREAMBLE_BYTES],
  ['The receiver answers **HELLO**, # bytes', HELLO_BYTES],
  // §3
  ['Header, # bytes', native(FRAMES, 'kHeaderBytes')],
  ['**ranges** of # MiB (# bytes)', native(FRAMES, 'kRangeBytes') / MIB, native(FRAMES, 'kRangeBytes')],
  ['number of entries, ≥ 1 | 0 | ≤ # MiB', native(FRAMES, 'kMaxBatchBody') / MIB],
  [
    'at most # MiB of body bytes and # units',
    ...[native(FRAMES, 'kWindowBytes') / MIB, native(FRAMES, 'kWindowUnits')],
  ],
  ['holds at most # files that have begun', native(FRAMES, 'kMaxOpenFiles')],
  ['receives nothing for # s ends: timed-out', native('connection/link.h', 'kIdleLimit')],
  ['not all announced streams have connected # s after the first', native(RECEIVER, 'streams') / SECOND],
  [
    'less than # bytes, and no whole frame but KEEPALIVE) for # s',
    ...[native(RECEIVER, 'kLeastContent'), native(RECEIVER, 'stall') / SECOND],
  ],
  [
    'no frame has arrived for # s, and after # min in any case',
    ...[native(SENDER, 'silence') / SECOND, native(SENDER, 'inAll') / MINUTE],
  ],
  ['and after # s in any case (5 s after DONE)', native(RECEIVER, 'farewell') / SECOND],
  // §5
  [
    'connections to the control port | #, # per network',
    ...[CONTROL_LIMITS.connections, CONTROL_LIMITS.connectionsPerNetwork],
  ],
  [
    'without a preamble | #, # per network, # s each',
    ...[MAX_PENDING, MAX_PENDING_PER_NETWORK, PREAMBLE_MS / SECOND],
  ],
  ['devices in the list | #, # per address', MAX_DEVICES, MAX_PER_HOST],
  [
    'headers of a request | # s each, headers # KiB',
    ...[CONTROL_LIMITS.headersMs / SECOND, CONTROL_LIMITS.headerBytes / KIB],
  ],
  ['offer | # MiB within # s', ...[CONTROL_LIMITS.offerBytes / MIB, CONTROL_LIMITS.offerMs / SECOND]],
  [
    'any other JSON body | # KiB within # s',
    ...[CONTROL_LIMITS.jsonBytes / KIB, CONTROL_LIMITS.jsonMs / SECOND],
  ],
  [
    'a length of at most # MiB: read to its end, # s; any other: read for # s or # MiB',
    ...[TO_THE_END.bytes / MIB, TO_THE_END.ms / SECOND, A_MOMENT.ms / SECOND, A_MOMENT.bytes / MIB],
  ],
  ['wait for an answer | #, # per network', ...[ADMISSION_LIMITS.offers, ADMISSION_LIMITS.offersPerNetwork]],
  [
    'implied folders included | # MiB, # MiB per network',
    ...[ADMISSION_LIMITS.bytes / MIB, ADMISSION_LIMITS.bytesPerNetwork / MIB],
  ],
  ['plus # for each `{` and `[`, plus # for each comma', OBJECT_BYTES, VALUE_BYTES],
  ['in total | # s, # min', OFFER_TIMES.entryMs / SECOND, OFFER_TIMES.wholeMs / MINUTE],
  ['decision on an offer | # min', DECISION_MS / MINUTE],
  [
    'entries | # characters, # Mi characters, #',
    ...[OFFER_LIMITS.line, OFFER_LIMITS.characters / MIB, OFFER_LIMITS.entries],
  ],
  // §7
  ['empty line every # s', PAIRING_LIMITS.aliveMs / SECOND],
  ['rA and rB # random bytes', PAIRING_LIMITS.nonceBytes],
  ['one side | # KiB, # KiB', PAIRING_LIMITS.lineBytes / KIB, PAIRING_LIMITS.allBytes / KIB],
  ['the first line | # s', FIRST_LINE_MS / SECOND],
  ['both `confirm` | # min', PAIRING_MS / MINUTE],
  ['wait to be opened | 1; #,', ATTEMPT_LIMITS.waiting],
  [
    'was sent, within # min; requests of one network that are not opened, likewise | #',
    ...[ATTEMPT_LIMITS.withinMs / MINUTE, ATTEMPT_LIMITS.failed],
  ],
  ['count together | #, then locked for #, #, #, #, # min', PIN_LIMITS.wrong, ...locks()],
]

const page = read('main/core/protocol/WIRE.md').replaceAll(/\s+/gu, ' ')

function pattern(sentence: string): RegExp {
  const literal = sentence.split('#').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'))
  return new RegExp(literal.join(String.raw`(\d{1,3}(?: \d{3})*|\d+)`), 'gu')
}

for (const [sentence, ...numbers] of STATED) {
  test(sentence, () => {
    const found = [...page.matchAll(pattern(sentence))]
    assert.equal(found.length, 1, 'The page states it once.')
    const [, ...stated] = found[0] ?? []
    assert.deepEqual(
      stated.map((number) => Number(number.replaceAll(' ', ''))),
      numbers,
    )
  })
}
