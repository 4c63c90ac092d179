// Invariant: each limit that the threat model states is the limit of the code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { RECENT_DEVICES } from '../../../main/contract/settings.ts'
import { TRUSTED_LIMITS } from '../../../main/contract/trust.ts'
import { ASK_LIMITS } from '../../../main/core/discovery/query-queue.ts'
import { MAX_DEVICES, MAX_PER_HOST } from '../../../main/core/discovery/registry.ts'
import { LINK_LIMITS } from '../../../main/core/link/server.ts'
import { MAX_SESSIONS } from '../../../main/core/link/sessions.ts'
import { ATTEMPT_LIMITS } from '../../../main/core/pairing/attempts.ts'
import { PAIRING_MS } from '../../../main/core/pairing/run.ts'
import { CONTROL_LIMITS } from '../../../main/core/protocol/http/handlers.ts'
import {
  MAX_PENDING,
  MAX_PENDING_PER_NETWORK,
  PREAMBLE_MS,
} from '../../../main/core/protocol/penstock/data-port.ts'
import { DECISION_MS } from '../../../main/core/receive/incoming.ts'
import { ADMISSION_LIMITS } from '../../../main/core/receive/offers/admission.ts'
import { PIN_LIMITS } from '../../../main/core/receive/offers/pin.ts'
import { UPLOAD_LIMITS } from '../../../main/core/receive/upload-session.ts'
import { HISTORY_LIMITS } from '../../../main/core/store/history.ts'
import { UNSETTLED_MS } from '../../../renderer/ui/useSettled.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const KIB = 1024
const MIB = 1024 * KIB

const text = readFileSync(new URL('../../../docs/threat-model.md', import.meta.url), 'utf8')

/** The numbers of each row of the table of limits, by what it limits. */
const rows = new Map(
  [...text.slice(text.indexOf('## Limits')).matchAll(/^\| (.+?) +\| (.+?) +\|$/gmu)].map(
    ([, what = '', limit = '']) => [
      what,
      [...limit.matchAll(/\d+(?: \d{3})*/gu)].map(([number]) => Number(number.replaceAll(' ', ''))),
    ],
  ),
)

const LIMITS: Readonly<Record<string, readonly number[]>> = {
  'connections to the control port': [CONTROL_LIMITS.connections, CONTROL_LIMITS.connectionsPerNetwork],
  'connections to the data port without a preamble': [
    ...[MAX_PENDING, MAX_PENDING_PER_NETWORK, PREAMBLE_MS / SECOND],
  ],
  'TLS handshake, headers of a request': [
    CONTROL_LIMITS.headersMs / SECOND,
    CONTROL_LIMITS.headerBytes / KIB,
  ],
  'idle connection': [CONTROL_LIMITS.idleMs / SECOND],
  'JSON of an offer, of any other request': [CONTROL_LIMITS.offerBytes / MIB, CONTROL_LIMITS.jsonBytes / KIB],
  'offers that are read or wait for an answer': [ADMISSION_LIMITS.offers, ADMISSION_LIMITS.offersPerNetwork],
  'memory of these offers': [ADMISSION_LIMITS.bytes / MIB, ADMISSION_LIMITS.bytesPerNetwork / MIB],
  'decision on an offer': [DECISION_MS / MINUTE],
  'accepted sessions of LocalSend devices': [UPLOAD_LIMITS.sessions, UPLOAD_LIMITS.perNetwork],
  'wrong PINs per network or known device': [
    ...[PIN_LIMITS.wrong, PIN_LIMITS.firstLockMs / MINUTE, PIN_LIMITS.longestLockMs / MINUTE],
  ],
  'devices in the list': [MAX_DEVICES, MAX_PER_HOST],
  'queries caused by announcements': [
    ...[ASK_LIMITS.atOnce, ASK_LIMITS.perSecond, ASK_LIMITS.waiting, ASK_LIMITS.perSource],
  ],
  'recent devices, trusted devices': [RECENT_DEVICES, TRUSTED_LIMITS.devices],
  'addresses bound to a trusted device': [TRUSTED_LIMITS.addresses],
  'pairing: time, requests that wait': [PAIRING_MS / MINUTE, ATTEMPT_LIMITS.waiting],
  'pairings that fail, then locked': [ATTEMPT_LIMITS.failed, ATTEMPT_LIMITS.withinMs / MINUTE],
  'connections to a link': [LINK_LIMITS.connections, LINK_LIMITS.connectionsPerNetwork],
  'a link: TLS handshake, headers of a request, idle connection': [
    LINK_LIMITS.headersMs / SECOND,
    LINK_LIMITS.headerBytes / KIB,
    LINK_LIMITS.idleMs / SECOND,
  ],
  'sessions of a link': [MAX_SESSIONS],
  history: [HISTORY_LIMITS.lines],
  'records of one sealed stream': [2 ** 24],
}

for (const [what, numbers] of Object.entries(LIMITS)) {
  test(what, () => {
    assert.deepEqual(rows.get(what), numbers)
  })
}

test('every row of the table is held, and the time in which a question is inert', () => {
  assert.deepEqual(
    [...rows.keys()].filter((what) => !/^(what|-+)$/u.test(what)).sort(),
    Object.keys(LIMITS).sort(),
  )
  assert.match(text, new RegExp(`within ${UNSETTLED_MS} ms after it has changed`, 'u'))
})
