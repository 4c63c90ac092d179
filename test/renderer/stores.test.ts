// Invariant: the stores hold the main process's snapshots, newest transfers first, and the unit of a rate never changes once
// it has settled.
import { waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { addSample, EMPTY_SERIES, rateNumber, unitFor } from '../../renderer/state/series.ts'
import { takeBatch } from '../../renderer/state/connect.ts'
import { useDevices } from '../../renderer/state/devices.ts'
import { changeSettings, useSettings } from '../../renderer/state/settings.ts'
import {
  cancelTransfer,
  forgetTransfer,
  takeTransfers,
  useTransfers,
} from '../../renderer/state/transfers.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { useOffers } from '../../renderer/state/offers.ts'
import { installFakeBridge } from './fakeBridge.ts'
import { DEVICES, doneSnapshot, NOW, offer, offeredEntries, SETTINGS, snapshot } from './fixtures.ts'

beforeEach(() => {
  useTransfers.setState(useTransfers.getInitialState(), true)
  useUi.setState(useUi.getInitialState(), true)
})

test('a rate is taken over the last second', () => {
  let series = EMPTY_SERIES
  for (let at = 0; at <= 3000; at += 100) series = addSample(series, at, at * 1000, 0)
  expect(series.now).toBeCloseTo(1e6, -2)
  for (let at = 3100; at <= 4200; at += 100) series = addSample(series, at, 3_000_000, 0)
  expect(series.now).toBe(0)
})

test('hours of samples stay few points, in order', () => {
  let series = EMPTY_SERIES
  for (let at = 0; at <= 600_000; at += 100) series = addSample(series, at, at * 1000, 0)
  expect(series.points.length).toBeLessThanOrEqual(600)
  const seconds = series.points.map((point) => point.seconds)
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b))
  expect(seconds.at(-1)).toBeGreaterThan(590)
})

test('a sample that is not later is no news', () => {
  const one = addSample(EMPTY_SERIES, 100, 10, 0)
  expect(addSample(one, 100, 20, 0)).toBe(one)
})

test('the unit of a transfer is fixed once its rate has settled', () => {
  const since = NOW
  for (let t = 100; t <= 2000; t += 100) {
    takeTransfers([snapshot({ bytes: t * 1_000_000, movingSince: since }, { sampledAt: since + t })])
  }
  const key = snapshot().key
  expect(useTransfers.getState().entries.get(key)?.unit).toBe('GB/s')
  for (let t = 2100; t <= 9000; t += 100) {
    takeTransfers([snapshot({ bytes: 2_000_000_000 + t, movingSince: since }, { sampledAt: since + t })])
  }
  expect(useTransfers.getState().entries.get(key)?.unit).toBe('GB/s')
  expect(unitFor(10_000)).toBe('kB/s')
  expect(rateNumber(1_130_000_000, 'GB/s')).toBe('1.13')
})

test('transfers are newest first, and a new one is selected unless the selected one still moves', () => {
  takeTransfers([snapshot({ transferId: 'a', startedAt: 1 })])
  takeTransfers([snapshot({ transferId: 'b', startedAt: 2 })])
  expect(useTransfers.getState().order).toEqual(['sender:b', 'sender:a'])
  expect(useTransfers.getState().selected).toBe('sender:a')
  takeTransfers([doneSnapshot({}, { transferId: 'a', startedAt: 1 })])
  takeTransfers([snapshot({ transferId: 'c', startedAt: 3 })])
  expect(useTransfers.getState().selected).toBe('sender:c')
})

test('a batch changes only what it holds', () => {
  takeBatch({ devices: [...DEVICES] })
  takeBatch({ transfers: [snapshot()] })
  expect(useDevices.getState().devices).toHaveLength(3)
  expect(useTransfers.getState().order).toHaveLength(1)
})

test('cancel and forget ask the main process; a problem is shown, not swallowed', async () => {
  const fake = installFakeBridge()
  takeTransfers([doneSnapshot()])
  const { key } = snapshot()
  await cancelTransfer(key)
  expect(fake.calls).toContainEqual({ name: 'cancel', request: { key } })
  fake.answer('forget', { ok: false, problem: { code: 'busy' } })
  await forgetTransfer(key)
  expect(useUi.getState().problem?.code).toBe('busy')
  expect(useTransfers.getState().order).toHaveLength(1)
  fake.answer('forget', { ok: true, value: {} })
  await forgetTransfer(key)
  expect(useTransfers.getState().order).toEqual([])
})

test('a setting that could not be kept is taken back', async () => {
  const fake = installFakeBridge()
  useSettings.setState({ settings: SETTINGS })
  fake.answer('changeSettings', { ok: false, problem: { code: 'no-permission' } })
  await changeSettings({ theme: 'dark' })
  expect(useSettings.getState().settings.theme).toBe('light')
  expect(useUi.getState().problem?.code).toBe('no-permission')
})

test('an answer of a wrong form is a problem, never a value', async () => {
  const fake = installFakeBridge()
  fake.answer('changeSettings', { ok: true, value: { theme: 'purple' } })
  await changeSettings({ theme: 'dark' })
  expect(useUi.getState().problem?.code).toBe('internal')
})

test('paths that the application was opened with come into the sheet that sends', async () => {
  const fake = installFakeBridge()
  takeBatch({ opened: { paths: ['/home/ana/a.txt'], page: 'settings' } })
  await waitFor(() => {
    expect(useUi.getState().draft?.items.map(({ path }) => path)).toEqual(['/home/ana/a.txt'])
  })
  expect(useUi.getState().page).toBe('settings')
  expect(fake.calls.map(({ name }) => name)).toEqual(['describe'])
})

test('the entries of a long offer come in pieces, and stay when another offer comes', async () => {
  const fake = installFakeBridge()
  const totals = { files: 1200, directories: 0, symlinks: 0, bytes: 9 }
  const long = offer({ preview: offeredEntries(500), totals })
  const shown = (): readonly unknown[] => useOffers.getState().offers.map(({ preview }) => preview)
  takeBatch({ offers: [long] })
  expect(shown()).toEqual([offeredEntries(500)])
  await waitFor(() => {
    expect(shown()).toEqual([offeredEntries(1200)])
  })
  const short = offer({ offerId: '8'.repeat(32) })
  takeBatch({ offers: [long, short] })
  expect(shown()).toEqual([offeredEntries(1200), short.preview])
  const asked = fake.calls.filter(({ name }) => name === 'offered').map(({ request }) => request)
  expect(asked.slice(0, 2)).toEqual([
    { offerId: long.offerId, from: 500 },
    { offerId: long.offerId, from: 1000 },
  ])
  expect(asked.slice(2)).not.toContainEqual(expect.objectContaining({ offerId: long.offerId }))
})
