// Invariant: another key under the name or address of a trusted device gets nothing unasked, on either side, with whatever
// it announces: the sender sends no byte, and the receiver refuses or asks. The device itself is found under the name that
// the user knows. CVE-2025-54792 (LocalSend): a man in the middle who answers discovery with a certificate of his own;
// CVE-2025-66270 (KDE Connect): an identity that is not bound to the key of the connection.
import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { Device } from '../../main/contract/device.ts'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import type { Peers, Penstock, Receiving } from '../../main/core/api.ts'
import { resolveDevice } from '../../main/core/discovery/resolve.ts'
import { openPenstock } from '../../main/core/penstock.ts'
import { receiveOptions, sendOptions } from '../support/penstock/options.ts'
import { Several } from '../support/penstock/several.ts'

const several = new Several()
let root = ''
let victim: Penstock
let office: Penstock
let impostor: Penstock
const offers: IncomingOffer[] = []

beforeEach(async () => {
  offers.length = 0
  victim = await several.open('victim', 'Victim')
  office = await several.open('office', 'Office')
  impostor = await several.open('impostor', 'Office')
  root = several.root
  await writeFile(join(root, 'file'), 'content')
})

afterEach(() => several.close())

function receive(penstock: Penstock, port = 0): Promise<Receiving> {
  return penstock.receive(
    receiveOptions(join(root, 'received'), {
      port,
      decide: (offer) => {
        offers.push(offer)
        return Promise.resolve({ accept: true })
      },
    }),
  )
}

async function send(from: Penstock, to: Device, otherDevice?: true) {
  const change = otherDevice === undefined ? {} : { otherDevice }
  return from.send(sendOptions([join(root, 'file')], to, { security: 'encrypted', ...change })).ended
}

test('CVE-2025-54792: another key at the address of a trusted device gets no offer, and is sent to only on the user’s word', async () => {
  const receiving = await receive(office)
  const { port } = receiving
  await victim.trusted.trust(office.fingerprint, 'Upstairs')
  const real = await victim.peers.probe('127.0.0.1', port)
  assert.deepEqual([real.alias, real.trusted, real.namesake], ['Upstairs', true, null])
  assert.equal((await send(victim, real)).kind, 'done')
  await receiving.close()
  offers.length = 0
  const fake = await openPenstock({ stateDir: join(root, 'impostor'), alias: 'Printer' })
  const taken = await receive(fake, port)
  const found = await victim.peers.probe('127.0.0.1', port)
  assert.deepEqual([found.trusted, found.namesake], [false, 'Upstairs'])
  const end = await send(victim, found)
  assert.ok(end.kind === 'failed')
  assert.deepEqual(end.problem, { code: 'device-changed', params: { name: 'Upstairs', host: '127.0.0.1' } })
  assert.equal(offers.length, 0)
  // The device that was found before is still pinned to its key.
  const old = await send(victim, real)
  assert.ok(old.kind === 'failed' && old.problem.code === 'peer-identity-mismatch')
  assert.equal((await send(victim, found, true)).kind, 'done')
  await taken.close()
  await fake.close()
})

test('CVE-2025-66270: an impostor’s offer under the name of an always accepted device is not accepted as its', async () => {
  const receiving = await receive(victim)
  await victim.trusted.trust(office.fingerprint, 'Office')
  await victim.trusted.change(office.fingerprint, { alwaysAccept: true })
  await send(office, await office.peers.probe('127.0.0.1', receiving.port))
  await send(impostor, await impostor.peers.probe('127.0.0.1', receiving.port))
  assert.deepEqual(
    offers.map(({ peer }) => [peer.fingerprint, peer.trusted, peer.alwaysAccept, peer.namesake]),
    [
      [office.fingerprint, true, true, null],
      [impostor.fingerprint, false, false, 'Office'],
    ],
  )
})

test('“always accept” that another process revokes no longer applies to the next offer', async () => {
  const receiving = await receive(victim)
  await victim.trusted.trust(office.fingerprint, 'Office')
  await victim.trusted.change(office.fingerprint, { alwaysAccept: true })
  const to = await office.peers.probe('127.0.0.1', receiving.port)
  await send(office, to)
  const command = await openPenstock({ stateDir: join(root, 'victim'), alias: null })
  await command.trusted.forget(office.fingerprint)
  await command.close()
  await send(office, to)
  assert.deepEqual(
    offers.map(({ peer }) => peer.alwaysAccept),
    [true, false],
  )
})

test('a receiver without --clear takes unencrypted content only from a trusted device that may send it', async () => {
  const receiving = await victim.receive(receiveOptions(join(root, 'received'), { clear: false }))
  const to = await office.peers.probe('127.0.0.1', receiving.port)
  const clear = () => office.send(sendOptions([join(root, 'file')], to, { security: 'clear' })).ended
  const ciphers = async () => {
    const end = await clear()
    assert.ok(end.kind === 'done')
    return end.report.cipher
  }
  assert.equal(await ciphers(), 'sealed')
  await victim.trusted.trust(office.fingerprint, 'Office')
  assert.equal(await ciphers(), 'sealed')
  await victim.trusted.change(office.fingerprint, { mayClear: true })
  assert.equal(await ciphers(), 'none')
  assert.equal((await readdir(join(root, 'received'))).length, 3)
})

/** Discovery that lists these devices and finds nothing by address. */
function nearby(devices: readonly Device[]): Peers {
  return {
    list: () => devices,
    onChange: () => () => undefined,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    searched: () => Promise.resolve(),
    twin: null,
    probe: () => Promise.reject(new Error('no such host')),
    resolve: () => Promise.reject(new Error('not used')),
  }
}

test('--to NAME finds the trusted device of that name before any other, and only marks an impostor', async () => {
  const receiving = await receive(office)
  const found = await victim.peers.probe('127.0.0.1', receiving.port)
  const trusted = { ...found, trusted: true, namesake: null }
  const fake = { ...found, id: 'f', fingerprint: 'ff'.repeat(32), trusted: false, namesake: 'Office' }
  for (const order of [
    [fake, trusted],
    [trusted, fake],
  ]) {
    const { fingerprint } = await resolveDevice(nearby(order), 'office', 50, false)
    assert.equal(fingerprint, office.fingerprint)
  }
  const alone = await resolveDevice(nearby([fake]), 'Office', 50, false)
  const end = await send(victim, alone)
  assert.ok(end.kind === 'failed' && end.problem.code === 'device-changed')
})
