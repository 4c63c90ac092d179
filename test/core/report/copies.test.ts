// Invariant: a copy count follows from the paths that the engine says its bytes took and from the interface; it is the mean
// over all of them, and absent where no rule applies.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineTechnique } from '../../../native/index.ts'
import { countCopies, meanCopies, type MovedBytes } from '../../../main/core/report/copies.ts'

const card = { scatterGather: true, virtual: false }
const plainCard = { scatterGather: false, virtual: false }
const loopback = { scatterGather: true, virtual: true }

const cases = [
  ['sender', 'readwrite', card, 2, 2],
  ['sender', 'mmap', card, 1, 2],
  ['sender', 'gather', card, 1, 2],
  ['sender', 'direct', card, 1, 2],
  ['sender', 'sendfile', card, 0, 2],
  ['sender', 'sendfile', plainCard, 1, 2],
  ['sender', 'sendfile', loopback, 0, 1],
  ['sender', 'splice', card, 0, 2],
  ['sender', 'splice', plainCard, 1, 2],
  ['receiver', 'readwrite', card, 2, 2],
  ['receiver', 'splice', card, 1, 2],
  ['receiver', 'mmap', card, 1, 2],
  ['receiver', 'direct', card, 1, 2],
  ['receiver', 'direct', loopback, 1, 1],
] as const

for (const [role, technique, route, cpu, dma] of cases) {
  test(`${role} ${technique}, gather ${route.scatterGather}: ${cpu} by CPU, ${dma} by DMA`, () => {
    const copies = countCopies(role, technique, 'clear', route)
    assert.deepEqual([copies?.cpu, copies?.dma], [cpu, dma])
  })
}

const NONE: Readonly<Record<EngineTechnique, number>> = {
  ...{ readwrite: 0, mmap: 0, gather: 0, sendfile: 0, transmitfile: 0, splice: 0, direct: 0, zerocopy: 0 },
}

function moved(
  bytesBy: Partial<Record<EngineTechnique, number>>,
  rest: Partial<MovedBytes> = {},
): MovedBytes {
  return { bytesBy: { ...NONE, ...bytesBy }, directBytes: 0, kernelCopiedBytes: 0, ...rest }
}

const MEANS: readonly (readonly [
  string,
  'sender' | 'receiver',
  EngineTechnique,
  MovedBytes,
  number,
  string,
])[] = [
  ['nothing yet', 'sender', 'sendfile', moved({}), 0, 'sendfile-gather'],
  ['all by one', 'sender', 'sendfile', moved({ sendfile: 100 }), 0, 'sendfile-gather'],
  [
    'a quarter in small files',
    'sender',
    'sendfile',
    moved({ sendfile: 75, readwrite: 25 }),
    0.5,
    'sendfile-gather, part through a buffer',
  ],
  [
    'another technique for half',
    'sender',
    'sendfile',
    moved({ sendfile: 50, mmap: 50 }),
    0.5,
    'sendfile-gather, part by mmap',
  ],
  [
    'all past the cache',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 100 }),
    1,
    'direct-then-write',
  ],
  [
    'an unaligned end',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 90 }),
    1.1,
    'direct-then-write, part through a buffer',
  ],
  [
    'an unaligned end and small files',
    'receiver',
    'direct',
    moved({ direct: 60, readwrite: 40 }, { directBytes: 50 }),
    1.5,
    'receive-then-direct, part through a buffer',
  ],
  [
    'a buffer that was filled and not sent',
    'sender',
    'direct',
    moved({ direct: 100 }, { directBytes: 130 }),
    1,
    'direct-then-write',
  ],
  ['kept as they are', 'sender', 'zerocopy', moved({ zerocopy: 100 }), 0, 'zerocopy-gather'],
  [
    'half copied by the kernel',
    'sender',
    'zerocopy',
    moved({ zerocopy: 100 }, { kernelCopiedBytes: 50 }),
    0.5,
    'zerocopy, copied by the kernel',
  ],
  [
    'all copied by the kernel, and as much in small files',
    'sender',
    'zerocopy',
    moved({ zerocopy: 50, readwrite: 50 }, { kernelCopiedBytes: 50 }),
    1.5,
    'zerocopy, copied by the kernel, part through a buffer',
  ],
  [
    'fell to a buffer in the middle',
    'receiver',
    'readwrite',
    moved({ splice: 50, readwrite: 50 }),
    1.5,
    'receive-then-write, part by splice',
  ],
]

for (const [name, role, technique, bytes, cpu, rule] of MEANS) {
  test(`the mean: ${name}`, () => {
    assert.deepEqual(meanCopies(role, technique, 'clear', card, bytes), { cpu, dma: 2, rule })
  })
}

test('zerocopy counts what the kernel says it copied, unless the interface copies anyway', () => {
  assert.equal(meanCopies('sender', 'zerocopy', 'clear', plainCard, moved({ zerocopy: 9 }))?.cpu, 1)
  assert.equal(meanCopies('sender', 'zerocopy', 'clear', card, moved({})), null)
  assert.equal(countCopies('sender', 'zerocopy', 'clear', card), null)
})

test('no count is made up', () => {
  const unknown = { scatterGather: null, virtual: false }
  assert.equal(countCopies('sender', 'sendfile', 'https', card), null)
  assert.equal(countCopies('sender', 'sendfile', 'clear', unknown), null)
  assert.equal(countCopies('receiver', 'sendfile', 'clear', card), null)
  assert.equal(meanCopies('sender', 'mmap', 'https', card, moved({ mmap: 9 })), null)
  assert.equal(meanCopies('sender', 'mmap', 'clear', unknown, moved({ mmap: 9, sendfile: 1 })), null)
})
