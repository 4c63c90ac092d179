import type { Choice, Reason, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../contract/technique.ts'
import type { Security } from '../../contract/report.ts'

/** What a choice rests on. */
export interface PlanFacts {
  /** Node's name of the platform. */
  readonly platform: string
  readonly security: Security
  /** What this build and this kernel have, by the addon's word. */
  readonly supported: { readonly send: readonly Technique[]; readonly receive: readonly Technique[] }
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

/** CPU copies per byte at best, by the table of techniques; 1 where none is given. */
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

function choose<T extends Technique>(
  all: readonly T[],
  order: readonly T[],
  last: T,
  wanted: T | 'auto',
  facts: PlanFacts,
  available: readonly Technique[],
  copies: Copies,
  reasonOf: (technique: T) => Reason,
): Choice<T> {
  const usable = (technique: T): boolean => unavailable(technique, facts, available) === null
  const inNode = facts.security === 'https' || facts.security === 'http'
  const best = inNode ? last : (order.find(usable) ?? last)
  const technique = !inNode && wanted !== 'auto' && usable(wanted) ? wanted : best
  const chosen: Reason = inNode
    ? { code: facts.security === 'https' ? 'encrypted-in-node' : 'body-in-node' }
    : technique === wanted
      ? { code: 'chosen-by-user' }
      : reasonOf(technique)
  const rejected = all
    .filter((other) => other !== technique)
    .map((other) => ({
      technique: other,
      why:
        unavailable(other, facts, available) ??
        whyNotTaken(other, technique, copies, inNode, technique === wanted),
    }))
  return { technique, reason: chosen, rejected }
}

function whyNotTaken(
  technique: Technique,
  taken: Technique,
  copies: Copies,
  inNode: boolean,
  byUser: boolean,
): Reason {
  if (inNode) return { code: 'needs-clear' }
  if (byUser) return { code: 'other-chosen' }
  const cpu = copies[technique] ?? 1
  return cpu > (copies[taken] ?? 1) ? { code: 'copies-more', params: { cpu } } : { code: 'only-by-choice' }
}

/** The sender's technique: pure, from facts and the user's wish. */
export function planSend(facts: PlanFacts, wanted: SendTechnique | 'auto'): Choice<SendTechnique> {
  return choose(
    SEND_TECHNIQUES,
    SEND_ORDER,
    'readwrite',
    wanted,
    facts,
    facts.supported.send,
    SEND_COPIES,
    () => ({
      code: 'whole-files-in-order',
    }),
  )
}

/** The receiver's technique: pure, from facts and the user's wish. */
export function planReceive(facts: PlanFacts, wanted: ReceiveTechnique | 'auto'): Choice<ReceiveTechnique> {
  return choose(
    RECEIVE_TECHNIQUES,
    RECEIVE_ORDER,
    'readwrite',
    wanted,
    facts,
    facts.supported.receive,
    RECEIVE_COPIES,
    () => ({
      code: 'receiving-no-touch',
    }),
  )
}

/** The techniques to try, in order, when the chosen one says "not supported here". */
export function fallbackOrder<T extends Technique>(
  choice: Choice<T>,
  order: readonly T[],
  supported: readonly Technique[],
): T[] {
  return order.filter((technique) => technique !== choice.technique && supported.includes(technique))
}

export { RECEIVE_ORDER, SEND_ORDER }
