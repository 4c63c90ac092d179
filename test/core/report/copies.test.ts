// Invariant: a copy count follows from the paths that the engine reports for its bytes and from the interface; it is the mean
// over all bytes, and absent if no rule applies.
import {
  type Conveyance,
  type CopyRule,
  KERNEL_TLS_STREAMS,
  PLAIN_STREAMS,
  SEALED_STREAMS,
  TLS_BODY,
} from '../../../main/contract/report.ts'
import { STREAMS } from '../../support/conveyances.ts'
import { receiveRule, sendRule } from '../../support/copy-rules.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineTechnique } from '../../../native/index.ts'
import { ENGINE_TECHNIQUES, isSealing } from '../../../main/contract/technique.ts'
import { countCopies, meanCopies, type MovedBytes } from '../../../main/core/report/copies.ts'
import { random } from '../../support/random.ts'

const card = { scatterGather: true, virtual: false, sameMachine: false, fileSystem: 'ext4', cachedShare: 0 }
const plainCard = { ...card, scatterGather: false }
const loopback = { ...card, virtual: true }
const memory = { ...card, fileSystem: 'tmpfs', cachedShare: 1 }

/** A step on the way of a byte: the disk's DMA, a CPU copy, a cipher pass, the network card's DMA. */
type Hop = 'disk' | 'cpu' | 'cipher' | 'card'
interface Way {
  readonly role: 'sender' | 'receiver'
  readonly technique: EngineTechnique
  /** By default that of plain streams. */
  readonly conveyance?: Conveyance
  readonly hops: readonly Hop[]
}

/** The textbook's table: from a disk to a card that gathers, or back, with nothing in the page cache before. */
const WAYS: readonly Way[] = [
  // Disk, page cache, buffer, socket, card.
  { role: 'sender', technique: 'readwrite', hops: ['disk', 'cpu', 'cpu', 'card'] },
  // Disk, page cache, socket, card.
  { role: 'sender', technique: 'mmap', hops: ['disk', 'cpu', 'card'] },
  { role: 'sender', technique: 'gather', hops: ['disk', 'cpu', 'card'] },
  // Disk, buffer, socket, card.
  { role: 'sender', technique: 'direct', hops: ['disk', 'cpu', 'card'] },
  // Disk, page cache, card: the socket refers to the pages.
  { role: 'sender', technique: 'sendfile', hops: ['disk', 'card'] },
  { role: 'sender', technique: 'splice', hops: ['disk', 'card'] },
  // Card, socket, buffer, page cache, disk.
  { role: 'receiver', technique: 'readwrite', hops: ['card', 'cpu', 'cpu', 'disk'] },
  // Card, socket, page cache, disk.
  { role: 'receiver', technique: 'splice', hops: ['card', 'cpu', 'disk'] },
  { role: 'receiver', technique: 'mmap', hops: ['card', 'cpu', 'disk'] },
  // Card, socket, buffer, disk.
  { role: 'receiver', technique: 'direct', hops: ['card', 'cpu', 'disk'] },
  // Disk, page cache, buffer, buffer of records, socket, card; and back.
  {
    ...{ role: 'sender', technique: 'seal', conveyance: SEALED_STREAMS },
    hops: ['disk', 'cpu', 'cipher', 'cpu', 'card'],
  },
  {
    ...{ role: 'receiver', technique: 'unseal', conveyance: SEALED_STREAMS },
    hops: ['card', 'cpu', 'cipher', 'cpu', 'disk'],
  },
  // Disk, page cache, pages of records that the socket refers to, card.
  { role: 'sender', technique: 'ktls', conveyance: KERNEL_TLS_STREAMS, hops: ['disk', 'cipher', 'card'] },
  // Card, socket, pages of content, page cache, disk.
  {
    ...{ role: 'receiver', technique: 'ktls', conveyance: KERNEL_TLS_STREAMS },
    hops: ['card', 'cipher', 'cpu', 'disk'],
  },
  // A file that the kernel cannot send or receive by itself, on the same streams.
  {
    ...{ role: 'sender', technique: 'readwrite', conveyance: KERNEL_TLS_STREAMS },
    hops: ['disk', 'cpu', 'cpu', 'cipher', 'card'],
  },
  {
    ...{ role: 'receiver', technique: 'readwrite', conveyance: KERNEL_TLS_STREAMS },
    hops: ['card', 'cipher', 'cpu', 'cpu', 'disk'],
  },
]

const without = ({ hops }: Way, gone: Hop): readonly Hop[] => hops.filter((hop) => hop !== gone)
const onlyByCpu = ({ hops, technique }: Way): readonly Hop[] => [
  ...hops.filter((hop) => hop === 'cpu' || hop === 'cipher'),
  ...(technique === 'direct' ? ['cpu' as const] : []),
]
const copiesNothing = ({ hops }: Way): boolean => !hops.includes('cpu')

/** What each machine changes of it. */
const MACHINES: readonly (readonly [string, typeof card, (way: Way) => readonly Hop[]])[] = [
  ['a card and a disk', card, ({ hops }) => hops],
  // Pages that the card cannot gather are copied into one piece.
  [
    'a card that does not gather',
    plainCard,
    (way) => (way.role === 'sender' && copiesNothing(way) ? [...way.hops, 'cpu'] : way.hops),
  ],
  ['no card', loopback, (way) => without(way, 'card')],
  // A read past the page cache is one from the disk.
  [
    'all of it cached',
    { ...card, cachedShare: 1 },
    (way) => (way.role === 'receiver' || way.technique === 'direct' ? way.hops : without(way, 'disk')),
  ],
  // Files in memory have no way past the page cache.
  ['files in memory', memory, (way) => [...onlyByCpu(way), 'card']],
  ['files in memory, no card', { ...memory, virtual: true }, onlyByCpu],
]

const NONE: Readonly<Record<EngineTechnique, number>> = {
  ...{ readwrite: 0, mmap: 0, gather: 0, sendfile: 0, transmitfile: 0, splice: 0, direct: 0, zerocopy: 0 },
  ...{ seal: 0, unseal: 0, ktls: 0 },
}

function moved(
  bytesBy: Partial<Record<EngineTechnique, number>>,
  rest: Partial<MovedBytes> = {},
): MovedBytes {
  return { bytesBy: { ...NONE, ...bytesBy }, directBytes: 0, kernelCopiedBytes: 0, ...rest }
}

for (const [machine, route, change] of MACHINES) {
  for (const way of WAYS) {
    const { role, technique, conveyance = PLAIN_STREAMS } = way
    const hops = change(way)
    const cpu = hops.filter((hop) => hop === 'cpu').length
    const cipher = hops.filter((hop) => hop === 'cipher').length
    const dma = hops.length - cpu - cipher
    const counts = `${cpu} by CPU, ${dma} by DMA, ${cipher} of the cipher`
    test(`${role} by ${technique}, ${conveyance.transport ?? ''}, ${machine}: ${counts}`, () => {
      const copies = countCopies(role, technique, conveyance, route)
      assert.deepEqual([copies?.cpu, copies?.dma, copies?.cipherPasses], [cpu, dma, cipher])
      const moves = moved({ [technique]: 100 }, { directBytes: technique === 'direct' ? 100 : 0 })
      assert.deepEqual(meanCopies(role, technique, conveyance, route, moves), copies)
    })
  }
}

test('a part in the page cache saves its part of the disk; what is not known saves nothing', () => {
  const dma = (cachedShare: number | null): number | undefined =>
    countCopies('sender', 'readwrite', PLAIN_STREAMS, { ...card, cachedShare })?.dma
  assert.deepEqual([dma(0.25), dma(null)], [1.75, 2])
})

const MEANS: readonly (readonly [
  string,
  'sender' | 'receiver',
  EngineTechnique,
  MovedBytes,
  number,
  CopyRule,
])[] = [
  ['nothing yet', 'sender', 'sendfile', moved({}), 0, sendRule('sendfile-gather')],
  ['all by one', 'sender', 'sendfile', moved({ sendfile: 100 }), 0, sendRule('sendfile-gather')],
  [
    'a quarter in small files',
    'sender',
    'sendfile',
    moved({ sendfile: 75, readwrite: 25 }),
    0.5,
    sendRule('sendfile-gather', { beside: ['readwrite'] }),
  ],
  [
    'another technique for half',
    'sender',
    'sendfile',
    moved({ sendfile: 50, mmap: 50 }),
    0.5,
    sendRule('sendfile-gather', { beside: ['mmap'] }),
  ],
  [
    'all past the cache',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 100 }),
    1,
    sendRule('direct-then-write'),
  ],
  [
    'an unaligned end',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 90 }),
    1.1,
    sendRule('direct-then-write', { beside: ['readwrite'] }),
  ],
  [
    'an unaligned end and small files',
    'receiver',
    'direct',
    moved({ direct: 60, readwrite: 40 }, { directBytes: 50 }),
    1.5,
    receiveRule('receive-then-direct', { beside: ['readwrite'] }),
  ],
  [
    'a buffer that was filled and not sent',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 130 }),
    1,
    sendRule('direct-then-write'),
  ],
  ['kept as they are', 'sender', 'zerocopy', moved({ zerocopy: 100 }), 0, sendRule('zerocopy-gather')],
  [
    'half copied by the kernel',
    'sender',
    'zerocopy',
    moved({ zerocopy: 100 }, { kernelCopiedBytes: 50 }),
    0.5,
    sendRule('zerocopy-copied'),
  ],
  [
    'all copied by the kernel, and as much in small files',
    'sender',
    'zerocopy',
    moved({ zerocopy: 50, readwrite: 50 }, { kernelCopiedBytes: 50 }),
    1.5,
    sendRule('zerocopy-copied', { beside: ['readwrite'] }),
  ],
  [
    'fell to a buffer in the middle',
    'receiver',
    'readwrite',
    moved({ splice: 50, readwrite: 50 }),
    1.5,
    receiveRule('receive-then-write', { beside: ['splice'] }),
  ],
]

for (const [name, role, technique, bytes, cpu, rule] of MEANS) {
  test(`the mean: ${name}`, () => {
    assert.deepEqual(meanCopies(role, technique, PLAIN_STREAMS, card, bytes), {
      cpu,
      dma: 2,
      cipherPasses: 0,
      rule,
    })
  })
}

test('the rule names what needs no disk and no card', () => {
  const ruleOf = (role: 'sender' | 'receiver', route: typeof card): CopyRule | undefined =>
    countCopies(role, 'readwrite', PLAIN_STREAMS, route)?.rule
  const share = { ...loopback, cachedShare: 0.5 }
  assert.deepEqual(ruleOf('sender', share), sendRule('read-then-write', { cachedShare: 0.5, card: false }))
  assert.deepEqual(ruleOf('sender', memory), sendRule('read-then-write', { source: 'memory' }))
  assert.deepEqual(ruleOf('receiver', memory), receiveRule('receive-then-write', { target: 'memory' }))
  const half = moved({ direct: 50, sendfile: 50 }, { directBytes: 50 })
  const cached = { ...card, cachedShare: 1 }
  assert.equal(meanCopies('sender', 'direct', PLAIN_STREAMS, cached, half)?.dma, 1.5)
})

test('zerocopy counts what the kernel reports as copied, unless the interface copies anyway', () => {
  assert.equal(meanCopies('sender', 'zerocopy', PLAIN_STREAMS, plainCard, moved({ zerocopy: 9 }))?.cpu, 1)
  assert.equal(meanCopies('sender', 'zerocopy', PLAIN_STREAMS, card, moved({})), null)
  assert.equal(countCopies('sender', 'zerocopy', PLAIN_STREAMS, card), null)
})

test('a technique that the streams do not carry has no count', () => {
  for (const technique of ENGINE_TECHNIQUES) {
    for (const conveyance of STREAMS) {
      const encrypted = conveyance !== PLAIN_STREAMS
      const carried = encrypted ? technique === 'readwrite' || isSealing(technique) : !isSealing(technique)
      for (const role of ['sender', 'receiver'] as const) {
        const copies = countCopies(role, technique, conveyance, card)
        if (!carried) assert.equal(copies, null, `${role} ${technique}`)
        else if (copies !== null) assert.equal(copies.cipherPasses, encrypted ? 1 : 0, `${role} ${technique}`)
      }
    }
  }
})

test('a stream that the engine seals in place of the kernel raises the mean by its share', () => {
  const bytes = moved({ ktls: 50, seal: 50 })
  const rule = sendRule('read-then-seal', { beside: ['ktls'] })
  const expected = { cpu: 1, dma: 2, cipherPasses: 1, rule }
  assert.deepEqual(meanCopies('sender', 'seal', SEALED_STREAMS, card, bytes), expected)
})

test('no count is made up', () => {
  const unknown = { ...card, scatterGather: null }
  assert.equal(countCopies('sender', 'sendfile', TLS_BODY, card), null)
  assert.equal(countCopies('sender', 'sendfile', PLAIN_STREAMS, unknown), null)
  assert.equal(countCopies('receiver', 'sendfile', PLAIN_STREAMS, card), null)
  // Whether it buffers depends on the kernel's version.
  assert.equal(countCopies('receiver', 'direct', PLAIN_STREAMS, { ...card, fileSystem: 'btrfs' }), null)
  assert.equal(meanCopies('sender', 'mmap', TLS_BODY, card, moved({ mmap: 9 })), null)
  assert.equal(meanCopies('sender', 'mmap', PLAIN_STREAMS, unknown, moved({ mmap: 9, sendfile: 1 })), null)
})

const MIB = 1024 * 1024

test('whatever the bytes did, the count contradicts none of the counters', (t) => {
  const chance = random(t)
  const next = (): number => Math.floor(chance() * 1000)
  const sending = ['readwrite', 'mmap', 'gather', 'sendfile', 'splice', 'direct', 'zerocopy'] as const
  const receiving = ['readwrite', 'mmap', 'splice', 'direct'] as const
  for (let round = 0; round < 20_000; round++) {
    const role = next() % 2 === 0 ? 'sender' : 'receiver'
    const all: readonly EngineTechnique[] = role === 'sender' ? sending : receiving
    const bytesBy = { ...NONE }
    for (const technique of all) bytesBy[technique] = next() % 3 === 0 ? next() * MIB : 0
    const directBytes = Math.round((bytesBy.direct * (next() % 5)) / 4)
    const kernelCopiedBytes = Math.round((bytesBy.zerocopy * (next() % 5)) / 4)
    const route = {
      scatterGather: next() % 2 === 0,
      virtual: next() % 2 === 0,
      sameMachine: false,
      fileSystem: next() % 2 === 0 ? 'ext4' : 'tmpfs',
      cachedShare: (next() % 5) / 4,
    }
    const technique = all[next() % all.length] ?? 'readwrite'
    const total = Object.values(bytesBy).reduce((sum, bytes) => sum + bytes, 0)
    if (total === 0) continue
    const copies = meanCopies(role, technique, PLAIN_STREAMS, route, {
      bytesBy,
      directBytes,
      kernelCopiedBytes,
    })
    if (copies === null) {
      assert.ok(technique === 'zerocopy' && bytesBy.zerocopy === 0, 'only what the kernel says nothing of')
      continue
    }
    const words = JSON.stringify({ role, technique, route, bytesBy, directBytes, kernelCopiedBytes, copies })
    const userCopy = (bytesBy.readwrite + bytesBy.direct) / total
    assert.ok(copies.cpu >= 0 && copies.cpu <= 2, words)
    assert.ok(copies.dma >= 0 && copies.dma <= 2, words)
    // Bytes that pass a buffer in user space are copied at least once, and other bytes at most once.
    assert.ok(copies.cpu >= userCopy - 0.006, words)
    assert.ok(copies.cpu <= 1 + userCopy + 0.006, words)
    if (bytesBy.readwrite === total) assert.equal(copies.cpu, 2, words)
    if (copies.cpu === 0) assert.ok(userCopy < 0.005 && kernelCopiedBytes / total < 0.005, words)
    if (role === 'receiver') assert.ok(copies.cpu >= 1, words)
    if (route.virtual && route.fileSystem === 'tmpfs') assert.equal(copies.dma, 0, words)
    assert.equal(copies.rule.kind !== 'copy' && copies.rule.card, !route.virtual, words)
  }
})
