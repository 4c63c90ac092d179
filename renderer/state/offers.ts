import { create } from 'zustand'
import type { Offer } from '../../main/contract/ipc.ts'
import { ask } from '../bridge.ts'
import { notify } from './ui.ts'

interface OffersState {
  /** Offers that wait for an answer, the oldest first. */
  readonly offers: readonly Offer[]
}

export const useOffers = create<OffersState>(() => ({ offers: [] }))

/** Takes in every offer that waits; the entries that are still missing of a new one follow by and by. */
export function takeOffers(offers: readonly Offer[]): void {
  const before = new Map(useOffers.getState().offers.map((offer) => [offer.transferId, offer]))
  useOffers.setState({
    offers: offers.map((offer) => ({
      ...offer,
      preview: before.get(offer.transferId)?.preview ?? offer.preview,
    })),
  })
  for (const offer of offers) if (!before.has(offer.transferId)) void takeRest(offer)
}

/** One update at the end: each would measure the whole list anew. */
async function takeRest({ transferId, preview, totals }: Offer): Promise<void> {
  const all = totals.files + totals.directories + totals.symlinks
  const whole = [...preview]
  while (whole.length < all) {
    const more = await ask('offered', { transferId, from: whole.length })
    if (!more.ok || more.value.length === 0) break
    whole.push(...more.value)
  }
  if (whole.length === preview.length) return
  useOffers.setState(({ offers }) => ({
    offers: offers.map((offer) => (offer.transferId === transferId ? { ...offer, preview: whole } : offer)),
  }))
}

export async function answerOffer(transferId: string, accept: boolean, remember: boolean): Promise<void> {
  useOffers.setState(({ offers }) => ({ offers: offers.filter((offer) => offer.transferId !== transferId) }))
  const result = await ask('answerOffer', { transferId, accept, remember })
  if (!result.ok) notify(result.problem)
}
