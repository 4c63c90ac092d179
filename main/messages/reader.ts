import type { ErrorCode, Problem } from '../contract/errors.ts'

/** Who reads a sentence about a transfer. `copier`: the user who copies to a folder on this machine. */
export type Reader = 'sender' | 'receiver' | 'copier'

/** What a sentence about a transfer depends on. */
export interface ReadTransfer {
  readonly role: 'sender' | 'receiver'
  /** `local` for a copy on this machine; null if it is not known. */
  readonly carrier: string | null
  readonly peer: { readonly alias: string }
}

export function readerOf({ role, carrier }: Pick<ReadTransfer, 'role' | 'carrier'>): Reader {
  return role === 'sender' && carrier === 'local' ? 'copier' : role
}

/** Faults that only the receiver of a transfer can have. */
const AT_RECEIVER: readonly ErrorCode[] = ['no-permission', 'target-unusable']

/** The problem as its reader must see it: a sender reads the name of the device that has it. */
export function placed(problem: Problem, transfer: ReadTransfer): Problem {
  if (readerOf(transfer) !== 'sender' || !AT_RECEIVER.includes(problem.code)) return problem
  return { ...problem, params: { peer: transfer.peer.alias, ...problem.params } }
}
