import type { Cipher } from '../../contract/report.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { PenstockError } from '../../contract/errors.ts'
import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Manifest } from '../../../native/manifest.ts'
import { totalsOf } from '../source/walk.ts'
import { planFacts, routeTo, sourceFacts } from '../plan/facts.ts'
import { planSend } from '../plan/plan.ts'
import { textOf } from '../protocol/localsend/calls.ts'
import type { ControlClient } from '../protocol/http/client.ts'
import { registrationBody } from '../protocol/localsend/messages.ts'
import {
  decodeAnswer,
  encodeEnd,
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
/** Time between two looks at what the search has found, in milliseconds. The end of the search needs no look. */
const LOOK_MS = 25
/** Lines made at once, some milliseconds of work. */
const LINES_AT_ONCE = 4096

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
export function streamsOf({ options, source }: Cargo): number {
  const wanted = options.streams === 'auto' ? 1 : options.streams
  return Math.max(wanted, sealedStreams(totalsOf(source.manifest)) ?? MAX_STREAMS)
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

  async *lines(): AsyncGenerator<Uint8Array, void, void> {
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
    const { manifest } = this.#cargo.source
    yield* manifestLines(manifest, (stop) => this.#cargo.search(stop))
    this.#known = await knownOf(options, manifest)
    const conveyance = expectedConveyance(options)
    const { technique } = planSend(planFacts(conveyance, this.#known), options.technique)
    this.#isComplete = true
    const { entries: end, allocatedBytes: allocated } = manifest.totals()
    const totals = { ...totalsOf(manifest), allocated }
    yield Buffer.from(encodeEnd({ end, totals, streams: streamsOf(this.#cargo), technique }))
  }
}

/** When {@link manifestLines} yields, in milliseconds. */
export interface LineTimes {
  /** Between two looks at what the search has found. */
  readonly lookMs: number
  /** Without a new entry before an empty line. */
  readonly stillLookingMs: number
}

/**
 * The lines of the entries as the search adds them to the manifest, and an empty one after each `stillLookingMs` without an
 * entry. Stops the search if the caller ends early; throws what the search throws.
 */
export async function* manifestLines(
  manifest: Pick<Manifest, 'lines' | 'totals'>,
  search: (stop: AbortSignal) => Promise<void>,
  { lookMs, stillLookingMs }: LineTimes = { lookMs: LOOK_MS, stillLookingMs: STILL_LOOKING_MS },
): AsyncGenerator<Uint8Array, void, void> {
  const stop = new AbortController()
  const ended = search(stop.signal).then(() => 'ended' as const)
  // Prevents an unhandled rejection while a line is being sent.
  ended.catch(() => undefined)
  try {
    let sent = 0
    let quietSince = performance.now()
    let isSearching = true
    while (isSearching) {
      isSearching = (await within(ended, lookMs)) === 'not-yet'
      const { entries } = manifest.totals()
      while (sent < entries) {
        const count = Math.min(LINES_AT_ONCE, entries - sent)
        yield manifest.lines(sent, count)
        sent += count
        quietSince = performance.now()
      }
      if (isSearching && performance.now() - quietSince >= stillLookingMs) {
        yield Buffer.from(STILL_LOOKING)
        quietSince = performance.now()
      }
    }
  } finally {
    stop.abort()
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

async function knownOf({ to, slices }: Cargo['options'], manifest: Manifest): Promise<Known> {
  const [source, route] = await Promise.all([sourceFacts(manifest, slices !== undefined), routeTo(to.host)])
  return { source, route }
}
