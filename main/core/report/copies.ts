import type { EngineSample, EngineTechnique } from '../../../native/index.ts'
import type { Conveyance, CopyCount, CopyRule, ReceiveWay, SendWay } from '../../contract/report.ts'
import { ENGINE_TECHNIQUES, type Technique } from '../../contract/technique.ts'

/** What the model needs about both ends of the bytes' path through this machine: the interface and the file system. */
export interface RouteOfBytes {
  /** Whether the interface supports scatter-gather; null if it cannot be determined. */
  readonly scatterGather: boolean | null
  /** Whether it passes packets in memory (loopback, veth), without DMA to a card. */
  readonly virtual: boolean
  /** Whether the other end is this machine. */
  readonly sameMachine: boolean
  /** File system of the source or target; null if not known. */
  readonly fileSystem: string | null
  /** Share of a sender's bytes that were in the page cache, 0 to 1; null if not known. */
  readonly cachedShare: number | null
}

/** File systems in memory: no DMA to or from a disk, and no bypass of the page cache. */
export const IN_MEMORY: readonly string[] = ['tmpfs', 'ramfs']
/** File systems that, depending on the kernel version, may buffer writes that should bypass the page cache. */
const MAY_BUFFER_WRITES: readonly string[] = ['btrfs']

function isIn(list: readonly string[], { fileSystem }: RouteOfBytes): boolean {
  return fileSystem !== null && list.includes(fileSystem)
}

/** Bytes by technique, as counted by the engine. */
export type MovedBytes = Pick<EngineSample, 'bytesBy' | 'directBytes' | 'kernelCopiedBytes'>

interface Rule<Way> {
  /** CPU copies per byte. */
  readonly cpu: number
  readonly way: Way
}
type Rules<Way> = Readonly<Partial<Record<Technique, Rule<Way>>>>

function sendingRule(
  technique: Technique,
  route: RouteOfBytes,
  kernelCopied: number | null,
): Rule<SendWay> | null {
  switch (technique) {
    case 'readwrite':
      return { cpu: 2, way: 'read-then-write' }
    case 'mmap':
    case 'gather':
      return { cpu: 1, way: 'mapped-then-write' }
    case 'direct':
      return isIn(IN_MEMORY, route)
        ? { cpu: 2, way: 'direct-buffered-then-write' }
        : { cpu: 1, way: 'direct-then-write' }
    case 'sendfile':
    case 'splice':
      if (route.scatterGather === null) return null
      return route.scatterGather
        ? { cpu: 0, way: `${technique}-gather` }
        : { cpu: 1, way: `${technique}-linearised` }
    case 'zerocopy':
      if (route.scatterGather === null || kernelCopied === null) return null
      if (!route.scatterGather) return { cpu: 1, way: 'zerocopy-linearised' }
      return { cpu: kernelCopied, way: kernelCopied > 0 ? 'zerocopy-copied' : 'zerocopy-gather' }
    default:
      return null
  }
}

/**
 * The copies of an encrypted stream; its cipher pass is a figure of its own. The engine seals from one buffer into another and
 * copies that to the socket. The kernel seals pages into new ones, which an interface without scatter-gather has copied.
 */
function sealingRule(technique: Technique, { scatterGather }: RouteOfBytes): Rule<SendWay> | null {
  switch (technique) {
    case 'seal':
      return { cpu: 2, way: 'read-then-seal' }
    case 'readwrite':
      return { cpu: 2, way: 'read-then-kernel-seals' }
    case 'ktls':
      if (scatterGather === null) return null
      return scatterGather
        ? { cpu: 0, way: 'kernel-seals-pages' }
        : { cpu: 1, way: 'kernel-seals-linearised' }
    default:
      return null
  }
}

const UNSEALING: Rules<ReceiveWay> = {
  unseal: { cpu: 2, way: 'unseal-then-write' },
  readwrite: { cpu: 2, way: 'kernel-unseals-then-write' },
  ktls: { cpu: 1, way: 'kernel-unseals-in-place' },
}

const RECEIVING: Rules<ReceiveWay> = {
  readwrite: { cpu: 2, way: 'receive-then-write' },
  splice: { cpu: 1, way: 'socket-to-page-cache' },
  mmap: { cpu: 1, way: 'receive-into-mapping' },
}

function receivingRule(technique: Technique, route: RouteOfBytes): Rule<ReceiveWay> | null {
  if (technique !== 'direct') return RECEIVING[technique] ?? null
  if (isIn(IN_MEMORY, route)) return { cpu: 2, way: 'receive-then-direct-buffered' }
  return isIn(MAY_BUFFER_WRITES, route) ? null : { cpu: 1, way: 'receive-then-direct' }
}

type Role = 'sender' | 'receiver'

/** One end of the engine's streams. */
interface End {
  readonly role: Role
  readonly route: RouteOfBytes
  /** Whether the streams carry records that the engine or the kernel seals. */
  readonly encrypted: boolean
}

/** The end of streams of the engine; null for bytes that go another way. */
function endOf(role: Role, { cipher, carrier }: Conveyance, route: RouteOfBytes): End | null {
  return carrier === 'engine' ? { role, route, encrypted: cipher === 'sealed' } : null
}

/** The rule of a technique at one end, with the suffix of that end. */
type EndRule = ({ readonly kind: 'send' } & Rule<SendWay>) | ({ readonly kind: 'receive' } & Rule<ReceiveWay>)

function ruleOf(end: End, technique: Technique, kernelCopied: number | null): EndRule | null {
  const { role, route, encrypted } = end
  if (role === 'sender') {
    const rule = encrypted ? sealingRule(technique, route) : sendingRule(technique, route, kernelCopied)
    return rule && { kind: 'send', ...rule }
  }
  const rule = encrypted ? (UNSEALING[technique] ?? null) : receivingRule(technique, route)
  return rule && { kind: 'receive', ...rule }
}

/** How the bytes of one end moved. */
interface Moved {
  /** Mean CPU copies per byte. */
  readonly cpu: number
  readonly rule: EndRule
  /** Other techniques that carried part of the bytes. */
  readonly beside: readonly Technique[]
  /** Share of the bytes that bypassed the page cache, 0 to 1. */
  readonly direct: number
}

const rounded = (value: number): number => Math.round(value * 100) / 100

function counted({ cpu, rule, beside, direct }: Moved, { route, encrypted }: End): CopyCount {
  const place = isIn(IN_MEMORY, route) ? 'memory' : 'disk'
  const cachedShare = rule.kind === 'send' && place === 'disk' ? (1 - direct) * (route.cachedShare ?? 0) : 0
  const card = !route.virtual
  const named: CopyRule =
    rule.kind === 'send'
      ? { kind: 'send', way: rule.way, beside, source: place, cachedShare: rounded(cachedShare), card }
      : { kind: 'receive', way: rule.way, beside, target: place, card }
  const dma = (place === 'memory' ? 0 : 1 - cachedShare) + (card ? 1 : 0)
  return { cpu: rounded(cpu), dma: rounded(dma), cipherPasses: encrypted ? 1 : 0, rule: named }
}

/**
 * Copies per byte on this machine if every byte uses one technique, derived from the technique and the interface; null if no
 * rule applies. One DMA copy is the network card's, which loopback and veth do not have; the other is the disk's, which
 * files in memory and cached pages do not need. An unknown cached share counts as 0. `zerocopy` has no count without the
 * kernel's own report.
 */
export function countCopies(
  role: Role,
  technique: Technique,
  conveyance: Conveyance,
  route: RouteOfBytes,
): CopyCount | null {
  const end = endOf(role, conveyance, route)
  const rule = end && ruleOf(end, technique, null)
  return rule && counted({ cpu: rule.cpu, rule, beside: [], direct: technique === 'direct' ? 1 : 0 }, end)
}

interface Part {
  readonly technique: EngineTechnique
  readonly bytes: number
}

/** The bytes of each technique. For `direct`, only those that bypassed the page cache: the rest went through it. */
function partsOf({ bytesBy, directBytes }: MovedBytes): Part[] {
  const past = Math.min(bytesBy.direct, directBytes)
  const moved = { ...bytesBy, direct: past, readwrite: bytesBy.readwrite + bytesBy.direct - past }
  return ENGINE_TECHNIQUES.map((technique) => ({ technique, bytes: moved[technique] })).filter(
    ({ bytes }) => bytes > 0,
  )
}

/**
 * Copies per byte of a transfer: the mean over all bytes that the engine has moved, each by the rule of its technique.
 * Before the first byte it is the count of `technique` alone. The named rule is that of `technique`, with the techniques
 * that carried other bytes. Null if some of the bytes have no rule.
 */
export function meanCopies(
  role: Role,
  technique: Technique,
  conveyance: Conveyance,
  route: RouteOfBytes,
  moved: MovedBytes,
): CopyCount | null {
  const end = endOf(role, conveyance, route)
  if (end === null) return null
  const parts = partsOf(moved)
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total === 0) return countCopies(role, technique, conveyance, route)
  const zerocopied = moved.bytesBy.zerocopy
  const kernelCopied = zerocopied > 0 ? Math.min(1, moved.kernelCopiedBytes / zerocopied) : null
  let copied = 0
  for (const part of parts) {
    const rule = ruleOf(end, part.technique, kernelCopied)
    if (rule === null) return null
    copied += rule.cpu * part.bytes
  }
  const rule = ruleOf(end, technique, kernelCopied)
  if (rule === null) return null
  const beside = parts.filter((part) => part.technique !== technique).map((part) => part.technique)
  const direct = (parts.find((part) => part.technique === 'direct')?.bytes ?? 0) / total
  return counted({ cpu: copied / total, rule, beside, direct }, end)
}
