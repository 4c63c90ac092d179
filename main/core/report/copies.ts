import type { EngineSample, EngineTechnique } from '../../../native/index.ts'
import type { CopyCount, Security } from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'

/** What the model needs of the two ends of the bytes' way through this machine: the interface, and where the files lie. */
export interface RouteOfBytes {
  /** Whether the interface gathers from memory; null where it cannot be asked. */
  readonly scatterGather: boolean | null
  /** Whether it hands packets over in memory (loopback, veth), so that there is no DMA to a card. */
  readonly virtual: boolean
  /** File system that the bytes come from or go to; null where it is not known. */
  readonly fileSystem: string | null
  /** Share of a sender's bytes that the page cache held before, 0 to 1; null where it is not known. */
  readonly cachedShare: number | null
}

/** File systems that hold their files in memory: no DMA to or from a disk, and no way past the page cache. */
export const IN_MEMORY: readonly string[] = ['tmpfs', 'ramfs']
/** File systems that, by the kernel's version, may buffer what is to be written past the page cache. */
const MAY_BUFFER_WRITES: readonly string[] = ['btrfs']

function isIn(list: readonly string[], { fileSystem }: RouteOfBytes): boolean {
  return fileSystem !== null && list.includes(fileSystem)
}

/** Bytes by the way that they went, as the engine has counted them. */
export type MovedBytes = Pick<EngineSample, 'bytesBy' | 'directBytes' | 'kernelCopiedBytes'>

interface Rule {
  /** CPU copies per byte. */
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
      return isIn(IN_MEMORY, route)
        ? { cpu: 2, name: 'direct-buffered-then-write' }
        : { cpu: 1, name: 'direct-then-write' }
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

function receivingRule(technique: Technique, route: RouteOfBytes): Rule | null {
  switch (technique) {
    case 'readwrite':
      return { cpu: 2, name: 'receive-then-write' }
    case 'splice':
      return { cpu: 1, name: 'socket-to-page-cache' }
    case 'mmap':
      return { cpu: 1, name: 'receive-into-mapping' }
    case 'direct':
      if (isIn(IN_MEMORY, route)) return { cpu: 2, name: 'receive-then-direct-buffered' }
      return isIn(MAY_BUFFER_WRITES, route) ? null : { cpu: 1, name: 'receive-then-direct' }
    default:
      return null
  }
}

const ENGINE_TECHNIQUES: readonly EngineTechnique[] = [
  'readwrite',
  'mmap',
  'gather',
  'sendfile',
  'transmitfile',
  'splice',
  'direct',
  'zerocopy',
]

type Role = 'sender' | 'receiver'

function ruleOf(
  role: Role,
  technique: Technique,
  route: RouteOfBytes,
  kernelCopied: number | null,
): Rule | null {
  return role === 'sender' ? sendingRule(technique, route, kernelCopied) : receivingRule(technique, route)
}

interface Disk {
  /** DMA copies per byte. */
  readonly dma: number
  readonly names: readonly string[]
}

/** The disk's part: `past` (0 to 1) is what of the bytes went past the page cache. */
function diskOf(role: Role, route: RouteOfBytes, past: number): Disk {
  const sends = role === 'sender'
  if (isIn(IN_MEMORY, route)) return { dma: 0, names: [`${sends ? 'source' : 'target'} in memory`] }
  const cached = sends ? (1 - past) * (route.cachedShare ?? 0) : 0
  return { dma: 1 - cached, names: cached > 0 ? [`${Math.round(cached * 100)} % from the page cache`] : [] }
}

function counted(cpu: number, names: readonly string[], route: RouteOfBytes, disk: Disk): CopyCount {
  return {
    cpu: Math.round(cpu * 100) / 100,
    dma: Math.round((disk.dma + (route.virtual ? 0 : 1)) * 100) / 100,
    rule: [...names, ...disk.names, ...(route.virtual ? ['no network card'] : [])].join(', '),
  }
}

/**
 * Copies per byte on this machine of a technique that every byte goes by, derived from it and the interface; null where no
 * rule applies. One DMA copy is the network card's, which loopback and veth do not have, the other the disk's, which files in
 * memory and cached pages do not need; where it is not known what is cached, nothing is. `zerocopy` has no count without the kernel's own word.
 */
export function countCopies(
  role: Role,
  technique: Technique,
  security: Security,
  route: RouteOfBytes,
): CopyCount | null {
  const rule = security === 'clear' ? ruleOf(role, technique, route, null) : null
  return rule && counted(rule.cpu, [rule.name], route, diskOf(role, route, technique === 'direct' ? 1 : 0))
}

interface Part {
  readonly technique: EngineTechnique
  readonly bytes: number
}

/** What went by each technique. Of `direct` only what passed by the page cache: the rest was read or written through it. */
function partsOf({ bytesBy, directBytes }: MovedBytes): Part[] {
  const past = Math.min(bytesBy.direct, directBytes)
  const moved = { ...bytesBy, direct: past, readwrite: bytesBy.readwrite + bytesBy.direct - past }
  return ENGINE_TECHNIQUES.map((technique) => ({ technique, bytes: moved[technique] })).filter(
    ({ bytes }) => bytes > 0,
  )
}

/**
 * Copies per byte of a transfer: the mean over all bytes that the engine has moved, each by the rule of the technique that
 * moved it. Until some have moved it is the count of `technique` alone. The rule named is that of `technique`, with a
 * word on bytes that went another way. Null where a rule for some of the bytes is not known.
 */
export function meanCopies(
  role: Role,
  technique: Technique,
  security: Security,
  route: RouteOfBytes,
  moved: MovedBytes,
): CopyCount | null {
  if (security !== 'clear') return null
  const parts = partsOf(moved)
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total === 0) return countCopies(role, technique, security, route)
  const zerocopied = moved.bytesBy.zerocopy
  const kernelCopied = zerocopied > 0 ? Math.min(1, moved.kernelCopiedBytes / zerocopied) : null
  let copied = 0
  for (const part of parts) {
    const rule = ruleOf(role, part.technique, route, kernelCopied)
    if (rule === null) return null
    copied += rule.cpu * part.bytes
  }
  const main = ruleOf(role, technique, route, kernelCopied)
  if (main === null) return null
  const names = [main.name, ...otherWays(technique, parts)]
  const past = parts.find((part) => part.technique === 'direct')?.bytes ?? 0
  return counted(copied / total, names, route, diskOf(role, route, past / total))
}

/** Words on the bytes that did not go by the technique named. */
function otherWays(technique: Technique, parts: readonly Part[]): string[] {
  const others = parts.filter((part) => part.technique !== technique)
  const buffered = others.some((part) => part.technique === 'readwrite')
  const named = others.filter((part) => part.technique !== 'readwrite').map((part) => part.technique)
  return [
    ...(buffered ? ['part through a buffer'] : []),
    ...(named.length > 0 ? [`part by ${named.join(' and ')}`] : []),
  ]
}
