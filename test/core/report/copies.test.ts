// Invariant: a copy count follows from the path taken and the interface, and is absent where no rule applies.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countCopies } from '../../../main/core/report/copies.ts'

const card = { scatterGather: true, virtual: false }
const plainCard = { scatterGather: false, virtual: false }
const loopback = { scatterGather: true, virtual: true }

const cases = [
  ['sender', 'readwrite', card, 0, 2, 2],
  ['sender', 'mmap', card, 0, 1, 2],
  ['sender', 'sendfile', card, 0, 0, 2],
  ['sender', 'sendfile', plainCard, 0, 1, 2],
  ['sender', 'sendfile', loopback, 0, 0, 1],
  ['sender', 'sendfile', card, 1, 2, 2],
  ['sender', 'sendfile', card, 0.25, 0.5, 2],
  ['sender', 'direct', card, 1, 1, 2],
  ['receiver', 'direct', card, 1, 1, 2],
  ['sender', 'splice', card, 0, 0, 2],
  ['sender', 'splice', plainCard, 0, 1, 2],
  ['sender', 'readwrite', card, 1, 2, 2],
  ['receiver', 'readwrite', card, 1, 2, 2],
  ['receiver', 'splice', card, 0, 1, 2],
  ['receiver', 'mmap', card, 0, 1, 2],
  ['receiver', 'splice', loopback, 0.5, 1.5, 1],
] as const

for (const [role, technique, route, share, cpu, dma] of cases) {
  test(`${role} ${technique}, gather ${route.scatterGather}, buffered ${share}: ${cpu} by CPU, ${dma} by DMA`, () => {
    const copies = countCopies(role, technique, 'clear', route, share)
    assert.deepEqual([copies?.cpu, copies?.dma], [cpu, dma])
  })
}

test('zerocopy counts what the kernel says it copied', () => {
  assert.equal(countCopies('sender', 'zerocopy', 'clear', card, 0, 0)?.cpu, 0)
  assert.equal(countCopies('sender', 'zerocopy', 'clear', card, 0, 1)?.cpu, 1)
  assert.equal(countCopies('sender', 'zerocopy', 'clear', plainCard, 0, 0)?.cpu, 1)
  assert.equal(countCopies('sender', 'zerocopy', 'clear', card), null)
})

test('no count is made up', () => {
  assert.equal(countCopies('sender', 'sendfile', 'https', card), null)
  assert.equal(countCopies('sender', 'sendfile', 'clear', { scatterGather: null, virtual: false }), null)
  assert.equal(countCopies('receiver', 'sendfile', 'clear', card), null)
})
