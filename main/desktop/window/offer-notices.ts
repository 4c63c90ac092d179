import type { IncomingOffer } from '../../contract/transfer.ts'
import { format, formatBytes, type Language, visible } from '../../messages/index.ts'
import type { UiWords } from '../../messages/en/ui.ts'

/** What a notification shows. */
export interface Notice {
  readonly title: string
  readonly body: string
  /** Buttons that answer, in order; none if the offer needs a look at the window. */
  readonly buttons: readonly string[]
}

/** The user pressed a button, by its index, or the notification itself. */
export type Pressed = number | 'notice'

/** Shows a notification; returns a function that closes it. */
export type Notify = (notice: Notice, pressed: (what: Pressed) => void) => () => void

export interface OfferNoticesHooks {
  /** Whether the user sees the window. */
  readonly isInFront: () => boolean
  readonly notify: Notify
  readonly answer: (offerId: string, accept: boolean) => void
  /** Brings the window to the front. */
  readonly show: () => void
}

/** A notification with Accept and Decline for each offer that arrives while the window is not in front. */
export class OfferNotices {
  readonly #hooks: OfferNoticesHooks
  /** Closes the notification of an offer; of one that got none, does nothing. */
  readonly #shown = new Map<string, () => void>()

  constructor(hooks: OfferNoticesHooks) {
    this.#hooks = hooks
  }

  /** Takes all offers that wait now. */
  update(offers: readonly IncomingOffer[], words: UiWords, language: Language): void {
    const waiting = new Set(offers.map(({ offerId }) => offerId))
    for (const [offerId, close] of this.#shown) {
      if (waiting.has(offerId)) continue
      this.#shown.delete(offerId)
      close()
    }
    for (const offer of offers) {
      if (this.#shown.has(offer.offerId)) continue
      const seen = this.#hooks.isInFront()
      this.#shown.set(
        offer.offerId,
        seen ? () => undefined : this.#notify(offer, noticeOf(offer, words, language)),
      )
    }
  }

  #notify({ offerId }: IncomingOffer, notice: Notice): () => void {
    const { notify, answer, show } = this.#hooks
    return notify(notice, (what) => {
      // A late press after the offer was withdrawn answers nothing.
      if (!this.#shown.has(offerId)) return
      if (what === 'notice') show()
      else answer(offerId, what === 0)
    })
  }
}

/** An offer of a device that uses the name or address of a trusted one is not accepted without a look at its dialog. */
function noticeOf(
  { peer, title, totals, folder }: IncomingOffer,
  words: UiWords,
  language: Language,
): Notice {
  const { accept } = words
  const what = visible(`${title} · ${formatBytes(totals.bytes)} → ${folder}`)
  const warning = peer.namesake === null ? '' : format(accept.namesake, { name: peer.namesake }, language)
  return {
    title: format(accept.title, { peer: peer.alias }, language),
    body: warning === '' ? what : `${warning}\n${what}`,
    buttons: warning === '' ? [accept.accept, accept.refuse] : [],
  }
}
