// Invariant: a request that asks a user or adds something reaches a peer at most once, for any fault of the connection; an
// idempotent one is repeated if a kept connection has closed.
import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import { test, type TestContext } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import { TechniqueExchange } from '../../../../main/core/send/technique-exchange.ts'
import {
  cancelUpload,
  fetchInfo,
  prepareUpload,
  register,
} from '../../../../main/core/protocol/localsend/calls.ts'
import type { ControlClient } from '../../../../main/core/protocol/http/client.ts'
import { NOTHING_REPORTED } from '../../../../main/core/protocol/penstock/technique.ts'
import { infoBody } from '../../../../main/core/protocol/localsend/messages.ts'
import type { Identity } from '../../../../main/core/device/identity.ts'
import { clientOfNew, newIdentity, selfOf } from '../../../support/penstock/control.ts'

/**
 * A peer that answers `info`, and reads every other request whole, then closes its connection without an answer. `client` has a
 * kept connection to it.
 */
async function closingPeer(t: TestContext) {
  const identity = await newIdentity(t)
  const read: string[] = []
  const server = createServer(
    { key: identity.privateKeyPem, cert: identity.certificatePem },
    (request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? ''
      if (request.method === 'GET') {
        response.end(JSON.stringify(infoBody(selfOf(identity))))
        return
      }
      request.resume().once('end', () => {
        read.push(path)
        request.socket.destroy()
      })
    },
  )
  const client = await clientOfNew(t, identity, server)
  await fetchInfo(client)
  return { client, read, identity }
}

const file = { id: 'a', fileName: 'a.txt', size: 1, fileType: 'text/plain' }

interface Call {
  readonly what: string
  /** Times that the peer reads it. */
  readonly reads: number
  call(client: ControlClient, identity: Identity): Promise<unknown>
}

const CALLS: readonly Call[] = [
  {
    what: 'an offer of files',
    reads: 1,
    call: (client) => prepareUpload(client, { info: {}, files: [file], pin: null }),
  },
  {
    what: 'a POST without a body',
    reads: 1,
    call: (client) => client.request({ method: 'POST', path: '/any' }),
  },
  {
    what: 'a POST with bytes',
    reads: 1,
    call: (client) => client.request({ method: 'POST', path: '/any', body: Buffer.from('bytes') }),
  },
  {
    what: 'an introduction',
    reads: 2,
    call: (client, identity) => register(client, selfOf(identity)),
  },
  { what: 'a cancel', reads: 2, call: (client) => cancelUpload(client, 'session') },
]

for (const { what, reads, call } of CALLS) {
  test(`${what} on a kept connection that closes is read ${reads === 1 ? 'once' : 'again'}`, async (t) => {
    const { client, read, identity } = await closingPeer(t)
    await assert.rejects(
      call(client, identity),
      (error) => error instanceof PenstockError && error.code === (reads === 1 ? 'peer-gone' : error.code),
    )
    assert.equal(read.length, reads)
  })
}

test('the technique in use is sent again', async (t) => {
  const { client, read } = await closingPeer(t)
  const exchange = new TechniqueExchange({
    control: client,
    sessionId: 'session',
    own: () => NOTHING_REPORTED,
    onPeer: () => undefined,
  })
  await exchange.finish()
  assert.equal(read.length, 2)
})
