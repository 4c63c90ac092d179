// Invariant: the table of techniques names each technique once, under the transfers that it carries, with a reason; one is chosen
// for each kind of transfer that the machine can send.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN_STREAMS } from '../../../main/contract/report.ts'
import {
  isSealing,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../main/contract/technique.ts'
import type { PlanFacts } from '../../../main/core/plan/plan.ts'
import { techniqueRows, type TransferRow } from '../../../main/core/plan/techniques.ts'

const without = (...gone: readonly Technique[]): PlanFacts => ({
  ...{
    platform: 'linux',
    conveyance: PLAIN_STREAMS,
    memoryBytes: 8e9,
    freeMemoryBytes: 8e9,
    targetSkipsCache: false,
  },
  ...{ source: null, targetFileSystem: null, route: null },
  supported: {
    send: SEND_TECHNIQUES.filter((one) => one !== 'transmitfile' && !gone.includes(one)),
    receive: RECEIVE_TECHNIQUES.filter((one) => !gone.includes(one)),
  },
})

/** The chosen ones, and those that cannot run. */
function summary(rows: readonly TransferRow<Technique>[]): string {
  const names = (found: readonly TransferRow<Technique>[]): string =>
    found.map(({ technique, security }) => `${technique} ${security}`).join(', ')
  return `${names(rows.filter(({ chosen }) => chosen))} | ${names(rows.filter(({ available }) => !available))}`
}

const MACHINES = [
  [
    'with kernel TLS',
    without(),
    'ktls encrypted, sendfile clear | transmitfile clear',
    'ktls encrypted, splice clear | ',
  ],
  [
    'with a cipher library only',
    without('ktls'),
    'seal encrypted, sendfile clear | ktls encrypted, transmitfile clear',
    'unseal encrypted, splice clear | ktls encrypted',
  ],
  [
    'with neither',
    without('ktls', 'seal', 'unseal'),
    'sendfile clear | seal encrypted, ktls encrypted, transmitfile clear',
    'splice clear | unseal encrypted, ktls encrypted',
  ],
] as const

for (const [machine, facts, sending, receiving] of MACHINES) {
  test(`the techniques of a machine ${machine}`, () => {
    const { send, receive } = techniqueRows(facts, null)
    assert.equal(summary(send), sending)
    assert.equal(summary(receive), receiving)
    for (const [rows, all] of [
      [send, SEND_TECHNIQUES],
      [receive, RECEIVE_TECHNIQUES],
    ] as const) {
      assert.deepEqual(rows.map(({ technique }) => technique).sort(), [...all].sort())
      for (const { technique, security } of rows)
        assert.equal(security, isSealing(technique) ? 'encrypted' : 'clear')
    }
  })
}

for (const body of ['https', 'http'] as const) {
  test(`to a device that takes bodies over ${body} nothing but a buffer runs`, () => {
    const { send } = techniqueRows(without(), body)
    const [first, ...others] = send
    assert.equal(first?.technique, 'readwrite')
    assert.equal(first.security, body === 'https' ? 'encrypted' : 'clear')
    assert.ok(others.every(({ available }) => !available))
  })
}
