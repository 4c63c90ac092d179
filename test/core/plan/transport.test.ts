// Invariant: the transport of a stream decides which techniques can be chosen for it, in both directions: the plan takes no other,
// gives the reason of each other, and falls back to none that cannot run there. The transport follows the user's wish.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Conveyance,
  KERNEL_TLS_STREAMS,
  PLAIN_BODY,
  PLAIN_STREAMS,
  SEALED_STREAMS,
  TLS_BODY,
} from '../../../main/contract/report.ts'
import {
  type Choice,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../main/contract/technique.ts'
import {
  fallbackOrder,
  type PlanFacts,
  planReceive,
  planSend,
  RECEIVE_ORDER,
  SEND_ORDER,
} from '../../../main/core/plan/plan.ts'
import { planReceiveTransport, planSendTransport } from '../../../main/core/plan/transport.ts'
import { assertReceiverWish } from '../../../main/core/plan/wish.ts'

/** All that Linux has, so that only the conveyance can rule out a technique. */
const linux: Omit<PlanFacts, 'conveyance'> = {
  platform: 'linux',
  supported: {
    send: SEND_TECHNIQUES.filter((technique) => technique !== 'transmitfile'),
    receive: RECEIVE_TECHNIQUES,
  },
  memoryBytes: 16e9,
  freeMemoryBytes: 16e9,
  targetSkipsCache: false,
  ...{ source: null, targetFileSystem: null, route: null },
}

const PLAIN_SENDING = ['readwrite', 'mmap', 'gather', 'sendfile', 'splice', 'direct', 'zerocopy'] as const
const PLAIN_RECEIVING = ['readwrite', 'mmap', 'splice', 'direct'] as const

interface Way {
  readonly name: string
  readonly conveyance: Conveyance
  readonly send: readonly Technique[]
  readonly receive: readonly Technique[]
  /** Reason of each technique that cannot be chosen: of those without a cipher, of the engine's with one, of the kernel's. */
  readonly why: readonly [plain: string, engine: string, kernel: string]
}

const WAYS: readonly Way[] = [
  {
    name: 'plain streams',
    conveyance: PLAIN_STREAMS,
    ...{ send: PLAIN_SENDING, receive: PLAIN_RECEIVING },
    why: ['', 'nothing-to-encrypt', 'nothing-to-encrypt'],
  },
  {
    name: 'sealed streams',
    conveyance: SEALED_STREAMS,
    ...{ send: ['seal'], receive: ['unseal'] },
    why: ['needs-clear', '', 'engine-has-keys'],
  },
  {
    name: 'streams of kernel TLS',
    conveyance: KERNEL_TLS_STREAMS,
    ...{ send: ['ktls'], receive: ['ktls'] },
    why: ['needs-clear', 'kernel-has-keys', ''],
  },
  {
    name: 'a body over HTTPS',
    conveyance: TLS_BODY,
    ...{ send: ['readwrite'], receive: ['readwrite'] },
    why: ['needs-clear', 'encrypted-in-node', 'encrypted-in-node'],
  },
  {
    name: 'a body over HTTP',
    conveyance: PLAIN_BODY,
    ...{ send: ['readwrite'], receive: ['readwrite'] },
    why: ['body-in-node', 'body-in-node', 'body-in-node'],
  },
]

const kindOf = (technique: Technique): 0 | 1 | 2 =>
  technique === 'ktls' ? 2 : technique === 'seal' || technique === 'unseal' ? 1 : 0

/** Checks one direction over one way against its row of the table. */
function holds<T extends Technique>(
  { conveyance, why }: Way,
  all: readonly T[],
  can: readonly Technique[],
  plan: (facts: PlanFacts, wanted: T | 'auto') => Choice<T>,
): void {
  const facts: PlanFacts = { ...linux, conveyance }
  const auto = plan(facts, 'auto')
  assert.ok(can.includes(auto.technique), `auto: ${auto.technique}`)
  for (const wanted of all) {
    const { technique, rejected } = plan(facts, wanted)
    assert.equal(technique, can.includes(wanted) ? wanted : auto.technique, wanted)
    const reason = rejected.find((other) => other.technique === wanted)?.why
    if (wanted === 'transmitfile') assert.equal(reason?.code, 'not-supported-here')
    else assert.equal(reason?.code, can.includes(wanted) ? undefined : why[kindOf(wanted)], wanted)
  }
}

for (const way of WAYS) {
  test(`sending over ${way.name} takes only what runs there, and gives the reason against any other`, () => {
    holds(way, SEND_TECHNIQUES, way.send, planSend)
  })
  test(`receiving over ${way.name} takes only what runs there, and gives the reason against any other`, () => {
    holds(way, RECEIVE_TECHNIQUES, way.receive, planReceive)
  })
}

/** Fallbacks: on kernel TLS a plain read, and the engine if the kernel does not take the keys. */
const STANDING_IN: Readonly<
  Record<'send' | 'receive', readonly (readonly [Technique, readonly Technique[]])[]>
> = {
  send: [
    ['sendfile', ['mmap', 'readwrite']],
    ['readwrite', ['sendfile', 'mmap']],
    ['seal', []],
    ['ktls', ['readwrite', 'seal']],
  ],
  receive: [
    ['splice', ['readwrite']],
    ['direct', ['splice', 'readwrite']],
    ['unseal', []],
    ['ktls', ['readwrite', 'unseal']],
  ],
}

test('what stands in for a technique runs on the same stream', () => {
  const choice = (technique: Technique): Choice => ({
    ...{ technique, reason: { code: 'chosen-by-user' }, rejected: [] },
  })
  for (const [technique, others] of STANDING_IN.send)
    assert.deepEqual(fallbackOrder(choice(technique), SEND_ORDER, linux.supported.send), others, technique)
  for (const [technique, others] of STANDING_IN.receive)
    assert.deepEqual(
      fallbackOrder(choice(technique), RECEIVE_ORDER, linux.supported.receive),
      others,
      technique,
    )
})

/** What the machine has beside `readwrite`, the wish, and the result in each direction. `E`: the engine's technique. */
const TRANSPORTS: readonly (readonly [
  'E+ktls' | 'E' | 'ktls' | '-',
  'E' | 'ktls' | 'auto' | 'readwrite',
  string,
])[] = [
  ['E+ktls', 'auto', 'kernel-tls by kernel'],
  ['E+ktls', 'ktls', 'kernel-tls by chosen'],
  ['E+ktls', 'E', 'sealed by chosen'],
  ['E+ktls', 'readwrite', 'kernel-tls by kernel'],
  ['E', 'auto', 'sealed by engine'],
  ['E', 'E', 'sealed by chosen'],
  ['E', 'ktls', 'sealed by engine'],
  ['E', 'readwrite', 'sealed by engine'],
  ['ktls', 'auto', 'kernel-tls by kernel'],
  ['ktls', 'E', 'kernel-tls by kernel'],
  ['-', 'auto', 'none'],
  ['-', 'E', 'none'],
  ['-', 'ktls', 'none'],
]

for (const [has, wish, expected] of TRANSPORTS) {
  test(`the transport of a machine that has ${has}, by the wish ${wish}: ${expected}`, () => {
    const supported = (engine: 'seal' | 'unseal') => [
      'readwrite' as const,
      ...(has.includes('E') ? [engine] : []),
      ...(has.includes('ktls') ? ['ktls' as const] : []),
    ]
    const facts = { ...linux, supported: { send: supported('seal'), receive: supported('unseal') } }
    const words = (conveyance: Conveyance | null, plan: (facts: PlanFacts) => Choice): string => {
      if (conveyance === null) return 'none'
      assert.equal(conveyance.cipher, 'sealed')
      const { reason } = plan({ ...facts, conveyance })
      return `${String(conveyance.transport)} by ${reason.code.split('-')[0] ?? ''}`
    }
    const send = wish === 'E' ? 'seal' : wish
    assert.equal(
      words(planSendTransport(facts, send), (all) => planSend(all, send)),
      expected,
    )
    const receive = wish === 'E' ? 'unseal' : wish
    assert.equal(
      words(planReceiveTransport(facts, receive), (all) => planReceive(all, receive)),
      expected,
    )
  })
}

test('a receiver takes every wish that one of its transfers can have, and no other', () => {
  for (const wanted of ['auto', ...RECEIVE_TECHNIQUES] as const) {
    assertReceiverWish(linux, wanted)
    const bare = { ...linux, supported: { send: [], receive: ['readwrite'] } } as const
    if (wanted === 'auto' || wanted === 'readwrite') assertReceiverWish(bare, wanted)
    else
      assert.throws(
        () => {
          assertReceiverWish(bare, wanted)
        },
        { code: 'technique-unavailable' },
      )
  }
})
