import { create } from 'zustand'
import type { RequestOf } from '../../main/contract/ipc.ts'
import type { PairingView } from '../../main/contract/pairing.ts'
import type { TrustedChange, TrustedDevice } from '../../main/contract/trust.ts'
import { invoke } from '../bridge.ts'
import { notify } from './ui.ts'

interface TrustState {
  readonly trusted: readonly TrustedDevice[]
  /** The oldest first. */
  readonly pairings: readonly PairingView[]
}

/** The devices that the user trusts, and the pairings that are shown. */
export const useTrust = create<TrustState>(() => ({ trusted: [], pairings: [] }))

/** Reads the list again: the command line may have changed it. */
export async function refreshTrusted(): Promise<void> {
  const result = await invoke('trusted', {})
  if (result.ok) useTrust.setState({ trusted: result.value })
  else notify(result.problem)
}

/** Changes a trusted device; what could not be stored is reported and shown as it was. */
export async function changeTrusted(fingerprint: string, change: TrustedChange): Promise<void> {
  const result = await invoke('changeTrusted', { fingerprint, change })
  if (!result.ok) notify(result.problem)
  await refreshTrusted()
}

export async function forgetTrusted(fingerprint: string): Promise<void> {
  const result = await invoke('forgetTrusted', { fingerprint })
  if (!result.ok) notify(result.problem)
  await refreshTrusted()
}

export async function pair(to: string): Promise<void> {
  const result = await invoke('pair', { to })
  if (!result.ok) notify(result.problem)
}

export async function answerPairing(id: string, answer: RequestOf<'answerPairing'>['answer']): Promise<void> {
  const result = await invoke('answerPairing', { id, answer })
  if (!result.ok) notify(result.problem)
}
