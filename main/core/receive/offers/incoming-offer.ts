import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage } from 'node:http'
import { PenstockError, type Problem } from '../../../contract/errors.ts'
import type { ProvedIdentity } from '../../device/proved.ts'
import { bodyOf } from '../../protocol/http/bodies.ts'
import { registrationSchema } from '../../protocol/localsend/messages.ts'
import type { OfferTicket, RequestContext } from '../../protocol/http/handlers.ts'
import { readLines } from '../../protocol/penstock/lines.ts'
import { decodeOffer, type Offer, OFFER_LIMITS, WIRE_VERSION } from '../../protocol/penstock/offer.ts'
import { type HeldManifest, holdManifest, OfferSummary } from './manifest.ts'

/** Times of an offer, in milliseconds: from one entry to the next, and from the request to the end of the manifest. */
export interface OfferTimes {
  readonly entryMs: number
  readonly wholeMs: number
}

export const OFFER_TIMES: OfferTimes = { entryMs: 60_000, wholeMs: 15 * 60_000 }

/** The first line of an offer between two Penstocks, checked. */
export interface OfferHead {
  readonly offer: Offer
  readonly identity: ProvedIdentity
  readonly alias: string
}

/** An offer between two Penstocks, read to its end. */
export interface ReadOffer extends OfferHead {
  readonly manifest: HeldManifest
}

/** Callbacks of a reader of offers. */
export interface OfferReading {
  readonly ticket: Pick<OfferTicket, 'hold'>
  /** Called before the manifest is read; may throw. */
  claim(head: OfferHead): void
  /** Called with the part that was read if the manifest is too large. */
  tooLarge(head: OfferHead, read: OfferSummary, problem: Problem): void
  readonly times?: OfferTimes
}

/**
 * Reads an offer and its manifest. Throws `protocol`, `version-unsupported`, `too-many-files`, `timed-out`, `peer-gone`, and
 * the errors of {@link OfferTicket.hold}.
 */
export async function readOffer(
  request: IncomingMessage,
  { peer }: Pick<RequestContext, 'peer'>,
  reading: OfferReading,
): Promise<ReadOffer> {
  const lines = readLines(bodyOf(request), OFFER_LIMITS.line)
  const pieces = inTime(lines, reading.times ?? OFFER_TIMES)
  const first = await pieces.next()
  if (first.done) throw new PenstockError('protocol', { detail: 'empty offer' })
  const [line = '', ...rest] = first.value
  const offer = decodeOffer(line)
  if (offer.version !== WIRE_VERSION)
    throw new PenstockError('version-unsupported', { version: offer.version })
  const info = registrationSchema.safeParse(offer.info)
  if (!info.success) throw new PenstockError('protocol', { detail: 'info' })
  const { identity } = peer
  if (identity === null || info.data.fingerprint !== identity.fingerprint) {
    throw new PenstockError('protocol', { detail: 'fingerprint does not match the certificate' })
  }
  const head = { offer, identity, alias: info.data.alias }
  reading.claim(head)
  const summary = new OfferSummary(reading.ticket)
  try {
    return { ...head, manifest: await holdManifest(behind(rest, pieces), reading.ticket, summary) }
  } catch (error) {
    if (isTooLarge(error)) reading.tooLarge(head, summary, error.toProblem())
    throw error
  }
}

function isTooLarge(error: unknown): error is PenstockError {
  return error instanceof PenstockError && ['offer-too-large', 'too-many-files'].includes(error.code)
}

/**
 * Passes pieces on. Throws `timed-out` if no line with content arrives in time; empty lines only keep the connection alive.
 */
async function* inTime(
  pieces: AsyncGenerator<readonly string[], void, void>,
  { entryMs, wholeMs }: OfferTimes,
): AsyncGenerator<readonly string[], void, void> {
  const whole = performance.now() + wholeMs
  let until = Math.min(whole, performance.now() + entryMs)
  try {
    for (;;) {
      const next = await before(until, pieces.next())
      if (next.done) return
      if (next.value.some((line) => line !== '')) until = Math.min(whole, performance.now() + entryMs)
      if (performance.now() >= until) throw new PenstockError('timed-out', { seconds: entryMs / 1000 })
      yield next.value
    }
  } finally {
    // Releases the body; the code that answers reads the rest. Not awaited, because a late piece would delay it.
    pieces.return().catch(() => undefined)
  }
}

async function before<T>(until: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const left = Math.max(0, until - performance.now())
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

/** The first lines, then those that follow. */
async function* behind(first: readonly string[], pieces: AsyncIterable<readonly string[]>) {
  yield first
  yield* pieces
}
