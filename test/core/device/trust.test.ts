// Invariant: only a proved identity becomes recent or trusted, and is looked up. A completed transfer makes a device recent,
// which permits nothing; only the user's decision gives a permission, and takes it away. The name and the addresses of a
// trusted device are bound to its key: another key under one of them is a namesake, and gets nothing.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isClear, TLS_BODY } from '../../../main/contract/report.ts'
import { Trust } from '../../../main/core/device/trust.ts'
import { TrustedDevices } from '../../../main/core/device/trusted-devices.ts'
import type { ProvedIdentity } from '../../../main/core/device/proved.ts'
import { RECENT_DEVICES } from '../../../main/contract/settings.ts'
import { SettingsStore } from '../../../main/core/store/settings.ts'
import { TrustedStore } from '../../../main/core/store/trusted.ts'
import { CONVEYANCES } from '../../support/conveyances.ts'
import { provedIdentities } from '../../support/penstock/proved.ts'
import { fc } from '../../support/random.ts'

const DEVICES = await provedIdentities(3)
const PHONE = { alias: 'Phone', host: '192.168.1.7', port: 53317 }

let dir = ''
let settings: SettingsStore
let devices: TrustedDevices
let trust: Trust

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-trust-'))
  await open()
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

async function open(): Promise<void> {
  settings = await SettingsStore.open(dir)
  devices = new TrustedDevices(await TrustedStore.open(dir))
  trust = new Trust(settings, devices)
}

function device(index: number): ProvedIdentity {
  const found = DEVICES[index]
  assert.ok(found !== undefined)
  return found
}

/** Trusts device 0 as Office, seen at these hosts. */
async function trustOffice(...hosts: readonly string[]): Promise<void> {
  await devices.trust(device(0).fingerprint, 'Office')
  for (const host of hosts) await trust.seen(device(0), { alias: 'DESKTOP-1', host, port: 53317 })
}

test('a device that proved nothing is nothing, and cannot be always accepted', () => {
  for (const conveyance of CONVEYANCES) {
    assert.deepEqual(trust.of(null, conveyance, PHONE), {
      ...{ alias: 'Phone', fingerprint: '', proved: false, recent: false, trusted: false },
      ...{ alwaysAccept: false, namesake: null },
    })
    assert.equal(trust.alwaysAcceptOf(null, conveyance, PHONE), null)
  }
})

test('any history of transfers and decisions gives exactly what the decisions gave', async () => {
  const step = fc.record({
    device: fc.integer({ min: 0, max: 2 }),
    act: fc.constantFrom('exchanged', 'always', 'forget', 'revoke', 'clear'),
    conveyance: fc.constantFrom(...CONVEYANCES),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      await settings.update({ recent: [] })
      for (const { fingerprint } of devices.list()) await devices.forget(fingerprint)
      const expected = [0, 1, 2].map(() => ({ recent: false, trusted: false, always: false, clear: false }))
      for (const { device: index, act, conveyance } of steps) {
        const { fingerprint } = device(index)
        const state = expected[index]
        assert.ok(state !== undefined)
        const appearance = { ...PHONE, alias: `Phone ${index}`, host: `192.168.1.${index}` }
        if (act === 'exchanged') {
          await trust.exchanged(device(index), 'Phone')
          state.recent = true
        } else if (act === 'always') {
          await trust.alwaysAcceptOf(device(index), conveyance, appearance)?.()
          Object.assign(state, { trusted: true, always: true, clear: state.clear || isClear(conveyance) })
        } else if (act === 'forget') {
          await devices.forget(fingerprint)
          Object.assign(state, { trusted: false, always: false, clear: false })
        } else if (state.trusted) {
          await devices.change(fingerprint, act === 'revoke' ? { alwaysAccept: false } : { mayClear: true })
          Object.assign(state, act === 'revoke' ? { always: false } : { clear: true })
        }
      }
      await open()
      for (const [index, { recent, trusted, always, clear }] of expected.entries()) {
        assert.equal(trust.maySendClear(device(index)), clear)
        for (const conveyance of CONVEYANCES) {
          const appearance = { ...PHONE, alias: `Phone ${index}`, host: `192.168.1.${index}` }
          const shown = trust.of(device(index), conveyance, appearance)
          assert.deepEqual(
            [shown.recent, shown.trusted, shown.alwaysAccept, shown.namesake],
            [recent, trusted, always && (clear || !isClear(conveyance)), null],
          )
        }
      }
    }),
    { numRuns: 30 },
  )
})

const IMPOSTORS: readonly (readonly [what: string, alias: string, host: string, port: number | null])[] = [
  ['its name', 'Office', '10.0.0.9', 53317],
  ['its name in another case and width, with blanks', '  ｏFFICE ', '10.0.0.9', null],
  ['its name with hidden characters', 'Off\u200bi\u202ece\u2060', '10.0.0.9', null],
  ['the name that it gives itself', 'desktop-1', '10.0.0.9', 53317],
  ['its address', 'Other', '192.168.1.20', 53317],
  ['the host from which it connects', 'Other', '192.168.1.20', null],
]

for (const [what, alias, host, port] of IMPOSTORS) {
  test(`another key with ${what} is a namesake, which gets nothing; the device itself is not`, async () => {
    await trustOffice('192.168.1.20')
    const appearance = { alias, host, port }
    for (const identity of [device(1), null]) {
      const seen = trust.of(identity, TLS_BODY, appearance)
      assert.deepEqual([seen.namesake, seen.trusted, seen.alwaysAccept], ['Office', false, false])
      assert.equal(trust.alwaysAcceptOf(identity, TLS_BODY, appearance), null)
    }
    const own = trust.of(device(0), TLS_BODY, appearance)
    assert.deepEqual([own.namesake, own.trusted, own.alias], [null, true, 'Office'])
  })
}

test('another port of its host, another host and another name are not bound to it', async () => {
  await trustOffice('192.168.1.20', '127.0.0.1')
  for (const [alias, host, port] of [
    ['Other', '192.168.1.20', 53318],
    ['Other', '192.168.1.21', 53317],
    // All programs of this machine connect from there.
    ['Other', '127.0.0.1', null],
    ['Office 2', '10.0.0.9', 53317],
  ] as const) {
    assert.equal(trust.recognise(device(1), { alias, host, port }).namesake, null, `${alias} ${host} ${port}`)
  }
})

test('a trusted device is shown under the name that the user knows, whatever it calls itself', async () => {
  await trustOffice('192.168.1.20')
  await devices.change(device(0).fingerprint, { name: 'Upstairs' })
  await trust.seen(device(0), { alias: 'Bank', host: '192.168.1.20', port: 53317 })
  const { alias } = trust.recognise(device(0), { alias: 'Bank', host: '192.168.1.20', port: 53317 })
  assert.equal(alias, 'Upstairs')
})

test('addresses are bound latest first, at most four, and an address that is bound is not written again', async () => {
  await trustOffice('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5')
  const [office] = devices.list()
  assert.deepEqual(
    office?.addresses.map(({ host }) => host),
    ['10.0.0.5', '10.0.0.4', '10.0.0.3', '10.0.0.2'],
  )
  let changes = 0
  devices.onChange(() => (changes += 1))
  await trust.seen(device(0), { alias: 'DESKTOP-1', host: '10.0.0.3', port: 53317 })
  await trust.seen(device(1), { alias: 'Office', host: '10.0.0.3', port: 53317 })
  assert.equal(changes, 0)
  assert.deepEqual(devices.list(), [office])
})

test('a device trusted by its fingerprint alone gets its own name when it proves itself, not that of another', async () => {
  await trustOffice()
  await devices.trust(device(1).fingerprint, null)
  await trust.seen(device(1), { alias: 'office', host: '10.0.0.1', port: 53317 })
  assert.deepEqual(
    devices.list().map(({ name }) => name),
    ['Office', 'office (2)'],
  )
})

test('recent devices are bounded: the oldest goes, the latest is first, and each is listed once', async () => {
  const invented = Array.from({ length: RECENT_DEVICES }, (_, index) => ({
    fingerprint: index.toString(16).padStart(64, '0'),
    alias: 'Old',
    at: '2026-01-01T00:00:00.000Z',
  }))
  await settings.update({ recent: invented })
  for (const index of [0, 1, 0]) await trust.exchanged(device(index), `Device ${index}`)
  const { recent } = settings.current
  assert.equal(recent.length, RECENT_DEVICES)
  assert.deepEqual(
    recent.slice(0, 2).map(({ fingerprint, alias }) => [fingerprint, alias]),
    [
      [device(0).fingerprint, 'Device 0'],
      [device(1).fingerprint, 'Device 1'],
    ],
  )
  assert.deepEqual(recent.slice(2), invented.slice(0, RECENT_DEVICES - 2))
})
