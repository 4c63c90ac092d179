import { timingSafeEqual } from 'node:crypto'
import type { Problem } from '../../contract/errors.ts'
import { commitmentOf, digitsOf, type PairedKeys, type PairingMessage } from '../protocol/penstock/pairing.ts'

/** One side of a pairing. The secrets of a state are this side's nonce and, on the asked side, the other's commitment. */
export type MachineState =
  /** The asking side has sent its commitment. */
  | { readonly kind: 'committed'; readonly keys: PairedKeys; readonly nonce: Buffer }
  /** The asked side has the commitment; its user has not opened the request. */
  | {
      readonly kind: 'requested'
      readonly keys: PairedKeys
      readonly nonce: Buffer
      readonly commitment: Buffer
    }
  /** The asked side has sent its nonce. */
  | {
      readonly kind: 'opened'
      readonly keys: PairedKeys
      readonly nonce: Buffer
      readonly commitment: Buffer
    }
  | { readonly kind: 'comparing'; readonly digits: string; readonly here: boolean; readonly there: boolean }
  | { readonly kind: 'paired' }
  | { readonly kind: 'ended'; readonly problem: Problem }

export type PairingEvent =
  | { readonly kind: 'message'; readonly message: PairingMessage }
  /** The user opens the request, confirms the digits, or declines. */
  | { readonly kind: 'open' | 'confirm' | 'decline' }
  /** The connection closed, or something arrived that is not a message. */
  | { readonly kind: 'broke' }
  /** The time is over. */
  | { readonly kind: 'late' }

export interface Step {
  readonly state: MachineState
  readonly send: readonly PairingMessage[]
}

/** The next state of one side of a pairing, and what it sends. Without input or output of its own. */
export function step(state: MachineState, event: PairingEvent): Step {
  if (state.kind === 'paired' || state.kind === 'ended') return stay(state)
  switch (event.kind) {
    case 'broke':
      return end('pairing-broken')
    case 'late':
      return end('pairing-late')
    case 'decline':
      return { ...end('pairing-declined'), send: [{ kind: 'decline' }] }
    case 'open':
      if (state.kind !== 'requested') return stay(state)
      return { state: { ...state, kind: 'opened' }, send: [{ kind: 'nonce', nonce: state.nonce }] }
    case 'confirm':
      if (state.kind !== 'comparing' || state.here) return stay(state)
      return { ...compared({ ...state, here: true }), send: [{ kind: 'confirm' }] }
    case 'message':
      return take(state, event.message)
  }
}

/** A message in a state that does not expect it ends the pairing. */
function take(
  state: Exclude<MachineState, { readonly kind: 'paired' | 'ended' }>,
  message: PairingMessage,
): Step {
  if (message.kind === 'decline') return end('pairing-declined', { by: 'peer' })
  if (state.kind === 'comparing')
    return message.kind === 'confirm' && !state.there
      ? compared({ ...state, there: true })
      : end('pairing-broken')
  if (message.kind !== 'nonce' || state.kind === 'requested') return end('pairing-broken')
  const { keys, nonce } = state
  if (state.kind === 'committed')
    return { ...compare(digitsOf(keys, nonce, message.nonce)), send: [{ kind: 'nonce', nonce }] }
  if (!timingSafeEqual(commitmentOf(keys, message.nonce), state.commitment)) return end('pairing-broken')
  return compare(digitsOf(keys, message.nonce, nonce))
}

function compare(digits: string): Step {
  return stay({ kind: 'comparing', digits, here: false, there: false })
}

function compared(state: Extract<MachineState, { readonly kind: 'comparing' }>): Step {
  return stay(state.here && state.there ? { kind: 'paired' } : state)
}

function stay(state: MachineState): Step {
  return { state, send: [] }
}

function end(code: Problem['code'], params: Record<string, string> = {}): Step {
  return stay({ kind: 'ended', problem: { code, params } })
}
