import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Choice, Reason, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../contract/technique.ts'
import type { Conveyance } from '../../contract/report.ts'
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
  /** What is sent; null if nothing is named yet. */
  readonly source: SourceFacts | null
  /** File system of the receiver's target; null if not known, and for a sender. */
  readonly targetFileSystem: string | null
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

const SEND_ORDER: readonly SendTechnique[] = ['sendfile', 'transmitfile', 'mmap', 'readwrite']
const RECEIVE_ORDER: readonly ReceiveTechnique[] = ['splice', 'readwrite']

function unavailable(technique: Technique, facts: PlanFacts, available: readonly Technique[]): Reason | null {
  const platforms = PLATFORMS[technique]
  if (platforms && !platforms.includes(facts.platform)) {
    return { code: 'not-supported-here', params: { platform: facts.platform } }
  }
  return available.includes(technique) ? null : { code: 'not-built-yet' }
}

/** What differs between the two directions. */
interface Direction<T extends Technique> {
  readonly all: readonly T[]
  readonly rules: readonly Rule<T>[]
  /** The technique that runs everywhere. */
  readonly last: T
  readonly available: readonly Technique[]
  readonly copies: Copies
  readonly whyNot: (technique: T) => Reason | null
}

function choose<T extends Technique>(
  facts: PlanFacts,
  wanted: T | 'auto',
  direction: Direction<T>,
): Choice<T> {
  const hindrance = (technique: T): Reason | null => unavailable(technique, facts, direction.available)
  const { technique, reason, why } = decide(facts, wanted, direction, hindrance)
  const rejected = direction.all
    .filter((other) => other !== technique)
    .map((other) => ({ technique: other, why: hindrance(other) ?? why(other) }))
  return { technique, reason, rejected }
}

interface Decision<T> {
  readonly technique: T
  readonly reason: Reason
  /** Why another available technique was not chosen. */
  readonly why: (other: T) => Reason
}

function decide<T extends Technique>(
  facts: PlanFacts,
  wanted: T | 'auto',
  { rules, last, copies, whyNot }: Direction<T>,
  hindrance: (technique: T) => Reason | null,
): Decision<T> {
  const { cipher, carrier } = facts.conveyance
  if (carrier === 'body') {
    const encrypted = cipher !== 'none'
    const reason: Reason = { code: encrypted ? 'encrypted-in-node' : 'body-in-node' }
    return { technique: last, reason, why: () => (encrypted ? { code: 'needs-clear' } : reason) }
  }
  if (wanted !== 'auto' && hindrance(wanted) === null) {
    return {
      technique: wanted,
      reason: { code: 'chosen-by-user' },
      why: () => ({ code: 'other-chosen' }),
    }
  }
  const { technique, reason } = firstThatApplies(facts, rules, hindrance) ?? {
    technique: last,
    reason: { code: 'nothing-better-here' },
  }
  const cpuOf = (one: T): number => copies[one] ?? 1
  const ofCopies = (other: T): Reason =>
    cpuOf(other) > cpuOf(technique)
      ? { code: 'copies-more', params: { cpu: cpuOf(other) } }
      : { code: 'only-by-choice' }
  const why = (other: T): Reason => whyNot(other) ?? ofCopies(other)
  return { technique, reason, why }
}

function firstThatApplies<T>(
  facts: PlanFacts,
  rules: readonly Rule<T>[],
  hindrance: (technique: T) => Reason | null,
): { readonly technique: T; readonly reason: Reason } | null {
  for (const { technique, because } of rules) {
    const reason = hindrance(technique) === null ? because(facts) : null
    if (reason) return { technique, reason }
  }
  return null
}

/** The sender's technique: a pure function of facts and the user's choice. */
export function planSend(facts: PlanFacts, wanted: SendTechnique | 'auto'): Choice<SendTechnique> {
  return choose(facts, wanted, {
    all: SEND_TECHNIQUES,
    rules: SEND_RULES,
    last: 'readwrite',
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
    last: 'readwrite',
    available: facts.supported.receive,
    copies: RECEIVE_COPIES,
    whyNot: whyNotReceive,
  })
}

/** The techniques to try, in order, when the chosen one is "not supported here". */
export function fallbackOrder<T extends Technique>(
  choice: Choice<T>,
  order: readonly T[],
  supported: readonly Technique[],
): T[] {
  return order.filter((technique) => technique !== choice.technique && supported.includes(technique))
}

export { RECEIVE_ORDER, SEND_ORDER }
