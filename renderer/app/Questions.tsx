import { Fragment, type ReactNode, useEffect, useState } from 'react'
import { ClosingDialog } from '../features/closing/ClosingDialog.tsx'
import { AcceptDialog } from '../features/send/AcceptDialog.tsx'
import { PairingDialog } from '../features/trust/PairingDialog.tsx'
import { useOffers } from '../state/offers.ts'
import { useTrust } from '../state/trust.ts'
import { useUi } from '../state/ui.ts'
import { useRoom } from './useWidth.ts'

/**
 * Mounts a question again, one commit later, when something opens below it. Of several dialogs the one that is mounted last is
 * on top, has the keyboard and is the one that screen readers read.
 */
function OnTop({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  const [below, setBelow] = useState<string | null>(null)
  useEffect(() => setBelow(of), [of])
  return below === of ? <Fragment key={of}>{children}</Fragment> : null
}

/** The one question that the user has to answer now: about closing, a pairing that runs, an offer, a request to pair. */
function useQuestion(): { readonly id: string; readonly dialog: ReactNode } | null {
  const closing = useUi((state) => state.closing)
  const offers = useOffers((state) => state.offers)
  const pairings = useTrust((state) => state.pairings)
  const [offer] = offers
  const running = pairings.find(({ state }) => state.kind !== 'requested')
  const pairing = running ?? (offer === undefined ? pairings[0] : undefined)
  if (closing !== null) return { id: 'closing', dialog: <ClosingDialog activity={closing} /> }
  if (pairing !== undefined) return { id: pairing.id, dialog: <PairingDialog pairing={pairing} /> }
  if (offer === undefined) return null
  return { id: offer.offerId, dialog: <AcceptDialog offer={offer} waiting={offers.length - 1} /> }
}

/** Questions are never under a sheet. */
export function Questions() {
  const page = useUi((state) => state.page)
  const hasDraft = useUi((state) => state.draft !== null)
  const detail = useUi((state) => state.detailOpen)
  const room = useRoom()
  const question = useQuestion()
  if (question === null) return null
  return <OnTop of={[question.id, page, hasDraft, detail, room].join(' ')}>{question.dialog}</OnTop>
}
