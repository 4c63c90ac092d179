// Invariant: a receiver on `loopback` is reachable from this machine only and never announced; one with `only` serves that one
// proved device and rejects all others before it reads a body.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import type { Penstock, ReceiveOptions, Receiving } from '../../../../main/core/api.ts'
import { loadIdentity } from '../../../../main/core/device/identity.ts'
import { Several } from '../../../support/penstock/several.ts'

const PATHS = [
  ['GET', '/api/localsend/v2/info'],
  ['POST', '/api/localsend/v2/register'],
  ['POST', '/api/localsend/v2/prepare-upload'],
  ['POST', '/api/localsend/v2/upload'],
  ['POST', '/api/localsend/v2/cancel'],
  ['POST', '/api/penstock/v1/stream'],
  ['POST', '/api/penstock/v1/technique'],
] as const

const several = new Several()
let root = ''
let sender: Penstock
let other: Penstock
let receiver: Penstock

before(async () => {
  sender = await several.open('sender')
  other = await several.open('other')
  receiver = await several.open('receiver')
  root = several.root
  await writeFile(join(root, 'file'), 'content')
})

after(() => several.close())

async function receiving(
  options: Partial<ReceiveOptions>,
  body: (running: Receiving, asked: () => number) => Promise<void>,
): Promise<void> {
  let asked = 0
  const running = await receiver.receive({
    ...{ dir: await mkdtemp(join(root, 'received-')), host: 'loopback', only: null, port: 0, dataPort: 0 },
    ...{ pin: null, clear: true, technique: 'auto', bufferBytes: 65_536, durability: 'os', check: true },
    ...{ onConflict: 'keep-both', visible: false },
    decide: () => {
      asked += 1
      return Promise.resolve({ accept: true })
    },
    ...options,
  })
  try {
    await body(running, () => asked)
  } finally {
    await running.close()
  }
}

/** `connected`, or the error code. */
async function outcome(host: string, port: number): Promise<string> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return 'connected'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    socket.destroy()
  }
}

function addresses(internal: boolean): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list
      .filter((entry) => entry.internal === internal)
      .map(({ address }) => (address.startsWith('fe80:') ? `${address}%${name}` : address)),
  )
}

/** Writes the head of a request with a large body that never comes; resolves with the status of the answer. */
async function statusOf(
  port: number,
  [method, path]: readonly [string, string],
  stateDir: string | null,
  { contentType = 'application/json', host = '127.0.0.1' } = {},
): Promise<number> {
  const identity = stateDir === null ? null : await loadIdentity(stateDir)
  const shown = identity === null ? {} : { key: identity.privateKeyPem, cert: identity.certificatePem }
  const socket: Socket = connectTls({ host, port, rejectUnauthorized: false, ...shown })
  try {
    await once(socket, 'secureConnect')
    const body = method === 'GET' ? '' : `Content-Type: ${contentType}\r\nContent-Length: 50000000\r\n`
    socket.write(`${method} ${path}?sessionId=1&fileId=1&token=1 HTTP/1.1\r\nHost: x\r\n${body}\r\n`)
    const [head]: unknown[] = await once(socket, 'data')
    return Number(/^HTTP\/1\.1 (\d+)/.exec(String(head))?.[1])
  } finally {
    socket.destroy()
  }
}

async function endOf(from: Penstock, port: number, security: 'clear' | 'encrypted') {
  const template = await sender.peers.probe('127.0.0.1', port)
  const transfer = from.send({
    ...{ paths: [join(root, 'file')], to: template, security, technique: 'auto', streams: 'auto' },
    ...{ bufferBytes: 65_536, check: true, pin: null },
  })
  return transfer.ended
}

test('on loopback both ports answer this machine and refuse every other address of it', async () => {
  await receiving({}, async ({ port, dataPort }) => {
    assert.ok(dataPort !== null)
    const reached = addresses(true).filter((address) => address === '127.0.0.1' || address === '::1')
    assert.ok(reached.includes('127.0.0.1'))
    for (const address of reached) {
      assert.equal(await outcome(address, port), 'connected', address)
      assert.equal(await statusOf(port, PATHS[0], join(root, 'sender'), { host: address }), 200, address)
      assert.equal(await outcome(address, dataPort), 'connected', address)
    }
    for (const address of addresses(false)) {
      assert.equal(await outcome(address, port), 'ECONNREFUSED', address)
      assert.equal(await outcome(address, dataPort), 'ECONNREFUSED', address)
    }
  })
})

test('on loopback nothing is announced, regardless of `visible`', async () => {
  const opensDatagrams = () => process.getActiveResourcesInfo().includes('UDPWrap')
  await receiving({ visible: true }, () => {
    assert.equal(opensDatagrams(), false)
    return Promise.resolve()
  })
  await receiving({ visible: true, host: 'any' }, () => {
    assert.equal(opensDatagrams(), true)
    return Promise.resolve()
  })
  await receiver.peers.stop()
})

test('`only` turns every request of another device away, before its body', async () => {
  await receiving({ only: sender.fingerprint }, async ({ port }, asked) => {
    for (const request of PATHS) {
      assert.equal(await statusOf(port, request, join(root, 'other')), 403, request[1])
      assert.equal(await statusOf(port, request, null), 403, `${request[1]} without a certificate`)
    }
    const offer = PATHS[2]
    assert.equal(
      await statusOf(port, offer, join(root, 'other'), { contentType: 'application/x-ndjson' }),
      403,
    )
    assert.equal(await statusOf(port, offer, null, { contentType: 'application/x-ndjson' }), 403)
    assert.equal(await statusOf(port, PATHS[0], join(root, 'sender')), 200)
    assert.equal(asked(), 0)
  })
})

test('`only` lets its device send, encrypted and not, and no other one', async () => {
  for (const security of ['clear', 'encrypted'] as const) {
    await receiving({ only: sender.fingerprint }, async ({ port, dir }, asked) => {
      const refused = await endOf(other, port, security)
      assert.deepEqual([refused.kind, asked()], ['refused', 0], security)
      assert.equal((await endOf(sender, port, security)).kind, 'done', security)
      assert.equal(await readFile(join(dir, 'file'), 'utf8'), 'content')
      assert.equal(asked(), 1)
    })
  }
})
