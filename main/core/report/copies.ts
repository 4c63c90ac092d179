import type { CopyCount, Security } from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'

/** What the model needs of the interface that the bytes go through. */
export interface RouteOfBytes {
  /** Whether the interface gathers from memory; null where it cannot be asked. */
  readonly scatterGather: boolean | null
  /** Whether it hands packets over in memory (loopback, veth), so that there is no DMA to a card. */
  readonly virtual: boolean
}

interface Rule {
  readonly cpu: number
  readonly name: string
}

function sendingRule(technique: Technique, route: RouteOfBytes, kernelCopied: number | null): Rule | null {
  switch (technique) {
    case 'readwrite':
      return { cpu: 2, name: 'read-then-write' }
    case 'mmap':
    case 'gather':
      return { cpu: 1, name: 'mapped-then-write' }
    case 'direct':
      return { cpu: 1, name: 'direct-then-write' }
    case 'sendfile':
    case 'splice':
      if (route.scatterGather === null) return null
      return route.scatterGather
        ? { cpu: 0, name: `${technique}-gather` }
        : { cpu: 1, name: `${technique}-no-scatter-gather-linearised` }
    case 'zerocopy':
      if (route.scatterGather === null || kernelCopied === null) return null
      if (!route.scatterGather) return { cpu: 1, name: 'zerocopy-no-scatter-gather-linearised' }
      return {
        cpu: kernelCopied,
        name: kernelCopied > 0 ? 'zerocopy, copied by the kernel' : 'zerocopy-gather',
      }
    default:
      return null
  }
}

function receivingRule(technique: Technique): Rule | null {
  switch (technique) {
    case 'readwrite':
      return { cpu: 2, name: 'receive-then-write' }
    case 'splice':
      return { cpu: 1, name: 'socket-to-page-cache' }
    case 'mmap':
      return { cpu: 1, name: 'receive-into-mapping' }
    case 'direct':
      return { cpu: 1, name: 'receive-then-direct' }
    default:
      return null
  }
}

/** What a byte costs that goes through a buffer in user space: once in, once out. */
const BUFFERED_CPU_COPIES = 2

/**
 * Copies per byte on this machine, derived from the technique that ran and the interface; null where no rule applies.
 * One DMA copy is the disk's (cached pages need none), the other the network card's, which loopback and veth do not have.
 * `bufferedShare` (0 to 1) is the part of the bytes that went through a buffer in user space all the same, as small
 * files do that travel many in one frame: the count is then the mean. It says nothing of `direct`, whose every byte goes
 * through a buffer that the disk fills or empties by DMA. `kernelCopiedShare` (0 to 1) is the part of the bytes that
 * the kernel said it copied in spite of `zerocopy`; without it that technique has no count.
 */
export function countCopies(
  role: 'sender' | 'receiver',
  technique: Technique,
  security: Security,
  route: RouteOfBytes,
  bufferedShare = 0,
  kernelCopiedShare: number | null = null,
): CopyCount | null {
  if (security !== 'clear') return null
  const rule = role === 'sender' ? sendingRule(technique, route, kernelCopiedShare) : receivingRule(technique)
  if (!rule) return null
  const buffered = technique !== 'direct' && rule.cpu < BUFFERED_CPU_COPIES && bufferedShare > 0
  const cpu = rule.cpu + (buffered ? (BUFFERED_CPU_COPIES - rule.cpu) * bufferedShare : 0)
  const names = [rule.name, ...(buffered ? ['small files through a buffer'] : [])]
  if (route.virtual) names.push('no network card')
  return { cpu: Math.round(cpu * 100) / 100, dma: route.virtual ? 1 : 2, rule: names.join(', ') }
}
