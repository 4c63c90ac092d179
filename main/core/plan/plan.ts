import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Choice, Reason, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import { isSealing, RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../contract/technique.ts'
import type { Conveyance } from '../../contract/report.ts'
import { whyNotCarried } from '../../contract/carries.ts'
import { RECEIVE_RULES, type Rule, SEND_RULES, whyNotReceive, whyNotSend } from './rules.ts'

/** The facts on which a choice depends. */
export interface PlanFacts {
  /** Node's name for the platform. */
  readonly platform: string
  readonly conveyance: Conveyance
  /** Techniques that this build and this kernel support, as reported by the addon. */
  readonly supported: { readonly send: readonly Technique[]; readonly receive: readonly Technique[] }
  /** Memory of this machine, in bytes. */
  readonly memoryBytes: number
  /** Memory that this machine can give without swapping or exceeding the limit of its control group, in bytes. */
  readonly freeMemoryBytes: number
  /** What is sent; null if nothing is named yet. */
  readonly source: SourceFacts | null
  /** File system of the receiver's target; null if not known, and for a sender. */
  readonly targetFileSystem: string | null
  /** Whether content can be written there without leaving pages in the page cache; false for a sender. */
  readonly targetSkipsCache: boolean
  /** Null if no peer is named or no route to it is known. */
  readonly route: RouteFacts | null
}

const PLATFORMS: Readonly<Partial<Record<Technique, readonly string[]>>> = {
  sendfile: ['linux', 'darwin'],
  transmitfile: ['win32'],
  splice: ['linux'],
  direct: ['linux', 'win32'],
  zerocopy: ['linux'],
  seal: ['linux', 'win32'],
  unseal: ['linux', 'win32'],
  ktls: ['linux'],
}

/** Fewest CPU copies per byte, by the table of techniques; 1 if not listed. */
type Copies = Readonly<Partial<Record<Technique, number>>>
const SEND_COPIES: Copies = { readwrite: 2, sendfile: 0, transmitfile: 0, splice: 0, zerocopy: 0 }
const RECEIVE_COPIES: Copies = { readwrite: 2 }

const SEND_ORDER: readonly SendTechnique[] = ['sendfile', 'transmitfile', 'mmap', 'readwrite', 'seal']
const RECEIVE_ORDER: readonly ReceiveTechnique[] = ['splice', 'readwrite', 'unseal']

function unavailable(technique: Technique, facts: PlanFacts, available: readonly Technique[]): Reason | null {
  const platforms = PLATFORMS[technique]
  if (platforms && !platforms.includes(facts.platform)) {
    return { code: 'not-supported-here', params: { platform: facts.platform } }
  }
  if (available.includes(technique)) return null
  if (!isSealing(technique)) return { code: 'not-built-yet' }
  return { code: technique === 'ktls' ? 'no-kernel-tls' : 'no-cipher-library' }
}

/** The technique that runs for every file, by transport. */
interface Last<T> {
  readonly plain: T
  readonly sealed: T
  readonly 'kernel-tls': T
}

/** What differs between the two directions. */
interface Direction<T extends Technique> {
  readonly all: readonly T[]
  readonly rules: readonly Rule<T>[]
  readonly last: Last<T>
  readonly available: readonly Technique[]
  readonly copies: Copies
  readonly whyNot: (technique: T) => Reason | null
}

function choose<T extends Technique>(
  facts: PlanFacts,
  wanted: T | 'auto',
  direction: Direction<T>,
): Choice<T> {
  const hindrance = (technique: T): Reason | null =>
    unavailable(technique, facts, direction.available) ?? whyNotCarried(facts.conveyance, technique)
  const { technique, reason, dontcache, why } = decide(facts, wanted, direction, hindrance)
  const rejected = direction.all
    .filter((other) => other !== technique)
    .map((other) => ({ technique: other, why: hindrance(other) ?? why(other) }))
  return { technique, reason, ...(dontcache === true ? { dontcache } : {}), rejected }
}

interface Decision<T> {
  readonly technique: T
  readonly reason: Reason
  readonly dontcache?: true
  /** Why another available technique was not chosen. */
  readonly why: (other: T) => Reason
}

function decide<T extends Technique>(
  facts: PlanFacts,
  wanted: T | 'auto',
  { rules, last: lastOf, copies, whyNot }: Direction<T>,
  hindrance: (technique: T) => Reason | null,
): Decision<T> {
  const { cipher, carrier, transport } = facts.conveyance
  const last = lastOf[transport ?? 'plain']
  if (carrier === 'body') {
    const reason: Reason = { code: cipher === 'none' ? 'body-in-node' : 'encrypted-in-node' }
    return { technique: last, reason, why: () => reason }
  }
  if (wanted !== 'auto' && hindrance(wanted) === null) {
    return {
      technique: wanted,
      reason: { code: 'chosen-by-user' },
      why: () => ({ code: 'other-chosen' }),
    }
  }
  const found = firstThatApplies(facts, rules, hindrance) ?? {
    technique: last,
    reason: { code: 'nothing-better-here' },
  }
  const { technique } = found
  const cpuOf = (one: T): number => copies[one] ?? 1
  const ofCopies = (other: T): Reason =>
    cpuOf(other) > cpuOf(technique)
      ? { code: 'copies-more', params: { cpu: cpuOf(other) } }
      : { code: 'only-by-choice' }
  const why = (other: T): Reason => whyNot(other) ?? ofCopies(other)
  return { ...found, why }
}

function firstThatApplies<T>(
  facts: PlanFacts,
  rules: readonly Rule<T>[],
  hindrance: (technique: T) => Reason | null,
): Omit<Decision<T>, 'why'> | null {
  for (const { technique, dontcache, because } of rules) {
    const reason = hindrance(technique) === null ? because(facts) : null
    if (reason) return { technique, reason, ...(dontcache === true ? { dontcache } : {}) }
  }
  return null
}

/** The sender's technique: a pure function of facts and the user's choice. */
export function planSend(facts: PlanFacts, wanted: SendTechnique | 'auto'): Choice<SendTechnique> {
  return choose(facts, wanted, {
    all: SEND_TECHNIQUES,
    rules: SEND_RULES,
    last: { plain: 'readwrite', sealed: 'seal', 'kernel-tls': 'ktls' },
    available: facts.supported.send,
    copies: SEND_COPIES,
    whyNot: (technique) => whyNotSend(technique, facts),
  })
}

/** The receiver's technique: a pure function of facts and the user's choice. */
export function planReceive(facts: PlanFacts, wanted: ReceiveTechnique | 'auto'): Choice<ReceiveTechnique> {
  return choose(facts, wanted, {
    all: RECEIVE_TECHNIQUES,
    rules: RECEIVE_RULES,
    last: { plain: 'readwrite', sealed: 'unseal', 'kernel-tls': 'ktls' },
    available: facts.supported.receive,
    copies: RECEIVE_COPIES,
    whyNot: (technique) => whyNotReceive(technique, facts),
  })
}

/**
 * Whether one technique can stand in for another on a stream. Where the kernel does not take the keys of a stream, it becomes one
 * that the engine seals.
 */
function standsIn(other: Technique, { technique }: Choice): boolean {
  if (other === technique) return false
  if (technique === 'ktls') return other === 'readwrite' || isSealing(other)
  return !isSealing(technique) && !isSealing(other)
}

/** The techniques to try, in order, when the chosen one is "not supported here": those that its transport carries. */
export function fallbackOrder<T extends Technique>(
  choice: Choice<T>,
  order: readonly T[],
  supported: readonly Technique[],
): T[] {
  return order.filter((technique) => supported.includes(technique) && standsIn(technique, choice))
}

export { RECEIVE_ORDER, SEND_ORDER }
