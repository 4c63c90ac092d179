// Invariant: an answer that arrives before the request's body is sent is read to its end, however it is split into packets.
import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { clientOfNew, newIdentity } from '../../../support/penstock/control.ts'

for (const delayMs of [0, 50]) {
  test(`the body of a refusal comes ${delayMs} ms after its headers`, { timeout: 30_000 }, async (t) => {
    const identity = await newIdentity(t)
    const server = createServer(
      { key: identity.privateKeyPem, cert: identity.certificatePem },
      (request, response) => {
        request.on('error', () => undefined).resume()
        response.writeHead(401, { 'content-length': 7 }).flushHeaders()
        setTimeout(() => response.end('refused'), delayMs)
      },
    )
    const client = await clientOfNew(t, identity, server)
    // A source that has more to come.
    const body = new Readable({ read: () => undefined })
    body.push('the first line\n')
    const response = await client.request({ method: 'POST', path: '/offer', body })
    assert.equal(response.status, 401)
    assert.equal(await text(response.body), 'refused')
    assert.ok(body.destroyed)
  })
}
