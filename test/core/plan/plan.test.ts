// Invariant: the plan never chooses what cannot run, gives a reason with a sentence for every technique, obeys the user
// where it can, and is the same for the same facts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteFacts, SourceFacts } from '../../../main/contract/facts.ts'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES, type SendTechnique } from '../../../main/contract/technique.ts'
import { type PlanFacts, planReceive, planSend } from '../../../main/core/plan/plan.ts'
import { reasonText } from '../../../main/messages/index.ts'

const GIB = 1024 ** 3
const all = ['readwrite', 'mmap', 'gather', 'sendfile', 'splice', 'direct', 'zerocopy'] as const
const receiving = ['readwrite', 'mmap', 'splice', 'direct'] as const
const linux: PlanFacts = {
  platform: 'linux',
  security: 'clear',
  supported: { send: all, receive: receiving },
  memoryBytes: 16 * GIB,
  source: null,
  targetFileSystem: null,
  route: null,
}
const file: SourceFacts = { files: 1, pieces: 1, bytes: 2 * GIB, cachedShare: 1, fileSystem: 'ext4' }
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
  readonly en: string
  readonly zh: string
}

const cases: readonly Case[] = [
  {
    when: 'nothing is named yet',
    facts: linux,
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes',
    zh: '整个文件按顺序发送，无需接触其内容',
  },
  {
    when: 'a large file in the cache goes through a card that gathers',
    facts: { ...linux, source: file, route: card },
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes (1 file, 2.15 GB); 100 % of it is in the page cache',
    zh: '整个文件按顺序发送，无需接触其内容（1 个文件，2.15 GB）；其中 100 % 在页缓存中',
  },
  {
    when: 'the system says nothing of the cache',
    facts: { ...linux, source: { ...file, cachedShare: null }, route: card },
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes (1 file, 2.15 GB)',
    zh: '整个文件按顺序发送，无需接触其内容（1 个文件，2.15 GB）',
  },
  {
    when: 'there are many small files',
    facts: { ...linux, source: small, route: card },
    taken: 'readwrite',
    en: 'many small files (10 000 files of 4.10 kB on average) are read into one buffer, and one call sends many of them',
    zh: '大量小文件（10 000 个文件，平均 4.10 kB）读入同一缓冲区，一次调用即可发送多个',
  },
  {
    when: 'there are many small files, and nobody knows the way',
    facts: { ...linux, source: small },
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes (10 000 files, 41.0 MB); 100 % of it is in the page cache',
    zh: '整个文件按顺序发送，无需接触其内容（10 000 个文件，41.0 MB）；其中 100 % 在页缓存中',
  },
  {
    when: 'there are many small files for this machine',
    facts: { ...linux, source: small, route: { ...card, sameMachine: true, virtual: true } },
    taken: 'sendfile',
    en: 'whole files in order; the other end is this computer, where “Copy to folder” would copy less or nothing',
    zh: '整个文件按顺序发送；另一端就是本机，“复制到文件夹”可以少复制甚至不复制',
  },
  {
    when: 'there are a few small files',
    facts: { ...linux, source: { ...small, files: 63, pieces: 63, bytes: 63 * 4096 }, route: card },
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes (63 files, 258 kB); 100 % of it is in the page cache',
    zh: '整个文件按顺序发送，无需接触其内容（63 个文件，258 kB）；其中 100 % 在页缓存中',
  },
  {
    when: 'there are many files that are not small',
    facts: { ...linux, source: { ...small, bytes: 10_000 * 16_385 }, route: card },
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes (10 000 files, 164 MB); 100 % of it is in the page cache',
    zh: '整个文件按顺序发送，无需接触其内容（10 000 个文件，164 MB）；其中 100 % 在页缓存中',
  },
  {
    when: 'small pieces lie scattered in one log',
    facts: { ...linux, source: log, route: card },
    taken: 'gather',
    en: 'many small pieces lie scattered (5 000 of 512 B on average), and one call takes several of them from mappings',
    zh: '大量小块分散各处（5 000 块，平均 512 B），一次调用即可从映射中取走多块',
  },
  {
    when: 'they do, and this build cannot gather',
    facts: { ...linux, source: log, supported: { send: ['sendfile', 'readwrite'], receive: receiving } },
    taken: 'sendfile',
    en: 'pieces of one file go in order, each by a call of its own (5 000 of 512 B on average), and nothing has to touch their bytes',
    zh: '一个文件中的多块按顺序发送，每块一次调用（5 000 块，平均 512 B），无需接触其内容',
  },
  {
    when: 'pieces lie scattered and are longer than a copy of them costs less than a call',
    facts: { ...linux, source: longPieces, route: card },
    taken: 'sendfile',
    en: 'pieces of one file go in order, each by a call of its own (5 000 of 4.10 kB on average), and nothing has to touch their bytes',
    zh: '一个文件中的多块按顺序发送，每块一次调用（5 000 块，平均 4.10 kB），无需接触其内容',
  },
  {
    when: 'the interface has no scatter-gather',
    facts: { ...linux, source: file, route: { ...card, scatterGather: false } },
    taken: 'sendfile',
    en: 'whole files in order; but the interface eth0 has no scatter-gather, so the kernel copies each byte once all the same and it saves little',
    zh: '整个文件按顺序发送；但网络接口 eth0 不支持分散-聚集，内核仍会把每个字节复制一次，节省有限',
  },
  {
    when: 'the other end is this machine',
    facts: { ...linux, source: file, route: { ...card, sameMachine: true, virtual: true } },
    taken: 'sendfile',
    en: 'whole files in order; the other end is this computer, where “Copy to folder” would copy less or nothing',
    zh: '整个文件按顺序发送；另一端就是本机，“复制到文件夹”可以少复制甚至不复制',
  },
  {
    when: 'the user wants another that runs here',
    facts: { ...linux, source: file },
    wanted: 'mmap',
    taken: 'mmap',
    en: 'chosen by you',
    zh: '由您选择',
  },
  {
    when: 'the user wants one of another system',
    facts: linux,
    wanted: 'transmitfile',
    taken: 'sendfile',
    en: 'whole files go in order and nothing has to touch their bytes',
    zh: '整个文件按顺序发送，无需接触其内容',
  },
  {
    when: 'the bytes are encrypted in user space',
    facts: { ...linux, security: 'https', source: log },
    taken: 'readwrite',
    en: 'the bytes are encrypted in user space, so they have to pass through it',
    zh: '数据在用户空间加密，必须经过用户空间',
  },
  {
    when: 'they are, whatever the user wants',
    facts: { ...linux, security: 'https' },
    wanted: 'sendfile',
    taken: 'readwrite',
    en: 'the bytes are encrypted in user space, so they have to pass through it',
    zh: '数据在用户空间加密，必须经过用户空间',
  },
  {
    when: 'they go in the body of a request that is not encrypted',
    facts: { ...linux, security: 'http' },
    taken: 'readwrite',
    en: 'the bytes travel in the body of a request, so they have to pass through user space',
    zh: '数据放在请求正文中传输，必须经过用户空间',
  },
  {
    when: 'a kernel has nothing better',
    facts: { ...linux, source: file, supported: { send: ['readwrite'], receive: ['readwrite'] } },
    taken: 'readwrite',
    en: 'nothing that copies less runs here',
    zh: '此处没有复制次数更少的技术可用',
  },
]

function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ')
}

for (const { when, facts, wanted, taken, en, zh } of cases) {
  test(`sending by ${taken} when ${when}`, () => {
    const choice = planSend(facts, wanted ?? 'auto')
    assert.equal(choice.technique, taken)
    assert.equal(plain(reasonText(choice.reason, 'en')), en)
    assert.equal(plain(reasonText(choice.reason, 'zh')), zh)
    const named = [choice.technique, ...choice.rejected.map(({ technique }) => technique)]
    assert.deepEqual([...named].sort(), [...SEND_TECHNIQUES].sort())
    assert.deepEqual(planSend(facts, wanted ?? 'auto'), choice)
  })
}

const whyNot: readonly (readonly [string, PlanFacts, SendTechnique, string])[] = [
  ['by its copies', linux, 'mmap', 'the CPU would copy each byte more often (1 time)'],
  ['by its copies', linux, 'readwrite', 'the CPU would copy each byte more often (2 times)'],
  [
    'by its calls',
    linux,
    'splice',
    'copies no less than what was taken, and takes two calls and a pipe where that takes one',
  ],
  [
    'for whole files',
    { ...linux, source: file },
    'gather',
    'it is for many small pieces that lie scattered; these are whole files in order',
  ],
  [
    'for what is cached',
    { ...linux, source: file },
    'direct',
    '100 % of the bytes are in the page cache already, and it would read them from the disk again',
  ],
  [
    'for what fits in the cache',
    { ...linux, source: { ...file, cachedShare: 0 } },
    'direct',
    'the bytes fit in the page cache, where the next reader finds them',
  ],
  [
    'on tmpfs',
    { ...linux, source: { ...file, fileSystem: 'tmpfs' } },
    'direct',
    'the file system keeps its files in memory, so there is no cache to go past',
  ],
  [
    'without a card',
    { ...linux, route: { ...card, interfaceName: 'lo', virtual: true } },
    'zerocopy',
    'behind the interface lo there is no card, so the kernel copies the bytes after all',
  ],
  [
    'with a card',
    { ...linux, route: card },
    'zerocopy',
    'copies no less than what was taken, and has to pin pages and to read completions',
  ],
  ['on another system', linux, 'transmitfile', 'not supported here on linux'],
  [
    'in a request',
    { ...linux, security: 'https' },
    'mmap',
    'needs a transfer that is not encrypted (--clear)',
  ],
  [
    'in a request that is not encrypted',
    { ...linux, security: 'http' },
    'mmap',
    'the bytes travel in the body of a request, so they have to pass through user space',
  ],
]

for (const [where, facts, technique, en] of whyNot) {
  test(`not ${technique} ${where}`, () => {
    const why = planSend(facts, 'auto').rejected.find((one) => one.technique === technique)?.why
    assert.ok(why)
    assert.equal(plain(reasonText(why, 'en')), en)
    assert.doesNotMatch(reasonText(why, 'zh'), /[a-z]{12}|[?{}[\]]/)
  })
}

test('receiving splices where it can, and every other technique has its reason', () => {
  assert.equal(planReceive(linux, 'auto').technique, 'splice')
  for (const technique of receiving) assert.equal(planReceive(linux, technique).technique, technique)
  assert.equal(planReceive({ ...linux, security: 'https' }, 'splice').technique, 'readwrite')
  const { reason, rejected } = planReceive(linux, 'auto')
  assert.equal(reason.code, 'receiving-no-touch')
  assert.equal(rejected.length, RECEIVE_TECHNIQUES.length - 1)
  const codes = Object.fromEntries(rejected.map(({ technique, why }) => [technique, why.code]))
  assert.deepEqual(codes, {
    readwrite: 'copies-more',
    mmap: 'faults-for-each-page',
    direct: 'waits-for-the-disk',
    unseal: 'not-built-yet',
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
  assert.equal(
    plain(reasonText(reason, 'en')),
    'more comes than this machine has memory (18.3 GB, 17.2 GB), so that the page cache would not keep it',
  )
  assert.equal(plain(reasonText(reason, 'zh')), '传来的数据超过本机内存（18.3 GB，17.2 GB），页缓存留不住')
  const others: readonly PlanFacts[] = [
    { ...huge, targetFileSystem: 'tmpfs' },
    { ...huge, targetFileSystem: null },
    { ...huge, memoryBytes: 32 * GIB },
    { ...huge, source: { ...file, files: 100_000, pieces: 100_000, bytes: 17 * GIB } },
    { ...huge, supported: { send: all, receive: ['splice', 'readwrite'] } },
  ]
  for (const facts of others) assert.equal(planReceive(facts, 'auto').technique, 'splice')
})
