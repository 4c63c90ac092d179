// Invariant: a receiver that runs for weeks frees everything of refused offers, of withdrawn ones, and of requests stopped by
// the PIN.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from '../../../main/core/protocol/localsend/calls.ts'
import { NDJSON, registrationBody } from '../../../main/core/protocol/localsend/messages.ts'
import { clientOf, newIdentity, selfOf } from '../../support/penstock/control.ts'
import { MeasuredReceiver, PIN } from '../../support/processes/measured-receiver.ts'
import { encodeHead, encodeManifest, fileEntry } from '../../support/scripted/manifest.ts'

const MIB = 1024 * 1024
const ROUNDS = 1000
const ENTRIES = 400
/** Memory that a thousand refused requests of a kind may keep: caches, compiled code, the history's buffer. */
const GROWTH_LIMIT = 3 * MIB
const PATHS = Array.from({ length: ENTRIES }, (_, n) => `a folder/${n >> 5}/a file number ${n}.txt`)

/** The lines behind the offer, the same for all. */
const MANIFEST = encodeManifest(PATHS.map((path, index) => fileEntry(index, 8, path)))

test('memory is flat over a thousand refused offers of each kind, withdrawn ones, and wrong PINs', async (t) => {
  const receiver = await MeasuredReceiver.start(t, ['--accept', 'always'])
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiver.port)
  const info = registrationBody(selfOf(identity))
  const files = Object.fromEntries(
    PATHS.map((path, n) => [`${n}`, { id: `${n}`, fileName: path, size: 8, fileType: 'text/plain' }]),
  )
  const localSend = Buffer.from(JSON.stringify({ info, files }))
  const path = '/api/localsend/v2/prepare-upload'
  const post = async (query: Record<string, string>, body: Buffer, type: string): Promise<number> => {
    const headers = { 'content-type': type }
    const response = await client.request({ method: 'POST', path, query, headers, body, idleMs: 0 })
    await textOf(response.body)
    return response.status
  }
  const penstockOffer = (n: number): Buffer => {
    const transferId = n.toString(16).padStart(32, '0')
    return Buffer.from(encodeHead(selfOf(identity), transferId) + MANIFEST)
  }
  let next = 0
  const kinds = {
    'an offer of a Penstock': async () => {
      assert.equal(await post({ pin: PIN }, penstockOffer(next++), NDJSON), 403)
    },
    'an offer of a LocalSend device': async () => {
      assert.equal(await post({ pin: PIN }, localSend, 'application/json'), 403)
    },
    'an offer that breaks off': async () => {
      const signal = AbortSignal.timeout(1 + (next++ % 5))
      async function* body(): AsyncGenerator<Buffer> {
        yield penstockOffer(next).subarray(0, 100_000)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      }
      const headers = { 'content-type': NDJSON }
      const request = { method: 'POST', path, query: { pin: PIN }, headers, body: body(), signal } as const
      await client.request(request).catch(() => undefined)
    },
    // Last, because it locks this address.
    'a wrong PIN': async () => {
      assert.ok([401, 429].includes(await post({ pin: '0000' }, localSend, 'application/json')))
    },
  }
  for (const [kind, once] of Object.entries(kinds)) {
    const rounds = kind === 'an offer that breaks off' ? ROUNDS / 5 : ROUNDS
    for (let n = 0; n < 30; n += 1) await once()
    const before = await receiver.memory()
    for (let n = 0; n < rounds; n += 1) await once()
    const grown = (await receiver.memory()) - before
    t.diagnostic(`${kind}: ${Math.round(grown / 1024)} KiB`)
    assert.ok(grown < GROWTH_LIMIT, `${kind}: ${Math.round(grown / 1024)} KiB`)
  }
})
