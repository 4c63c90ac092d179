import { create } from 'zustand'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import { invoke } from '../bridge.ts'
import { notify } from './ui.ts'

interface OffersState {
  /** Offers that wait for an answer, the oldest first. */
  readonly offers: readonly IncomingOffer[]
}

export const useOffers = create<OffersState>(() => ({ offers: [] }))

/** Adds every waiting offer; the remaining entries of a new one follow later. */
export function takeOffers(offers: readonly IncomingOffer[]): void {
  const before = new Map(useOffers.getState().offers.map((offer) => [offer.offerId, offer]))
  useOffers.setState({
    offers: offers.map((offer) => ({
      ...offer,
      preview: before.get(offer.offerId)?.preview ?? offer.preview,
    })),
  })
  for (const offer of offers) if (!before.has(offer.offerId)) void takeRest(offer)
}

/** Loads the remaining entries. One update at the end, because each update measures the whole list. */
async function takeRest({ offerId, preview, totals }: IncomingOffer): Promise<void> {
  const all = totals.files + totals.directories + totals.symlinks
  const whole = [...preview]
  while (whole.length < all) {
    const more = await invoke('offered', { offerId, from: whole.length })
    if (!more.ok || more.value.length === 0) break
    whole.push(...more.value)
  }
  if (whole.length === preview.length) return
  useOffers.setState(({ offers }) => ({
    offers: offers.map((offer) => (offer.offerId === offerId ? { ...offer, preview: whole } : offer)),
  }))
}

export async function answerOffer(offerId: string, accept: boolean, remember: boolean): Promise<void> {
  useOffers.setState(({ offers }) => ({ offers: offers.filter((offer) => offer.offerId !== offerId) }))
  const result = await invoke('answerOffer', { offerId, accept, remember })
  if (!result.ok) notify(result.problem)
}
