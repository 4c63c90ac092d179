import { create } from 'zustand'
import type { Offer } from '../../main/contract/ipc.ts'
import { ask } from '../bridge.ts'
import { notify } from './ui.ts'

interface OffersState {
  /** Offers that wait for an answer, the oldest first. */
  readonly offers: readonly Offer[]
}

export const useOffers = create<OffersState>(() => ({ offers: [] }))

export async function answerOffer(transferId: string, accept: boolean, remember: boolean): Promise<void> {
  useOffers.setState(({ offers }) => ({ offers: offers.filter((offer) => offer.transferId !== transferId) }))
  const result = await ask('answerOffer', { transferId, accept, remember })
  if (!result.ok) notify(result.problem)
}
