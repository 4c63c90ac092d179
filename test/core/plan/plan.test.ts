// Invariant: the plan never chooses a technique that cannot run, gives a reason for every technique, obeys the user if
// possible, and is the same for the same facts.
import { PLAIN_BODY, PLAIN_STREAMS, TLS_BODY } from '../../../main/contract/report.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteFacts, SourceFacts } from '../../../main/contract/facts.ts'
import {
  type Reason,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type SendTechnique,
} from '../../../main/contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from '../../../main/core/plan/plan.ts'

const GIB = 1024 ** 3
const all = ['readwrite', 'mmap', 'gather', 'sendfile', 'splice', 'direct', 'zerocopy'] as const
const receiving = ['readwrite', 'mmap', 'splice', 'direct'] as const
const linux: PlanFacts = {
  platform: 'linux',
  conveyance: PLAIN_STREAMS,
  supported: { send: all, receive: receiving },
  memoryBytes: 16 * GIB,
  freeMemoryBytes: 12 * GIB,
  source: null,
  targetFileSystem: null,
  targetSkipsCache: false,
  route: null,
}
const file: SourceFacts = {
  files: 1,
  pieces: 1,
  bytes: 2 * GIB,
  cachedShare: 1,
  skipsCache: true,
  fileSystem: 'ext4',
}
const small: SourceFacts = { ...file, files: 10_000, pieces: 10_000, bytes: 10_000 * 4096 }
const log: SourceFacts = { ...file, pieces: 5000, bytes: 5000 * 512 }
const longPieces: SourceFacts = { ...log, bytes: 5000 * 4096 }
const card: RouteFacts = {
  interfaceName: 'eth0',
  driver: 'e1000e',
  scatterGather: true,
  tso: true,
  gso: true,
  tlsOffload: false,
  mtu: 1500,
  linkMbps: 1000,
  virtual: false,
  sameMachine: false,
}

interface Case {
  readonly when: string
  readonly facts: PlanFacts
  readonly wanted?: SendTechnique
  readonly taken: SendTechnique
  readonly reason: Reason
}

const cases: readonly Case[] = [
  {
    when: 'nothing is named yet',
    facts: linux,
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order' },
  },
  {
    when: 'a large file in the cache goes through a card that gathers',
    facts: { ...linux, source: file, route: card },
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order', params: { files: 1, bytes: 2 * GIB, cached: 100 } },
  },
  {
    when: 'the system says nothing of the cache',
    facts: { ...linux, source: { ...file, cachedShare: null }, route: card },
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order', params: { files: 1, bytes: 2 * GIB } },
  },
  {
    when: 'there are many small files',
    facts: { ...linux, source: small, route: card },
    taken: 'readwrite',
    reason: { code: 'many-small-files', params: { files: 10_000, mean: 4096 } },
  },
  {
    when: 'there are many small files, and nobody knows the way',
    facts: { ...linux, source: small },
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order', params: { files: 10_000, bytes: 10_000 * 4096, cached: 100 } },
  },
  {
    when: 'there are many small files for this machine',
    facts: { ...linux, source: small, route: { ...card, sameMachine: true, virtual: true } },
    taken: 'sendfile',
    reason: { code: 'socket-to-this-machine' },
  },
  {
    when: 'there are a few small files',
    facts: { ...linux, source: { ...small, files: 63, pieces: 63, bytes: 63 * 4096 }, route: card },
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order', params: { files: 63, bytes: 63 * 4096, cached: 100 } },
  },
  {
    when: 'there are many files that are not small',
    facts: { ...linux, source: { ...small, bytes: 10_000 * 16_385 }, route: card },
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order', params: { files: 10_000, bytes: 10_000 * 16_385, cached: 100 } },
  },
  {
    when: 'small pieces lie scattered in one log',
    facts: { ...linux, source: log, route: card },
    taken: 'gather',
    reason: { code: 'scattered-pieces', params: { pieces: 5000, mean: 512 } },
  },
  {
    when: 'they do, and this build cannot gather',
    facts: { ...linux, source: log, supported: { send: ['sendfile', 'readwrite'], receive: receiving } },
    taken: 'sendfile',
    reason: { code: 'pieces-by-calls', params: { pieces: 5000, mean: 512 } },
  },
  {
    when: 'pieces lie scattered and are longer than a copy of them costs less than a call',
    facts: { ...linux, source: longPieces, route: card },
    taken: 'sendfile',
    reason: { code: 'pieces-by-calls', params: { pieces: 5000, mean: 4096 } },
  },
  {
    when: 'the interface has no scatter-gather',
    facts: { ...linux, source: file, route: { ...card, scatterGather: false } },
    taken: 'sendfile',
    reason: { code: 'no-scatter-gather', params: { interface: 'eth0' } },
  },
  {
    when: 'the other end is this machine',
    facts: { ...linux, source: file, route: { ...card, sameMachine: true, virtual: true } },
    taken: 'sendfile',
    reason: { code: 'socket-to-this-machine' },
  },
  {
    when: 'the user wants another that runs here',
    facts: { ...linux, source: file },
    wanted: 'mmap',
    taken: 'mmap',
    reason: { code: 'chosen-by-user' },
  },
  {
    when: 'the user wants one of another system',
    facts: linux,
    wanted: 'transmitfile',
    taken: 'sendfile',
    reason: { code: 'whole-files-in-order' },
  },
  {
    when: 'the bytes are encrypted in user space',
    facts: { ...linux, conveyance: TLS_BODY, source: log },
    taken: 'readwrite',
    reason: { code: 'encrypted-in-node' },
  },
  {
    when: 'they are, whatever the user wants',
    facts: { ...linux, conveyance: TLS_BODY },
    wanted: 'sendfile',
    taken: 'readwrite',
    reason: { code: 'encrypted-in-node' },
  },
  {
    when: 'they go in the body of a request that is not encrypted',
    facts: { ...linux, conveyance: PLAIN_BODY },
    taken: 'readwrite',
    reason: { code: 'body-in-node' },
  },
  {
    when: 'a kernel has nothing better',
    facts: { ...linux, source: file, supported: { send: ['readwrite'], receive: ['readwrite'] } },
    taken: 'readwrite',
    reason: { code: 'nothing-better-here' },
  },
]

for (const { when, facts, wanted, taken, reason } of cases) {
  test(`sending by ${taken} when ${when}`, () => {
    const choice = planSend(facts, wanted ?? 'auto')
    assert.equal(choice.technique, taken)
    assert.deepEqual(choice.reason, reason)
    const named = [choice.technique, ...choice.rejected.map(({ technique }) => technique)]
    assert.deepEqual([...named].sort(), [...SEND_TECHNIQUES].sort())
    assert.deepEqual(planSend(facts, wanted ?? 'auto'), choice)
  })
}

const whyNot: readonly (readonly [string, PlanFacts, SendTechnique, Reason])[] = [
  ['by its copies', linux, 'mmap', { code: 'copies-more', params: { cpu: 1 } }],
  ['by its copies', linux, 'readwrite', { code: 'copies-more', params: { cpu: 2 } }],
  ['by its calls', linux, 'splice', { code: 'through-a-pipe' }],
  ['for whole files', { ...linux, source: file }, 'gather', { code: 'not-scattered' }],
  [
    'for what is cached',
    { ...linux, source: file },
    'direct',
    { code: 'cached-already', params: { cached: 100 } },
  ],
  [
    'for what fits in the cache',
    { ...linux, source: { ...file, cachedShare: 0 } },
    'direct',
    { code: 'would-stay-cached' },
  ],
  ['on tmpfs', { ...linux, source: { ...file, fileSystem: 'tmpfs' } }, 'direct', { code: 'no-disk-below' }],
  [
    'without a card',
    { ...linux, route: { ...card, interfaceName: 'lo', virtual: true } },
    'zerocopy',
    { code: 'kernel-would-copy', params: { interface: 'lo' } },
  ],
  ['with a card', { ...linux, route: card }, 'zerocopy', { code: 'pages-to-be-pinned' }],
  ['on another system', linux, 'transmitfile', { code: 'not-supported-here', params: { platform: 'linux' } }],
  ['in a request', { ...linux, conveyance: TLS_BODY }, 'mmap', { code: 'needs-clear' }],
  [
    'in a request that Node encrypts',
    { ...linux, conveyance: TLS_BODY, supported: { send: ['readwrite', 'seal'], receive: [] } },
    'seal',
    { code: 'encrypted-in-node' },
  ],
  [
    'in a request that is not encrypted',
    { ...linux, conveyance: PLAIN_BODY },
    'mmap',
    { code: 'body-in-node' },
  ],
]

for (const [where, facts, technique, reason] of whyNot) {
  test(`not ${technique} ${where}`, () => {
    const why = planSend(facts, 'auto').rejected.find((one) => one.technique === technique)?.why
    assert.deepEqual(why, reason)
  })
}

const full: PlanFacts = {
  ...linux,
  source: { ...file, bytes: 13 * GIB, cachedShare: 0 },
  targetSkipsCache: true,
  targetFileSystem: 'ext4',
}
const because: Reason = {
  code: 'larger-than-free-memory',
  params: { bytes: 13 * GIB, memory: 12 * GIB },
}

test('what is larger than free memory leaves nothing in the page cache, in either direction', () => {
  for (const choice of [planSend(full, 'auto'), planReceive(full, 'auto')]) {
    assert.equal(choice.technique, 'readwrite')
    assert.equal(choice.dontcache, true)
    assert.deepEqual(choice.reason, because)
    const others = choice.rejected.filter(({ technique }) =>
      ['mmap', 'splice', 'sendfile'].includes(technique),
    )
    assert.notEqual(others.length, 0)
    for (const { why } of others) assert.equal(why.code, 'would-fill-cache')
  }
})

test('it is by choice only where it fits, is in the page cache already, or cannot be kept out of it', () => {
  const fits: readonly Partial<PlanFacts>[] = [
    { freeMemoryBytes: 13 * GIB },
    { source: { ...file, bytes: 13 * GIB, cachedShare: 0.1, skipsCache: false }, targetSkipsCache: false },
    { source: null },
    { conveyance: TLS_BODY },
  ]
  for (const other of fits) {
    for (const choice of [
      planSend({ ...full, ...other }, 'auto'),
      planReceive({ ...full, ...other }, 'auto'),
    ])
      assert.equal(choice.dontcache, undefined, JSON.stringify(other))
  }
  assert.equal(planSend({ ...full, source: { ...file, bytes: 13 * GIB } }, 'auto').dontcache, undefined)
  assert.equal(planSend(full, 'readwrite').dontcache, undefined)
})

test('receiving splices where it can, and every other technique has its reason', () => {
  assert.equal(planReceive(linux, 'auto').technique, 'splice')
  for (const technique of receiving) assert.equal(planReceive(linux, technique).technique, technique)
  assert.equal(planReceive({ ...linux, conveyance: TLS_BODY }, 'splice').technique, 'readwrite')
  const { reason, rejected } = planReceive(linux, 'auto')
  assert.equal(reason.code, 'receiving-no-touch')
  assert.equal(rejected.length, RECEIVE_TECHNIQUES.length - 1)
  const codes = Object.fromEntries(rejected.map(({ technique, why }) => [technique, why.code]))
  assert.deepEqual(codes, {
    readwrite: 'copies-more',
    mmap: 'faults-for-each-page',
    direct: 'waits-for-the-disk',
    unseal: 'no-cipher-library',
    ktls: 'no-kernel-tls',
  })
  const least: PlanFacts = { ...linux, supported: { send: all, receive: ['readwrite'] } }
  assert.equal(planReceive(least, 'auto').reason.code, 'nothing-better-here')
})

test('receiving what is larger than the memory goes past the page cache, onto a disk only', () => {
  const huge: PlanFacts = {
    ...linux,
    source: { ...file, bytes: 17 * GIB, cachedShare: null, fileSystem: null },
    targetFileSystem: 'ext4',
  }
  const { technique, reason } = planReceive(huge, 'auto')
  assert.equal(technique, 'direct')
  assert.deepEqual(reason, { code: 'larger-than-memory', params: { bytes: 17 * GIB, memory: 16 * GIB } })
  const others: readonly PlanFacts[] = [
    { ...huge, targetFileSystem: 'tmpfs' },
    { ...huge, targetFileSystem: null },
    { ...huge, memoryBytes: 32 * GIB },
    { ...huge, source: { ...file, files: 100_000, pieces: 100_000, bytes: 17 * GIB } },
    { ...huge, supported: { send: all, receive: ['splice', 'readwrite'] } },
  ]
  for (const facts of others) assert.equal(planReceive(facts, 'auto').technique, 'splice')
})
