import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage } from 'node:http'
import { PenstockError } from '../../contract/errors.ts'
import type { ProvedIdentity } from '../identity/proved.ts'
import { registrationSchema } from '../wire/localsend/messages.ts'
import type { OfferTicket, RequestContext } from '../wire/localsend/handlers.ts'
import { readLines } from '../wire/penstock/lines.ts'
import { decodeOffer, type Offer, OFFER_LIMITS, WIRE_VERSION } from '../wire/penstock/offer.ts'
import { type HeldManifest, holdManifest } from './manifest.ts'

/** Times of an offer, in milliseconds: from one entry to the next, and from the request to the end of the manifest. */
export interface OfferTimes {
  readonly entryMs: number
  readonly wholeMs: number
}

export const OFFER_TIMES: OfferTimes = { entryMs: 60_000, wholeMs: 15 * 60_000 }

/** An offer between two Penstocks, read to its end. */
export interface ReadOffer {
  readonly offer: Offer
  readonly identity: ProvedIdentity
  readonly alias: string
  readonly manifest: HeldManifest
}

/**
 * Reads an offer and its manifest. `claim` is called with its head, before the manifest is read, and may throw. Throws
 * `protocol`, `version-unsupported`, `too-many-files`, `timed-out`, and what {@link OfferTicket.hold} throws.
 */
export async function readOffer(
  request: IncomingMessage,
  { peer }: Pick<RequestContext, 'peer'>,
  {
    ticket,
    claim,
    times = OFFER_TIMES,
  }: {
    readonly ticket: Pick<OfferTicket, 'hold'>
    readonly claim: (identity: ProvedIdentity, offer: Offer) => void
    readonly times?: OfferTimes
  },
): Promise<ReadOffer> {
  const lines = readLines(request.iterator({ destroyOnReturn: false }), OFFER_LIMITS.line)
  const pieces = inTime(lines, times)
  const first = await pieces.next()
  if (first.done) throw new PenstockError('protocol', { detail: 'empty offer' })
  const [head = '', ...rest] = first.value
  const offer = decodeOffer(head)
  if (offer.version !== WIRE_VERSION)
    throw new PenstockError('version-unsupported', { version: offer.version })
  const info = registrationSchema.safeParse(offer.info)
  if (!info.success) throw new PenstockError('protocol', { detail: 'info' })
  const { identity } = peer
  if (identity === null || info.data.fingerprint !== identity.fingerprint) {
    throw new PenstockError('protocol', { detail: 'fingerprint does not match the certificate' })
  }
  claim(identity, offer)
  const manifest = await holdManifest(behind(rest, pieces), ticket)
  return { offer, identity, alias: info.data.alias, manifest }
}

/** Passes pieces on. Throws `timed-out` where no line with content comes in time; empty lines only show that the sender lives. */
async function* inTime(
  pieces: AsyncGenerator<readonly string[], void, void>,
  { entryMs, wholeMs }: OfferTimes,
): AsyncGenerator<readonly string[], void, void> {
  const whole = Date.now() + wholeMs
  let until = Math.min(whole, Date.now() + entryMs)
  for (;;) {
    const next = await before(until, pieces.next())
    if (next.done) return
    if (next.value.some((line) => line !== '')) until = Math.min(whole, Date.now() + entryMs)
    if (Date.now() >= until) throw new PenstockError('timed-out', { seconds: entryMs / 1000 })
    yield next.value
  }
}

async function before<T>(until: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const left = Math.max(0, until - Date.now())
  const late = sleep(left, null, { signal: timer.signal }).then(() => {
    throw new PenstockError('timed-out', { seconds: Math.round(left / 1000) })
  })
  late.catch(() => undefined)
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}

/** The first lines, then those that are still to come. */
async function* behind(first: readonly string[], pieces: AsyncIterable<readonly string[]>) {
  yield first
  yield* pieces
}
