import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { type Identity, loadIdentity } from '../../../main/core/device/identity.ts'
import { ProvedIdentity } from '../../../main/core/device/proved.ts'

/** New identities, each proved in a TLS handshake: there is no other way to get one. */
export async function provedIdentities(count: number): Promise<ProvedIdentity[]> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-proved-'))
  try {
    const made: ProvedIdentity[] = []
    for (let index = 0; index < count; index++)
      made.push(await proofOf(await loadIdentity(join(dir, String(index)))))
    return made
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** One new identity. */
export async function provedIdentity(): Promise<ProvedIdentity> {
  const [identity] = await provedIdentities(1)
  if (identity === undefined) throw new Error('Expected an identity')
  return identity
}

/** An identity as proved in a TLS handshake. */
export async function proofOf({
  privateKeyPem: key,
  certificatePem: cert,
}: Identity): Promise<ProvedIdentity> {
  const server = createServer({ key, cert })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address')
  const socket = connect({ host: '127.0.0.1', port: address.port, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect')
    const identity = ProvedIdentity.of(socket)
    if (identity === null) throw new Error('Expected a certificate')
    return identity
  } finally {
    socket.destroy()
    server.close()
  }
}
