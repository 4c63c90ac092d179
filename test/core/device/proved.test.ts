// Invariant: on both sides a connection has a proved identity from the end of its handshake, never earlier, and none without
// a certificate.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { type Identity, loadIdentity } from '../../../main/core/device/identity.ts'
import { ProvedIdentity } from '../../../main/core/device/proved.ts'

interface Ends {
  readonly server: TLSSocket
  readonly client: TLSSocket
}

async function place(t: TestContext): Promise<{ one: Identity; two: Identity }> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-proved-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return { one: await loadIdentity(join(dir, 'one')), two: await loadIdentity(join(dir, 'two')) }
}

/** Both ends of a connection after its handshake. */
async function handshake(
  t: TestContext,
  own: Identity,
  shown: Identity | null,
  version: Version,
): Promise<Ends> {
  const listener = createServer({
    ...{ requestCert: true, rejectUnauthorized: false, key: own.privateKeyPem, cert: own.certificatePem },
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  assert.ok(address !== null && typeof address === 'object')
  const accepted = new Promise<TLSSocket>((resolve) => listener.once('secureConnection', resolve))
  const client = connect({
    ...{ host: '127.0.0.1', port: address.port, rejectUnauthorized: false, maxVersion: version },
    ...(shown === null ? {} : { key: shown.privateKeyPem, cert: shown.certificatePem }),
  })
  t.after(() => {
    client.destroy()
    listener.close()
  })
  assert.equal(ProvedIdentity.of(client), null)
  await once(client, 'connect')
  assert.equal(ProvedIdentity.of(client), null)
  await once(client, 'secureConnect')
  const server = await accepted
  t.after(() => server.destroy())
  return { server, client }
}

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
type Version = (typeof VERSIONS)[number]
for (const version of VERSIONS) {
  test(`${version}: null before the handshake has ended, then the certificate of the other end`, async (t) => {
    const { one, two } = await place(t)
    const { server, client } = await handshake(t, one, two, version)
    assert.equal(client.getProtocol(), version)
    assert.equal(ProvedIdentity.of(client)?.fingerprint, one.fingerprint)
    assert.equal(ProvedIdentity.of(server)?.fingerprint, two.fingerprint)
  })

  test(`${version}: a client without a certificate has no identity`, async (t) => {
    const { one } = await place(t)
    const { server } = await handshake(t, one, null, version)
    assert.equal(ProvedIdentity.of(server), null)
  })
}

test('without a connection there is no identity', () => {
  assert.equal(ProvedIdentity.of(null), null)
})
