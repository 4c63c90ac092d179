import type { Cipher } from '../../contract/report.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { PenstockError } from '../../contract/errors.ts'
import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { SourceEntry } from '../source/walk.ts'
import { planFacts, routeTo, sourceFacts } from '../plan/facts.ts'
import { planSend } from '../plan/plan.ts'
import { textOf } from '../protocol/localsend/calls.ts'
import type { ControlClient } from '../protocol/http/client.ts'
import { registrationBody } from '../protocol/localsend/messages.ts'
import {
  decodeAnswer,
  encodeEnd,
  encodeEntry,
  encodeOffer,
  MAX_STREAMS,
  type OfferAnswer,
  STILL_LOOKING,
  WIRE_VERSION,
} from '../protocol/penstock/offer.ts'
import { sealedStreams, streamCiphers } from '../transfer/sealing.ts'
import { expectedConveyance } from './expected.ts'
import type { Cargo } from './outgoing.ts'
import { offerRefusal } from '../protocol/penstock/status.ts'

/** Time for the other side's user to answer an offer, in milliseconds. */
const OFFER_TIMEOUT_MS = 15 * 60 * 1000
/** Time without a new entry after which an empty line is sent, in milliseconds. */
const STILL_LOOKING_MS = 5000

/** Facts about the cargo and the route to the receiver before a byte moves. */
export interface Known {
  readonly source: SourceFacts | null
  readonly route: RouteFacts | null
}

/**
 * Offers the cargo during its search, and waits for the other side's user. Throws the errors of the search, and the problem
 * of a refusal.
 */
export async function offer(
  control: ControlClient,
  cargo: Cargo,
): Promise<{ readonly answer: OfferAnswer; readonly known: Known }> {
  const { options } = cargo
  const manifest = new OfferedManifest(cargo)
  const response = await control.request({
    method: 'POST',
    path: '/api/localsend/v2/prepare-upload',
    ...(options.pin === null ? {} : { query: { pin: options.pin } }),
    headers: { 'content-type': 'application/x-ndjson' },
    body: manifest.lines(),
    signal: cargo.signal,
    idleMs: OFFER_TIMEOUT_MS,
  })
  const text = await textOf(response.body)
  if (response.status !== 200) {
    throw offerRefusal(response.status, text, { pinSent: options.pin !== null, peer: options.to.alias })
  }
  if (!manifest.isComplete)
    throw new PenstockError('protocol', { detail: 'answer before the end of the offer' })
  const answer = decodeAnswer(text)
  if (!ciphersOf(options).includes(answer.cipher))
    throw new PenstockError('protocol', { detail: 'answer: a cipher that was not offered' })
  return { answer, known: manifest.known }
}

/** What the sender accepts, best first. TLS is in every list: a receiver without a data port takes the HTTPS body. */
export function ciphersOf({ security }: Pick<Cargo['options'], 'security'>): readonly Cipher[] {
  const sealed = streamCiphers(false)
  return security === 'clear' ? ['none', ...sealed, 'tls'] : [...sealed, 'tls']
}

/** For one large file on two cores, one stream measured best. */
export function streamsOf({ options, found }: Cargo): number {
  const wanted = options.streams === 'auto' ? 1 : options.streams
  return Math.max(wanted, sealedStreams(found.totals) ?? MAX_STREAMS)
}

/** The lines of an offer, written during the search for the cargo. */
class OfferedManifest {
  readonly #cargo: Cargo
  #known: Known = { source: null, route: null }
  #isComplete = false

  constructor(cargo: Cargo) {
    this.#cargo = cargo
  }

  get known(): Known {
    return this.#known
  }

  /** Whether all lines have been sent. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  async *lines(): AsyncGenerator<Buffer, void, void> {
    const { options, info, transferId } = this.#cargo
    yield Buffer.from(
      encodeOffer({
        info: registrationBody(info),
        version: WIRE_VERSION,
        transferId,
        ciphers: ciphersOf(options),
        check: options.check,
      }),
    )
    yield* manifestLines(this.#cargo.search())
    const { entries, totals } = this.#cargo.found
    this.#known = await knownOf(options, entries)
    const conveyance = expectedConveyance(options)
    const { technique } = planSend(planFacts(conveyance, this.#known), options.technique)
    this.#isComplete = true
    yield Buffer.from(encodeEnd({ end: entries.length, totals, streams: streamsOf(this.#cargo), technique }))
  }
}

/** One line per entry, and an empty one after each `stillLookingMs` without an entry. */
export async function* manifestLines(
  search: AsyncGenerator<readonly SourceEntry[], void, void>,
  stillLookingMs = STILL_LOOKING_MS,
): AsyncGenerator<Buffer, void, void> {
  try {
    for (;;) {
      const next = search.next()
      let piece = await within(next, stillLookingMs)
      while (piece === 'not-yet') {
        yield Buffer.from(STILL_LOOKING)
        piece = await within(next, stillLookingMs)
      }
      if (piece.done) return
      yield Buffer.from(piece.value.map(encodeEntry).join(''))
    }
  } finally {
    await search.return()
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | 'not-yet'> {
  const timer = new AbortController()
  const late = sleep(milliseconds, 'not-yet' as const, { signal: timer.signal })
  late.catch(() => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
  }
}

async function knownOf(options: Cargo['options'], entries: readonly SourceEntry[]): Promise<Known> {
  const files = entries.filter(({ type }) => type === 'file')
  const [source, route] = await Promise.all([sourceFacts(files), routeTo(options.to.host)])
  return { source, route }
}
