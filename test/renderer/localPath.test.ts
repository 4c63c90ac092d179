// Invariant: the drawing of a local copy shows a copy only if the bytes are copied, a disk only if there is one, and only
// known facts as known.
import { copyRuleText } from '../../main/messages/index.ts'
import { localRule } from '../support/copy-rules.ts'
import { expect, test } from 'vitest'
import { localPath } from '../../renderer/features/transfers/path/localPath.ts'

const CASES = [
  ['clone', null, 'disk-shared-copy'],
  [
    'copyrange',
    { cpu: 0, dma: 0, cipherPasses: 0, rule: localRule('copyrange-shares-blocks') },
    'disk-shared-copy',
  ],
  ['copyrange', null, 'disk-dma-cache cache-unknown-copyCache copyCache-dma-copy'],
  [
    'copyrange',
    { cpu: 1, dma: 2, cipherPasses: 0, rule: localRule('copyrange-in-kernel') },
    'disk-dma-cache cache-cpu-copyCache copyCache-dma-copy',
  ],
  ['copyfile', null, 'disk-dma-cache cache-cpu-copyCache copyCache-dma-copy'],
  [
    'copyfile',
    { cpu: 1, dma: 1, cipherPasses: 0, rule: localRule('sendfile-file-to-file', { target: 'memory' }) },
    'disk-dma-cache cache-cpu-copyCache',
  ],
  [
    'copyfile',
    {
      cpu: 1,
      dma: 0,
      cipherPasses: 0,
      rule: localRule('sendfile-file-to-file', { source: 'memory', target: 'memory' }),
    },
    'cache-cpu-copyCache',
  ],
] as const

for (const [technique, copies, expected] of CASES) {
  test(`${technique}, ${copies ? copyRuleText(copies.rule, 'en') : 'not counted yet'}`, () => {
    const { arrows, user } = localPath(technique, copies)
    expect(arrows.map(({ from, kind, to }) => `${from}-${kind}-${to}`).join(' ')).toBe(expected)
    expect(user).toEqual([])
  })
}
