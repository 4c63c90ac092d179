// Invariant: only a proved identity becomes recent or always accepted. A completed transfer makes a device recent, which permits
// nothing; only the user's choice makes it always accepted, unencrypted only if that choice was for an unencrypted transfer.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isClear, TLS_BODY } from '../../../main/contract/report.ts'
import { Trust } from '../../../main/core/device/trust.ts'
import type { ProvedIdentity } from '../../../main/core/device/proved.ts'
import { RECENT_DEVICES } from '../../../main/contract/settings.ts'
import { SettingsStore } from '../../../main/core/store/settings.ts'
import { CONVEYANCES } from '../../support/conveyances.ts'
import { provedIdentities } from '../../support/penstock/proved.ts'
import { fc } from '../../support/random.ts'

const DEVICES = await provedIdentities(3)

let dir = ''
let settings: SettingsStore

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-trust-'))
  settings = await SettingsStore.open(dir)
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

function device(index: number): ProvedIdentity {
  const found = DEVICES[index]
  assert.ok(found !== undefined)
  return found
}

test('a device that proved nothing is nothing, and cannot be always accepted', () => {
  const trust = new Trust(settings)
  for (const conveyance of CONVEYANCES) {
    assert.deepEqual(trust.of(null, conveyance), {
      ...{ fingerprint: '', proved: false, recent: false, alwaysAccept: false },
    })
    assert.equal(trust.alwaysAcceptOf(null, 'Phone', conveyance), null)
  }
})

test('any history of transfers and words gives exactly what the words gave', async () => {
  const step = fc.record({
    device: fc.integer({ min: 0, max: 2 }),
    act: fc.constantFrom('exchanged', 'always'),
    conveyance: fc.constantFrom(...CONVEYANCES),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      await settings.update({ alwaysAccept: {}, recent: [] })
      const trust = new Trust(settings)
      for (const { device: index, act, conveyance } of steps) {
        if (act === 'exchanged') await trust.exchanged(device(index), 'Phone')
        else await trust.alwaysAcceptOf(device(index), 'Phone', conveyance)?.()
      }
      const reopened = new Trust(await SettingsStore.open(dir))
      for (const index of [0, 1, 2]) {
        const own = steps.filter((one) => one.device === index)
        const words = own.filter(({ act }) => act === 'always')
        for (const conveyance of CONVEYANCES) {
          const permitted = words.some((word) => !isClear(conveyance) || isClear(word.conveyance))
          assert.deepEqual(reopened.of(device(index), conveyance), {
            fingerprint: device(index).fingerprint,
            proved: true,
            recent: own.some(({ act }) => act === 'exchanged'),
            alwaysAccept: permitted,
          })
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('recent devices are bounded: the oldest goes, the latest is first, and each is listed once', async () => {
  const invented = Array.from({ length: RECENT_DEVICES }, (_, index) => ({
    fingerprint: index.toString(16).padStart(64, '0'),
    alias: 'Old',
    at: '2026-01-01T00:00:00.000Z',
  }))
  await settings.update({ recent: invented })
  const trust = new Trust(settings)
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

test('a word that cannot be written is an error for its caller', async () => {
  const trust = new Trust(settings)
  await rm(dir, { recursive: true, force: true })
  const always = trust.alwaysAcceptOf(device(0), 'Phone', TLS_BODY)
  assert.ok(always !== null)
  await assert.rejects(always, { code: 'io' })
})
