// Invariant: what a browser sends by a link is offered to the user like any other offer, is kept like that of any LocalSend
// device, and no page of another site can make it be offered.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import type { IncomingOffer } from '../../../main/contract/transfer.ts'
import type { Penstock, ReceiveOptions, Transfer } from '../../../main/core/api.ts'
import { pages } from '../../../main/pages/index.ts'
import { requestOf } from '../../support/network/request.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { Several } from '../../support/penstock/several.ts'

const answerSchema = z.object({ sessionId: z.string(), files: z.record(z.string(), z.string()) })

const several = new Several()
let penstock: Penstock

before(async () => {
  penstock = await several.open('state', 'Studio')
})

after(() => several.close())

async function receiver(t: TestContext, secure: boolean, options: Partial<ReceiveOptions> = {}) {
  const dir = await mkdtemp(join(several.root, 'target-'))
  const offers: IncomingOffer[] = []
  const transfers: Transfer[] = []
  const receiving = await penstock.receive(
    receiveOptions(dir, {
      decide: (offer) => {
        offers.push(offer)
        return Promise.resolve({ accept: true })
      },
      ...options,
    }),
  )
  t.after(() => receiving.close())
  receiving.onTransfer((transfer) => void transfers.push(transfer))
  const link = await receiving.openLink({ host: 'loopback', port: 0, secure, pages })
  const [base = ''] = link.links
  return { dir, offers, transfers, receiving, link, base }
}

async function ask(
  url: string,
  { method = 'POST', ...rest }: { method?: string; headers?: object; body?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const { status, body } = await requestOf(url, { method, ...rest })
  return { status, text: body.toString() }
}

const API = 'api/localsend/v2/'
const OFFER = JSON.stringify({
  info: { alias: 'Firefox · Android', version: '2.1', deviceType: 'web', fingerprint: '', download: false },
  files: { 0: { id: '0', fileName: 'a.txt', size: 5, fileType: 'text/plain' } },
})

for (const secure of [true, false]) {
  describe(secure ? 'over HTTPS' : 'over HTTP', () => {
    test('a page is served, and what it sends arrives once the user has accepted it', async (t) => {
      const { base, dir, offers, transfers } = await receiver(t, secure)
      const page = await ask(base, { method: 'GET' })
      assert.equal(page.status, 200)
      assert.match(page.text, /Send files to Studio/)
      const { status, text } = await ask(`${base}${API}prepare-upload`, { body: OFFER })
      assert.equal(status, 200)
      const { sessionId, files } = answerSchema.parse(JSON.parse(text))
      const query = new URLSearchParams({ sessionId, fileId: '0', token: files['0'] ?? '' }).toString()
      assert.equal((await ask(`${base}${API}upload?${query}`, { body: 'hello' })).status, 200)
      const end = await transfers[0]?.ended
      assert.ok(end?.kind === 'done')
      assert.equal(await readFile(join(dir, 'a.txt'), 'utf8'), 'hello')
      assert.deepEqual(
        offers.map(({ peer, cipher, carrier }) => [peer.alias, peer.proved, cipher, carrier]),
        [['Firefox · Android', false, secure ? 'tls' : 'none', 'body']],
      )
      assert.equal(end.report.cipher, secure ? 'tls' : 'none')
    })
  })
}

test('an offer from a page of another site is not shown', async (t) => {
  const { base, offers } = await receiver(t, false)
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: base.slice(0, -1).replace('http:', 'https:') },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const { status } = await ask(`${base}${API}prepare-upload`, { body: OFFER, headers })
    assert.equal(status, 403, JSON.stringify(headers))
  }
  assert.deepEqual(offers, [])
  const own = { origin: base.slice(0, -1), 'sec-fetch-site': 'same-origin' }
  assert.equal((await ask(`${base}${API}prepare-upload`, { body: OFFER, headers: own })).status, 200)
})

test('the PIN of the receiver applies, and a refusal is one', async (t) => {
  const { base, offers, dir } = await receiver(t, false, {
    pin: '1234',
    decide: () => Promise.resolve({ accept: false, problem: { code: 'refused' } }),
  })
  assert.equal((await ask(`${base}${API}prepare-upload`, { body: OFFER })).status, 401)
  assert.equal((await ask(`${base}${API}prepare-upload?pin=1`, { body: OFFER })).status, 401)
  assert.equal((await ask(`${base}${API}prepare-upload?pin=1234`, { body: OFFER })).status, 403)
  assert.deepEqual(offers, [])
  assert.deepEqual(await readdir(dir), [])
})

test('nothing between two Penstocks is reached by the link', async (t) => {
  const { base } = await receiver(t, false)
  for (const path of ['api/penstock/v1/stream', 'api/penstock/v1/technique']) {
    assert.equal((await ask(`${base}${path}`)).status, 404, path)
  }
  const headers = { 'content-type': 'application/x-ndjson' }
  assert.equal((await ask(`${base}${API}prepare-upload`, { body: '{}\n', headers })).status, 403)
})

test('the link ends with the receiver, and by itself', async (t) => {
  const one = await receiver(t, false)
  await one.link.close()
  await assert.rejects(ask(one.base, { method: 'GET' }))
  const again = await one.receiving.openLink({ host: 'loopback', port: 0, secure: false, pages })
  assert.equal((await ask(again.links[0] ?? '', { method: 'GET' })).status, 200)
  await one.receiving.close()
  await assert.rejects(ask(again.links[0] ?? '', { method: 'GET' }))
})
