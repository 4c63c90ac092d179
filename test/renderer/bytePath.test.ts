// Invariant: the drawing shows each technique with its real boxes and hops, and nothing that was not measured.
import { receiveRule, sendRule } from '../support/copy-rules.ts'
import { describe, expect, test } from 'vitest'
import { CONVEYANCES, STREAMS } from '../support/conveyances.ts'
import {
  type Conveyance,
  type CopyCount,
  type CopyRule,
  PLAIN_STREAMS,
  TLS_BODY,
} from '../../main/contract/report.ts'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES, type Technique } from '../../main/contract/technique.ts'
import { countCopies } from '../../main/core/report/copies.ts'
import {
  type BytePath,
  bytePath,
  notCopied,
  type PathFacts,
} from '../../renderer/features/transfers/path/bytePath.ts'

const SEALED = { cipher: 'sealed', carrier: 'engine' } as const

/** The path of a sender on plain streams, but for these facts. */
function pathOf(facts: Partial<PathFacts>): BytePath {
  return bytePath({
    ...{ technique: null, ...PLAIN_STREAMS, role: 'sender', copies: null, network: null },
    ...facts,
  })
}

function hops(facts: Partial<PathFacts>): string[] {
  return pathOf(facts).arrows.map(({ from, kind, to }) => `${from} ${kind} ${to}`)
}

function copies(cpu: number, rule: CopyRule = sendRule('read-then-write'), dma = 2): CopyCount {
  return { cpu, dma, cipherPasses: 0, rule }
}

describe('sending', () => {
  test('readwrite: both copies climb over the line', () => {
    expect(hops({ technique: 'readwrite', copies: copies(2) })).toEqual([
      'disk dma cache',
      'cache cpu buffer',
      'buffer cpu socket',
      'socket dma card',
    ])
  })

  test('mmap: the mapping is a window on the page cache, the copy stays below', () => {
    const path = pathOf({ technique: 'mmap', copies: copies(1) })
    expect(path.user).toEqual(['mapping'])
    expect(path.arrows).toContainEqual({ from: 'cache', kind: 'mapped', to: 'mapping' })
    expect(path.arrows).toContainEqual({ from: 'cache', kind: 'cpu', to: 'socket' })
  })

  test('sendfile without scatter-gather: one copy below the line', () => {
    expect(hops({ technique: 'sendfile', copies: copies(1, sendRule('sendfile-linearised')) })).toEqual([
      'disk dma cache',
      'cache cpu socket',
      'socket dma card',
    ])
  })

  test('sendfile with scatter-gather: by reference, and the card gathers', () => {
    expect(hops({ technique: 'sendfile', copies: copies(0, sendRule('sendfile-gather')) })).toEqual([
      'disk dma cache',
      'cache reference socket',
      'socket gather card',
    ])
  })

  test('sendfile where nobody asked the interface: nothing is claimed', () => {
    expect(hops({ technique: 'sendfile' })).toContain('cache unknown socket')
  })

  test('seal: up, one pass of the cipher, and down again', () => {
    const path = pathOf({ technique: 'seal', ...SEALED, copies: copies(2) })
    expect(path.user).toEqual(['buffer', 'sealed'])
    expect(path.cipherPasses).toBe(1)
    expect(hops({ technique: 'seal', ...SEALED })).toContain('buffer encryption sealed')
  })

  test('ktls: one pass of the cipher, and nothing above the line', () => {
    const path = pathOf({ technique: 'ktls', ...SEALED })
    expect(path.user).toEqual([])
    expect(path.arrows).toContainEqual({ from: 'cache', kind: 'encryption', to: 'socket' })
  })

  test('direct: past the page cache', () => {
    const path = pathOf({ technique: 'direct', copies: copies(1) })
    expect(path.kernel).not.toContain('cache')
    expect(path.arrows[0]).toEqual({ from: 'disk', kind: 'dma', to: 'buffer' })
  })

  test('https: the cipher runs in user space, whatever the technique was called', () => {
    expect(hops({ technique: 'sendfile', ...TLS_BODY })).toContain('buffer encryption sealed')
  })
})

describe('receiving', () => {
  test('splice: one copy, from the packets into the page cache', () => {
    expect(hops({ technique: 'splice', role: 'receiver', copies: copies(1) })).toEqual([
      'card dma socket',
      'socket cpu cache',
      'cache dma disk',
    ])
  })

  test('readwrite: up and down again', () => {
    expect(hops({ technique: 'readwrite', role: 'receiver', copies: copies(2) })).toEqual([
      'card dma socket',
      'socket cpu buffer',
      'buffer cpu cache',
      'cache dma disk',
    ])
  })
})

test('the hops drawn as CPU copies are as many as the rule counts', () => {
  const counts: Readonly<Record<string, number>> = { readwrite: 2, mmap: 1, gather: 1, direct: 1 }
  for (const technique of SEND_TECHNIQUES) {
    const count = counts[technique]
    if (count === undefined) continue
    const drawn = hops({ technique, copies: copies(count) }).filter((hop) => hop.includes(' cpu '))
    expect(drawn, technique).toHaveLength(count)
  }
  const received: Readonly<Record<string, number>> = { readwrite: 2, mmap: 1, splice: 1, direct: 1 }
  for (const technique of RECEIVE_TECHNIQUES) {
    const count = received[technique]
    if (count === undefined) continue
    const drawn = hops({ technique, role: 'receiver', copies: copies(count) }).filter((hop) =>
      hop.includes(' cpu '),
    )
    expect(drawn, technique).toHaveLength(count)
  }
})

test('small files through a buffer raise the mean, and leave the way of the others as it is', () => {
  const mean = copies(0.13, sendRule('sendfile-gather', { beside: ['readwrite'] }))
  expect(hops({ technique: 'sendfile', copies: mean })).toContain('cache reference socket')
})

test('where packets are handed over in memory there is neither a card nor its DMA', () => {
  const virtual = copies(0, sendRule('sendfile-gather', { card: false }), 1)
  expect(hops({ technique: 'sendfile', copies: virtual })).toContain('socket memory virtual')
  expect(hops({ technique: 'splice', role: 'receiver', copies: virtual })).toContain('virtual memory socket')
})

test('bytes that come from no disk, or stay in memory, are drawn without one, and as many DMA copies are counted', () => {
  const sent = [
    copies(0, sendRule('sendfile-gather', { source: 'memory', card: false }), 0),
    copies(0, sendRule('sendfile-gather', { cachedShare: 1, card: false }), 0),
  ]
  for (const one of sent) {
    expect(hops({ technique: 'sendfile', copies: one })).toEqual([
      'cache reference socket',
      'socket memory virtual',
    ])
  }
  const part = copies(0, sendRule('sendfile-gather', { cachedShare: 0.4, card: false }), 0.6)
  expect(hops({ technique: 'sendfile', copies: part })).toContain('disk dma cache')
  const received = copies(1, receiveRule('socket-to-page-cache', { target: 'memory', card: false }), 0)
  expect(hops({ technique: 'splice', role: 'receiver', copies: received })).toEqual([
    'virtual memory socket',
    'socket cpu cache',
  ])
  const buffered = copies(2, sendRule('direct-buffered-then-write', { source: 'memory' }), 1)
  expect(hops({ technique: 'direct', copies: buffered })).toEqual([
    'cache cpu buffer',
    'buffer cpu socket',
    'socket dma card',
  ])
})

test('a machine that does not report its technique is drawn without claims', () => {
  for (const role of ['sender', 'receiver'] as const) {
    expect(hops({ role }).every((hop) => hop.includes(' unknown '))).toBe(true)
  }
})

test('what was not copied is derived from what was measured, and from nothing else', () => {
  expect(notCopied({ bytes: 1000, userCopyBytes: 0 })).toBe(1000)
  expect(notCopied({ bytes: 1000, userCopyBytes: 400 })).toBe(600)
  expect(notCopied({ bytes: 1000, userCopyBytes: 2000 })).toBe(0)
  expect(notCopied({ bytes: 1000, userCopyBytes: null })).toBeNull()
})

const counted =
  (role: 'sender' | 'receiver') =>
  ({ technique, conveyance }: { technique: Technique; conveyance: Conveyance }): CopyCount | null =>
    countCopies(role, technique, conveyance, {
      ...{ scatterGather: true, virtual: false, sameMachine: false, fileSystem: 'ext4', cachedShare: 0 },
    })
const COUNTS = { sender: counted('sender'), receiver: counted('receiver') }

/** Every technique on the streams that carry it, with the count that its rule gives over a card that gathers. */
const CARRIED = (['sender', 'receiver'] as const).flatMap((role) =>
  (role === 'sender' ? SEND_TECHNIQUES : RECEIVE_TECHNIQUES).flatMap((technique) =>
    STREAMS.flatMap((conveyance) => {
      const copies = COUNTS[role]({ technique, conveyance })
      return copies === null ? [] : [{ role, technique, conveyance, copies }]
    }),
  ),
)

test.each(CARRIED)('$role by $technique on $conveyance.transport: as many hops as are counted', (way) => {
  const { role, technique, conveyance } = way
  const kindOf = (hop: string): string => hop.split(' ')[1] ?? ''
  const card = hops({ ...conveyance, role, technique, copies: way.copies, network: 'card' })
  const of = (...kinds: readonly string[]): number => card.filter((hop) => kinds.includes(kindOf(hop))).length
  expect(of('cpu')).toBe(way.copies.cpu)
  expect(of('dma', 'gather')).toBe(way.copies.dma)
  expect(of(role === 'sender' ? 'encryption' : 'decryption')).toBe(way.copies.cipherPasses)
  expect(of(role === 'sender' ? 'decryption' : 'encryption')).toBe(0)
  const path = pathOf({ ...conveyance, role, technique, copies: way.copies, network: 'card' })
  expect(path.cipherPasses).toBe(way.copies.cipherPasses)
})

test('over loopback no technique has a network card or its DMA, whatever is known of the copies', () => {
  for (const role of ['sender', 'receiver'] as const) {
    for (const technique of [null, ...SEND_TECHNIQUES, ...RECEIVE_TECHNIQUES]) {
      for (const conveyance of CONVEYANCES) {
        for (const count of [null, copies(1)]) {
          const drawn = hops({ ...conveyance, role, technique, copies: count, network: 'loopback' })
          const network = drawn.filter((hop) => /\bcard\b|\bvirtual\b|loopback/.test(hop))
          expect(network).toEqual([role === 'sender' ? 'socket memory loopback' : 'loopback memory socket'])
        }
      }
    }
  }
})
