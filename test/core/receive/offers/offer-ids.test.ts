// Invariant: the user accepts the offer that was shown. A peer cannot choose the id of an offer: two offers never share one,
// and a second offer under a name that its sender already uses is refused without a question.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import type { IncomingOffer } from '../../../../main/contract/transfer.ts'
import type { Decision } from '../../../../main/core/api.ts'
import { clientOf, newIdentity } from '../../../support/penstock/control.ts'
import { fileEntry } from '../../../support/scripted/manifest.ts'
import { sendOffer } from '../../../support/scripted/sender.ts'
import { listening } from '../../../support/scripted/receiving.ts'

const TRANSFER_ID = 'ab'.repeat(16)

/** Keeps each offer waiting until the test answers it. */
class Asked {
  readonly offers: IncomingOffer[] = []
  readonly #answers = new Map<string, (decision: Decision) => void>()
  #changed: () => void = () => undefined

  decide(offer: IncomingOffer, signal: AbortSignal): Promise<Decision> {
    this.offers.push(offer)
    this.#changed()
    return new Promise((resolve, reject) => {
      this.#answers.set(offer.offerId, resolve)
      signal.addEventListener('abort', () => reject(new PenstockError('cancelled-by-peer')), { once: true })
    })
  }

  async count(wanted: number): Promise<void> {
    while (this.offers.length < wanted) await new Promise<void>((resolve) => (this.#changed = resolve))
  }

  answer({ offerId }: IncomingOffer, decision: Decision): void {
    this.#answers.get(offerId)?.(decision)
  }
}

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }

test('a second offer of the same device and transfer id is busy while the first waits or runs', async (t) => {
  const asked = new Asked()
  const { receiving, dir } = await listening(t, { decide: (offer, signal) => asked.decide(offer, signal) })
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiving.port)
  const offer = { transferId: TRANSFER_ID, cipher: 'tls' } as const
  const first = sendOffer(client, identity, { ...offer, entries: [fileEntry(0, 8, 'small')] })
  await asked.count(1)
  const bait = { ...offer, entries: [fileEntry(0, 9_000_000, 'other')] }
  const second = await sendOffer(client, identity, bait)
  assert.deepEqual([second.status, JSON.parse(second.text)], [409, { code: 'busy', message: 'busy' }])
  assert.equal(asked.offers.length, 1)
  const [shown] = asked.offers
  assert.ok(shown)
  asked.answer(shown, { accept: true })
  assert.equal((await first).status, 200)
  const third = await sendOffer(client, identity, bait)
  assert.equal(third.status, 409)
  assert.equal(asked.offers.length, 1)
  assert.ok(!(await readdir(dir)).some((name) => name.includes(TRANSFER_ID)))
})

test('offers of two devices with one transfer id are two offers, each with its own answer', async (t) => {
  const asked = new Asked()
  const { receiving } = await listening(t, { decide: (offer, signal) => asked.decide(offer, signal) })
  const identities = [await newIdentity(t), await newIdentity(t)] as const
  const transfers: string[] = []
  receiving.onTransfer((transfer) => transfers.push(transfer.id))
  const sent = identities.map((identity, index) =>
    sendOffer(clientOf(t, identity, receiving.port), identity, {
      ...{ transferId: TRANSFER_ID, cipher: 'tls' },
      entries: [fileEntry(0, index, `of-${index}`)],
    }),
  )
  await asked.count(2)
  const shown = (index: number): IncomingOffer => {
    const found = asked.offers.find(({ title }) => title === `of-${index}`)
    assert.ok(found)
    return found
  }
  assert.equal(new Set(asked.offers.map(({ offerId }) => offerId)).size, 2)
  assert.deepEqual(new Set(transfers), new Set(asked.offers.map(({ offerId }) => offerId)))
  assert.deepEqual(
    asked.offers.map(({ transferId }) => transferId),
    [TRANSFER_ID, TRANSFER_ID],
  )
  asked.answer(shown(1), { accept: true })
  asked.answer(shown(0), REFUSED)
  assert.deepEqual(
    (await Promise.all(sent)).map(({ status }) => status),
    [403, 200],
  )
})

test('a transfer id is free again once its offer was refused or its manifest was bad', async (t) => {
  const asked = new Asked()
  const { receiving } = await listening(t, { decide: (offer, signal) => asked.decide(offer, signal) })
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiving.port)
  const offer = { transferId: TRANSFER_ID, cipher: 'tls' } as const
  const bad = await sendOffer(client, identity, {
    ...offer,
    entries: [fileEntry(0, Number.MAX_SAFE_INTEGER + 1)],
  })
  assert.equal(bad.status, 400)
  for (const round of [1, 2]) {
    const answer = sendOffer(client, identity, offer)
    await asked.count(round)
    const shown = asked.offers.at(-1)
    assert.ok(shown)
    asked.answer(shown, REFUSED)
    assert.equal((await answer).status, 403)
  }
})
