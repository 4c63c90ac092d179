import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Reason, ReceiveTechnique, SendTechnique } from '../../contract/technique.ts'
import type { PlanFacts } from './plan.ts'

/** One line of the choice: taken where it applies and its technique can run, the first before the others. */
export interface Rule<T> {
  readonly technique: T
  /** The reason where the rule applies, else null. */
  readonly because: (facts: PlanFacts) => Reason | null
}

/** Scattered pieces up to this mean size are read through mappings. A page fault costs less than a call for each. */
const SCATTERED_BYTES = 256 * 1024
/** What is larger than this part of the memory does not stay in the page cache until somebody reads it again. */
const OF_MEMORY = 0.5
/** Less than this share counts as "not cached". */
const HARDLY_CACHED = 0.1

function percent(share: number): number {
  return Math.round(share * 100)
}

/** Pieces here and there in files, as a message broker picks messages out of one log. */
function scattered(source: SourceFacts): boolean {
  return source.pieces > source.files && source.bytes / source.pieces <= SCATTERED_BYTES
}

function fitsInCache({ source, memoryBytes }: PlanFacts): boolean {
  return source === null || source.bytes <= memoryBytes * OF_MEMORY
}

function hardlyCached({ source }: PlanFacts): boolean {
  return source !== null && source.cachedShare !== null && source.cachedShare < HARDLY_CACHED
}

function interfaceOf(route: RouteFacts | null): { interface: string } | undefined {
  return route?.interfaceName ? { interface: route.interfaceName } : undefined
}

function inOrder({ source, route }: PlanFacts): Reason {
  if (route?.sameMachine === true) return { code: 'socket-to-this-machine' }
  if (route?.scatterGather === false) return { code: 'no-scatter-gather', params: { ...interfaceOf(route) } }
  if (source === null || source.files === 0) return { code: 'whole-files-in-order' }
  const { files, bytes, cachedShare } = source
  const cached = cachedShare === null ? {} : { cached: percent(cachedShare) }
  return { code: 'whole-files-in-order', params: { files, bytes, ...cached } }
}

export const SEND_RULES: readonly Rule<SendTechnique>[] = [
  {
    technique: 'gather',
    because: ({ source }) =>
      source !== null && scattered(source)
        ? { code: 'scattered-pieces', params: { pieces: source.pieces, mean: meanOf(source) } }
        : null,
  },
  { technique: 'sendfile', because: inOrder },
  { technique: 'transmitfile', because: inOrder },
  { technique: 'mmap', because: () => ({ code: 'nothing-better-here' }) },
  { technique: 'readwrite', because: () => ({ code: 'nothing-better-here' }) },
]

export const RECEIVE_RULES: readonly Rule<ReceiveTechnique>[] = [
  { technique: 'splice', because: () => ({ code: 'receiving-no-touch' }) },
  { technique: 'readwrite', because: () => ({ code: 'nothing-better-here' }) },
]

function meanOf({ bytes, pieces }: SourceFacts): number {
  return pieces > 0 ? Math.round(bytes / pieces) : 0
}

/** Why a technique that could run was not taken for sending; null where only its copies speak against it. */
export function whyNotSend(technique: SendTechnique, facts: PlanFacts): Reason | null {
  const { source, route } = facts
  switch (technique) {
    case 'gather':
      return source === null || scattered(source) ? null : { code: 'not-scattered' }
    case 'splice':
      return { code: 'through-a-pipe' }
    case 'direct':
      return whyNotDirect(facts)
    case 'zerocopy':
      if (route?.virtual === true) return { code: 'kernel-would-copy', params: { ...interfaceOf(route) } }
      return { code: 'pages-to-be-pinned' }
    case 'seal':
    case 'ktls':
      return { code: 'nothing-to-encrypt' }
    default:
      return null
  }
}

function whyNotDirect(facts: PlanFacts): Reason {
  const { source } = facts
  if (source?.fileSystem === 'tmpfs' || source?.fileSystem === 'ramfs') return { code: 'no-disk-below' }
  if (source !== null && source.cachedShare !== null && !hardlyCached(facts)) {
    return { code: 'cached-already', params: { cached: percent(source.cachedShare) } }
  }
  return fitsInCache(facts) ? { code: 'would-stay-cached' } : { code: 'direct-not-faster' }
}

/** Why a technique that could run was not taken for receiving. */
export function whyNotReceive(technique: ReceiveTechnique): Reason | null {
  switch (technique) {
    case 'mmap':
      return { code: 'faults-for-each-page' }
    case 'direct':
      return { code: 'waits-for-the-disk' }
    case 'unseal':
      return { code: 'nothing-to-encrypt' }
    default:
      return null
  }
}
