// Invariant: a LocalSend upload reaches the backend only with the right PIN, address and token and with exactly the announced
// length, and each accepted session ends once: finished, cancelled or failed.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { test, type TestContext } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import {
  cancelUpload,
  prepareUpload,
  uploadFile,
  type OfferedFile,
} from '../../../main/core/protocol/localsend/calls.ts'
import { registrationBody } from '../../../main/core/protocol/localsend/messages.ts'
import { PinGuard } from '../../../main/core/receive/offers/pin.ts'
import { Admission } from '../../../main/core/receive/offers/admission.ts'
import { OfferGate } from '../../../main/core/receive/offers/offer-gate.ts'
import {
  UploadSessions,
  type IncomingBackend,
  type LocalSendOffer,
  type OfferVerdict,
  type UploadLimits,
} from '../../../main/core/receive/upload-session.ts'
import { clientOf, newIdentity, selfOf, serve } from '../../support/penstock/control.ts'
import { startStrictPeer } from '../../support/localsend/strict-peer.ts'

const code = (wanted: string) => (error: unknown) => error instanceof PenstockError && error.code === wanted
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A backend that keeps bodies in memory and records its calls. */
class Memory implements IncomingBackend {
  readonly kept = new Map<string, Buffer>()
  readonly log: string[] = []
  /** Why bodies ended early. */
  readonly broken: string[] = []
  offers: LocalSendOffer[] = []
  verdict: (offer: LocalSendOffer) => Promise<OfferVerdict> = (offer) =>
    Promise.resolve({ accept: true, accepted: offer.files.map(({ id }) => id) })

  offer(offer: LocalSendOffer): Promise<OfferVerdict> {
    this.offers.push(offer)
    return this.verdict(offer)
  }

  async body(_sessionId: string, fileId: string, stream: Readable): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of stream) if (chunk instanceof Buffer) chunks.push(chunk)
    } catch (error) {
      this.broken.push(error instanceof PenstockError ? error.code : 'other')
      throw error
    }
    this.kept.set(fileId, Buffer.concat(chunks))
  }

  finished(): void {
    this.log.push('finished')
  }

  cancelled(): void {
    this.log.push('cancelled')
  }

  failed(_sessionId: string, problem: PenstockError): void {
    this.log.push(problem.code)
  }
}

async function receiver(
  t: TestContext,
  options: { pin?: string; limits?: Partial<UploadLimits>; idleMs?: number } = {},
) {
  const backend = new Memory()
  const sessions = new UploadSessions(backend, options.limits)
  const gate = new OfferGate(new PinGuard(options.pin ?? null), new Admission(), { isKnown: () => false })
  const { port, identity } = await serve(
    t,
    {
      enterOffer: (context) => gate.enter(context),
      prepareUpload: (offer, context, ticket) => sessions.prepareUpload(offer, context, ticket),
      upload: (request, context) => sessions.upload(request, context),
      cancel: (context) => sessions.cancel(context),
    },
    options.idleMs === undefined ? {} : { idleMs: options.idleMs },
  )
  const mine = await newIdentity(t)
  const client = clientOf(t, mine, port, identity.fingerprint)
  const offer = (files: readonly OfferedFile[], pin: string | null = null) =>
    prepareUpload(client, { info: registrationBody(selfOf(mine)), files, pin })
  return { backend, sessions, port, client, mine, offer }
}

/** A body of `first` bytes, a pause, and then further bytes or a failure. */
async function* pausing(first: number, ms: number, then: number | PenstockError): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(first)
  await later(ms)
  if (typeof then !== 'number') throw then
  yield Buffer.alloc(then)
}

/** The upload of an accepted file. */
const uploadOf = (
  answer: Awaited<ReturnType<typeof prepareUpload>>,
  fileId: string,
  size: number,
  stream: AsyncIterable<Uint8Array>,
) => ({ ...answer, fileId, token: answer.files[fileId] ?? '', size, stream })

const fileOf = (id: string, size: number, rest: object = {}): OfferedFile => ({
  id,
  fileName: `folder/${id}.bin`,
  size,
  fileType: 'application/octet-stream',
  ...rest,
})

test('files arrive in parallel and the session finishes once', async (t) => {
  const { backend, client, offer, mine } = await receiver(t)
  const contents = new Map([...Array(20).keys()].map((n) => [`f${n}`, Buffer.alloc(n * 70_000, n)]))
  const answer = await offer([...contents].map(([id, bytes]) => fileOf(id, bytes.length)))
  await Promise.all(
    Object.entries(answer.files).map(([fileId, token]) => {
      const bytes = contents.get(fileId) ?? Buffer.alloc(0)
      const pieces = bytes.length === 0 ? [] : [bytes]
      return uploadFile(client, {
        ...answer,
        fileId,
        token,
        size: bytes.length,
        stream: Readable.from(pieces),
      })
    }),
  )
  assert.deepEqual(backend.log, ['finished'])
  for (const [id, bytes] of contents) assert.ok(backend.kept.get(id)?.equals(bytes), id)
  assert.equal(backend.offers[0]?.peer.identity?.fingerprint, mine.fingerprint)
})

test('three wrong PINs lock the address out', async (t) => {
  const { offer, backend } = await receiver(t, { pin: '1234' })
  const files = [fileOf('a', 1)]
  await assert.rejects(offer(files), code('pin-needed'))
  for (let n = 0; n < 3; n++) await assert.rejects(offer(files, '0000'), code('pin-wrong'))
  await assert.rejects(offer(files, '1234'), code('too-many-attempts'))
  assert.equal(backend.offers.length, 0)
})

test('a refusal, and part of it wanted', async (t) => {
  const { backend, offer } = await receiver(t)
  backend.verdict = () => Promise.resolve({ accept: false })
  await assert.rejects(offer([fileOf('a', 1)]), code('refused'))
  backend.verdict = () => Promise.resolve({ accept: false, problem: { code: 'busy' } })
  await assert.rejects(offer([fileOf('a', 1)]), code('busy'))
  backend.verdict = () => Promise.resolve({ accept: true, accepted: ['b', 'unknown'] })
  assert.deepEqual(Object.keys((await offer([fileOf('a', 1), fileOf('b', 1)])).files), ['b'])
  await assert.rejects(offer([]), code('protocol'))
})

test('a body that is longer, shorter or other than announced is not kept', async (t) => {
  const { backend, client, offer } = await receiver(t)
  const sha256 = createHash('sha256').update('good').digest('hex')
  const answer = await offer([fileOf('long', 3), fileOf('short', 9), fileOf('hashed', 4, { sha256 })])
  const send = (fileId: string, text: string) =>
    uploadFile(client, uploadOf(answer, fileId, text.length, Readable.from([Buffer.from(text)])))
  await assert.rejects(send('long', 'four'), code('peer-failed'))
  await assert.rejects(send('short', 'four'), code('peer-failed'))
  await assert.rejects(send('short', 'four'), code('cancelled-by-peer'))
  await assert.rejects(send('hashed', 'evil'), code('check-failed'))
  assert.deepEqual(backend.log, [])
  await send('hashed', 'good')
  assert.deepEqual([...backend.kept.keys()], ['hashed'])
  assert.deepEqual(backend.log, ['finished'])
})

test('a wrong token, session, or certificate is refused', async (t) => {
  const { client, offer, port, backend } = await receiver(t)
  const answer = await offer([fileOf('a', 1)])
  const stream = () => Readable.from([Buffer.from('x')])
  const token = answer.files['a'] ?? ''
  const good = { ...answer, fileId: 'a', token, size: 1 }
  await assert.rejects(
    uploadFile(client, { ...good, token: 'x', stream: stream() }),
    code('cancelled-by-peer'),
  )
  await assert.rejects(
    uploadFile(client, { ...good, sessionId: 'x', stream: stream() }),
    code('cancelled-by-peer'),
  )
  await assert.rejects(
    uploadFile(client, { ...good, fileId: '__proto__', stream: stream() }),
    code('cancelled-by-peer'),
  )
  const thief = clientOf(t, await newIdentity(t), port)
  await assert.rejects(uploadFile(thief, { ...good, stream: stream() }), code('cancelled-by-peer'))
  await cancelUpload(thief, answer.sessionId)
  assert.deepEqual(backend.log, [])
  await uploadFile(client, { ...good, stream: stream() })
  assert.deepEqual(backend.log, ['finished'])
})

test('an offer under another fingerprint than the certificate is refused', async (t) => {
  const { client, backend } = await receiver(t)
  const info = { ...registrationBody(selfOf(await newIdentity(t))) }
  await assert.rejects(prepareUpload(client, { info, files: [fileOf('a', 1)], pin: null }), code('refused'))
  assert.equal(backend.offers.length, 0)
})

test('where the claimed fingerprint is none of a certificate, the certificate counts', async (t) => {
  const { backend, client, mine } = await receiver(t)
  for (const fingerprint of ['', 'random string', null, 7, undefined, 'zz'.repeat(32), 'ab'.repeat(31)]) {
    const info = { ...registrationBody(selfOf(mine)), fingerprint, version: null, port: 'x' }
    await prepareUpload(client, { info, files: [fileOf('a', 1)], pin: null })
    assert.equal(backend.offers.at(-1)?.peer.identity?.fingerprint, mine.fingerprint)
    for (const { sessionId } of backend.offers) await cancelUpload(client, sessionId)
  }
})

test('cancel: of a session in mid body, and of an offer that nobody has answered', async (t) => {
  const { backend, client, offer } = await receiver(t)
  const answer = await offer([fileOf('a', 1000)])
  const sending = assert.rejects(
    uploadFile(client, uploadOf(answer, 'a', 1000, pausing(10, 300, 990))),
    code('cancelled-by-peer'),
  )
  await later(50)
  await cancelUpload(client, answer.sessionId)
  await sending
  assert.deepEqual(backend.log, ['cancelled'])

  let aborted = ''
  backend.verdict = ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted = signal.reason instanceof PenstockError ? signal.reason.code : ''
        resolve({ accept: false })
      })
    })
  const pending = assert.rejects(offer([fileOf('a', 1)]), code('refused'))
  await later(50)
  await cancelUpload(client, null)
  await pending
  assert.equal(aborted, 'cancelled-by-peer')
})

test('a sender that goes away takes its open offer with it, and a yes that comes late is undone', async (t) => {
  const { backend, client, mine } = await receiver(t)
  backend.verdict = ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => setTimeout(() => resolve({ accept: true, accepted: ['a'] }), 10))
    })
  const offered = prepareUpload(
    client,
    { info: registrationBody(selfOf(mine)), files: [fileOf('a', 1)], pin: null },
    { signal: AbortSignal.timeout(100) },
  )
  await assert.rejects(offered, code('cancelled-here'))
  await later(200)
  assert.deepEqual(backend.log, ['peer-gone'])
})

test('an offer may wait longer than the idle limit', async (t) => {
  const { backend, offer } = await receiver(t, { idleMs: 200 })
  backend.verdict = async (asked) => {
    await later(700)
    return { accept: true, accepted: asked.files.map(({ id }) => id) }
  }
  await offer([fileOf('a', 1)])
})

test('a body that breaks off fails as gone, one that stops as timed out', async (t) => {
  for (const [how, wanted] of [
    ['destroy', 'peer-gone'],
    ['stop', 'timed-out'],
  ] as const) {
    const { backend, port, mine, offer } = await receiver(t, { idleMs: 300, limits: { cancelMs: 100 } })
    const answer = await offer([fileOf('a', 1000)])
    const query = new URLSearchParams({
      sessionId: answer.sessionId,
      fileId: 'a',
      token: answer.files['a'] ?? '',
    })
    const request = httpsRequest({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: `/api/localsend/v2/upload?${query.toString()}`,
      headers: { 'content-length': 1000 },
      key: mine.privateKeyPem,
      cert: mine.certificatePem,
      rejectUnauthorized: false,
      agent: false,
    })
    request.on('error', () => undefined)
    request.write(Buffer.alloc(100))
    await later(100)
    if (how === 'destroy') request.destroy()
    await later(500)
    request.destroy()
    assert.deepEqual([backend.broken, backend.log], [[wanted], ['finished']])
  }
})

test('an accepted session without an upload times out, and too many at once are busy', async (t) => {
  const { backend, offer } = await receiver(t, { limits: { idleMs: 200, perNetwork: 2 } })
  await offer([fileOf('a', 1)])
  await offer([fileOf('a', 1)])
  await assert.rejects(offer([fileOf('a', 1)]), code('busy'))
  await later(400)
  assert.deepEqual(backend.log, ['timed-out', 'timed-out'])
  await offer([fileOf('a', 1)])
})

test('this side ends a session: the running body fails and the rest is refused', async (t) => {
  const { backend, sessions, client, offer } = await receiver(t)
  const answer = await offer([fileOf('a', 10), fileOf('b', 1)])
  const running = uploadFile(client, uploadOf(answer, 'a', 10, pausing(5, 200, 5)))
  const rejected = assert.rejects(running, code('cancelled-by-peer'))
  await later(50)
  sessions.drop(answer.sessionId)
  await rejected
  const next = uploadFile(client, uploadOf(answer, 'b', 1, Readable.from([Buffer.alloc(1)])))
  await assert.rejects(next, code('cancelled-by-peer'))
  assert.deepEqual(backend.log, [])
})

test('files go to a strict peer', async (t) => {
  const mine = await newIdentity(t)
  const strict = await startStrictPeer(t, await newIdentity(t))
  const client = clientOf(t, mine, strict.port, strict.fingerprint)
  const info = registrationBody(selfOf(mine))
  const answer = await prepareUpload(client, { info, files: [fileOf('a', 5)], pin: null })
  await uploadFile(client, uploadOf(answer, 'a', 5, Readable.from([Buffer.from('hello')])))
  assert.equal(strict.received.get('folder/a.bin')?.toString(), 'hello')
  const liar = registrationBody(selfOf(await newIdentity(t)))
  await assert.rejects(
    prepareUpload(client, { info: liar, files: [fileOf('a', 5)], pin: null }),
    code('refused'),
  )
})

test('a source that fails ends the upload with its own error', async (t) => {
  const { client, offer, backend } = await receiver(t, { limits: { cancelMs: 10 } })
  const answer = await offer([fileOf('a', 10)])
  await assert.rejects(
    uploadFile(
      client,
      uploadOf(answer, 'a', 10, pausing(5, 10, new PenstockError('file-shrank', { path: 'a' }))),
    ),
    code('file-shrank'),
  )
  await later(50)
  assert.deepEqual([backend.broken, backend.log], [['peer-gone'], ['finished']])
})

test('after a body that broke off the sender may go on; if it does not, the session ends with the reason', async (t) => {
  const { backend, client, mine, offer } = await receiver(t, {
    limits: { idleMs: 60_000, brokenIdleMs: 300 },
  })
  const answer = await offer([fileOf('a', 10), fileOf('b', 1), fileOf('c', 1)])
  const send = (fileId: string, size: number, stream: AsyncIterable<Uint8Array>) =>
    uploadFile(client, uploadOf(answer, fileId, size, stream))
  await assert.rejects(send('a', 10, pausing(5, 10, new PenstockError('file-shrank'))), code('file-shrank'))
  await send('b', 1, Readable.from([Buffer.alloc(1)]))
  assert.deepEqual([...backend.kept.keys()], ['b'])
  await later(500)
  assert.deepEqual(backend.log, [])
  const again = await prepareUpload(client, {
    info: registrationBody(selfOf(mine)),
    files: [fileOf('a', 10), fileOf('b', 1)],
    pin: null,
  })
  const gone = uploadFile(client, uploadOf(again, 'a', 10, pausing(5, 10, new PenstockError('file-shrank'))))
  await assert.rejects(gone, code('file-shrank'))
  await later(600)
  assert.deepEqual(backend.log, ['peer-gone'])
})
