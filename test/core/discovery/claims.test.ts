// Invariant: an unproved message about a device that proved its certificate does not change that device in the list: not its
// address, name, abilities or presence.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import type { Identity } from '../../../main/core/device/identity.ts'
import { createPeers } from '../../../main/core/discovery/peers.ts'
import {
  infoBody,
  registrationBody,
  registrationSchema,
} from '../../../main/core/protocol/localsend/messages.ts'
import { provedIdentity } from '../../support/penstock/proved.ts'
import { newIdentity, selfOf, serve } from '../../support/penstock/control.ts'
import { strangers } from '../../support/penstock/trusted.ts'

const LOOKS_ONLY = { versions: [], dataPort: null, ciphers: [] }
const RECEIVES = { versions: [2], dataPort: null, ciphers: [] }

function lookerOf(t: TestContext, identity: Identity) {
  const peers = createPeers({
    ...{
      identity,
      alias: () => 'Looker',
      self: () => null,
      recognise: strangers((identity) => identity !== null),
    },
    // No interface: only the test's messages arrive.
    ...{ interfaces: () => [], scan: false },
  })
  t.after(() => peers.stop())
  return peers
}

/** A server over plain HTTP that answers `info`, and the number of its requests. */
async function impostor(t: TestContext, info: object) {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    request.resume()
    response.end(JSON.stringify(info))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { port: address.port, asked: () => asked }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('claims over HTTP and registrations without proof leave a proved device as it is', async (t) => {
  const peers = lookerOf(t, await newIdentity(t))
  await peers.start()
  const real = await serve(t)
  const proved = await peers.probe('127.0.0.1', real.port)
  assert.deepEqual([proved.fingerprint, proved.recent], [real.identity.fingerprint, true])
  const before = peers.list()

  for (const penstock of [LOOKS_ONLY, RECEIVES]) {
    const lie = infoBody(selfOf(real.identity, { alias: 'Impostor', penstock }))
    const other = await impostor(t, lie)
    const device = await peers.probe('127.0.0.1', other.port).catch(() => null)
    assert.ok(device === null || (device.fingerprint === '' && !device.recent))
    assert.deepEqual(peers.list(), before)

    // The same as a registration, from an address that answers over HTTP, and from one with another certificate.
    const wrong = await serve(t)
    for (const { port, protocol } of [
      { port: other.port, protocol: 'http' },
      { port: wrong.port, protocol: 'https' },
    ]) {
      const self = selfOf(real.identity, { alias: 'Impostor', port, penstock: RECEIVES })
      const registration = registrationSchema.parse({ ...registrationBody(self), protocol })
      for (const identity of [null, await provedIdentity()]) {
        const asked = other.asked()
        peers.registered(registration, { address: '127.0.0.1', identity, encrypted: true })
        if (protocol === 'http') await until(() => other.asked() > asked)
      }
    }
  }
  // A device that proves itself is listed after all earlier questions were asked.
  const last = await serve(t)
  await peers.probe('127.0.0.1', last.port)
  const listed = peers.list().filter(({ fingerprint }) => fingerprint === real.identity.fingerprint)
  assert.deepEqual(
    listed.map(({ lastSeen: _, ...rest }) => rest),
    before.map(({ lastSeen: _, ...rest }) => rest),
  )
  assert.ok(peers.list().every(({ alias }) => alias !== 'Impostor'))
})
