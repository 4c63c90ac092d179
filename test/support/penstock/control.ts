import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { loadIdentity, type Identity } from '../../../main/core/device/identity.ts'
import { openControl, type ControlClient } from '../../../main/core/protocol/http/client.ts'
import { infoBody, type SelfInfo } from '../../../main/core/protocol/localsend/messages.ts'
import { startControlServer } from '../../../main/core/protocol/http/server.ts'
import type {
  ControlHandlers,
  ControlLimits,
  OfferTicket,
} from '../../../main/core/protocol/http/handlers.ts'

/** A new identity in a folder that is removed when the test ends. */
export async function newIdentity(t: TestContext): Promise<Identity> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-identity-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return loadIdentity(dir)
}

/** What a test device sends about itself. */
export function selfOf(identity: Identity, change: Partial<SelfInfo> = {}): SelfInfo {
  return {
    alias: 'Test device',
    deviceModel: 'Linux',
    deviceType: 'desktop',
    fingerprint: identity.fingerprint,
    port: 53317,
    penstock: { versions: [2], dataPort: null, ciphers: ['sealed', 'none'] },
    ...change,
  }
}

/** A place for an offer without a limit. */
export const UNLIMITED: OfferTicket = { hold: () => undefined, release: () => undefined }

/** A control server on a free port of 127.0.0.1 that closes when the test ends. */
export async function serve(
  t: TestContext,
  handlers: Partial<ControlHandlers> = {},
  limits: Partial<ControlLimits> = {},
): Promise<{ readonly identity: Identity; readonly port: number }> {
  const identity = await newIdentity(t)
  const all: ControlHandlers = {
    info: () => infoBody(selfOf(identity)),
    register: () => undefined,
    ...handlers,
  }
  const server = await startControlServer({ identity, host: 'loopback', port: 0, handlers: all, limits })
  t.after(() => server.close())
  return { identity, port: server.port }
}

/** A client of a server that starts on a free port of 127.0.0.1. Both close when the test ends. */
export async function clientOfNew(
  t: TestContext,
  identity: Identity,
  server: Server,
): Promise<ControlClient> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return clientOf(t, identity, address.port)
}

/** A client that closes when the test ends; takes any peer unless a fingerprint is given. */
export function clientOf(
  t: TestContext,
  identity: Identity,
  port: number,
  expectedFingerprint: string | null = null,
): ControlClient {
  const client = openControl({ host: '127.0.0.1', port, protocol: 'https', expectedFingerprint, identity })
  t.after(() => client.close())
  return client
}
