// Invariant: a receiver that runs for weeks frees the manifests of accepted transfers that have ended, delivered or cancelled,
// from a Penstock or from a LocalSend device.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { NDJSON, registrationBody } from '../../../main/core/protocol/localsend/messages.ts'
import { textOf } from '../../../main/core/protocol/localsend/calls.ts'
import { decodeAnswer } from '../../../main/core/protocol/penstock/offer.ts'
import { clientOf, newIdentity, selfOf } from '../../support/penstock/control.ts'
import { encodeFrame } from '../../support/scripted/frames.ts'
import { MeasuredReceiver, PIN } from '../../support/processes/measured-receiver.ts'
import { Phone } from '../../support/localsend/phone.ts'
import { encodeHead, encodeManifest, fileEntry } from '../../support/scripted/manifest.ts'
import { openBody } from '../../support/scripted/sender.ts'

const MIB = 1024 * 1024
/** Memory that the rounds of a kind may keep: caches, code, the history's buffer. All manifests take several times that. */
const GROWTH_LIMIT = 3 * MIB
const ROUNDS = 16
/** Few files, since each is made; their paths are long. */
const ENTRIES = 250
/** A name of 200 bytes. */
const LONG = 'a long name '.repeat(16).padEnd(200, '.')
/** The fields of a phone's file besides its name. */
const PREVIEW = 'p'.repeat(32 * 1024)

test('memory is flat over many accepted transfers of many entries', async (t) => {
  const receiver = await MeasuredReceiver.start(t, ['--accept', 'all', '--durability', 'os'])
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiver.port)
  const info = registrationBody(selfOf(identity))
  const post = async (path: string, query: Record<string, string>, body: Buffer, type: string) => {
    const response = await client.request({
      ...{ method: 'POST', path: `/api/localsend/v2/${path}`, query, body, idleMs: 0 },
      headers: { 'content-type': type },
    })
    const text = await textOf(response.body)
    assert.equal(response.status, 200, text)
    return text
  }
  const entries = Array.from({ length: ENTRIES }, (_, index) =>
    fileEntry(index, 0, `${LONG}/${LONG}/${LONG} ${index}.txt`),
  )
  const lines = encodeManifest(entries)
  const offer = async () => {
    const transferId = randomBytes(16).toString('hex')
    const head = encodeHead(selfOf(identity), transferId)
    const text = await post('prepare-upload', { pin: PIN }, Buffer.from(head + lines), NDJSON)
    return { transferId, ...decodeAnswer(text) }
  }
  const frames = Buffer.concat([
    ...entries.map(({ index, mtimeNs }) => encodeFrame({ name: 'FILE_END', file: index, size: 0, mtimeNs })),
    encodeFrame({ name: 'END' }),
  ])
  const offerOfPhone = async (phone: Phone, files: number) => {
    const offered = Array.from({ length: files }, (_, n) => [
      `${n}`,
      { id: `${n}`, fileName: `from a phone/${n}`, size: 1, fileType: 'text/plain', preview: PREVIEW },
    ])
    const body = JSON.stringify({
      info: { ...info, fingerprint: 'a-phone' },
      files: Object.fromEntries(offered),
    })
    assert.equal((await phone.prepare(`prepare-upload?pin=${PIN}`, body)).status, 200)
  }
  const kinds: Readonly<Record<string, () => Promise<void>>> = {
    'a Penstock, delivered': async () => {
      const { stream } = await openBody(client, (await offer()).sessionId)
      assert.ok(stream)
      stream.write(frames)
      assert.ok(await stream.frame('DONE'))
      stream.end(Buffer.alloc(0))
      await stream.closed
    },
    'a Penstock, cancelled': async () => {
      await post('cancel', { sessionId: (await offer()).transferId }, Buffer.alloc(0), NDJSON)
    },
    'a LocalSend device, delivered': async () => {
      const phone = new Phone(receiver.port)
      await offerOfPhone(phone, 8)
      for (let n = 0; n < 8; n += 1) assert.equal((await phone.upload(`${n}`, 'x')).status, 200)
    },
    'a LocalSend device, cancelled': async () => {
      const phone = new Phone(receiver.port)
      await offerOfPhone(phone, 20)
      assert.equal((await phone.cancel()).status, 200)
    },
  }
  for (const [kind, round] of Object.entries(kinds)) {
    const grown = await receiver.growth(ROUNDS, round)
    t.diagnostic(`${kind}: ${Math.round(grown / 1024)} KiB`)
    assert.ok(grown < GROWTH_LIMIT, `${kind}: ${Math.round(grown / 1024)} KiB`)
  }
})
