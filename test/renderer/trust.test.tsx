// Invariant: the window trusts, permits and forgets only what the user pressed; digits and requests cannot be answered before
// they were visible, and no sheet ever covers a question; a device that uses the name of a trusted one gets nothing unasked.
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { App } from '../../renderer/app/App.tsx'
import { takeDrop } from '../../renderer/features/send/useDrop.ts'
import { takeBatch } from '../../renderer/state/connect.ts'
import { useDevices } from '../../renderer/state/devices.ts'
import { useOffers } from '../../renderer/state/offers.ts'
import { useTrust } from '../../renderer/state/trust.ts'
import { openDraft, openPage, useUi } from '../../renderer/state/ui.ts'
import { UNSETTLED_MS } from '../../renderer/ui/useSettled.ts'
import type { PairingView } from '../../main/contract/pairing.ts'
import type { TrustedDevice } from '../../main/contract/trust.ts'
import { type FakeBridge, installFakeBridge } from './fakeBridge.ts'
import { DEVICES, offer, SETTINGS } from './fixtures.ts'
import { useSettings } from '../../renderer/state/settings.ts'

const PEER: PairingView['peer'] = {
  alias: 'Edit bay',
  fingerprint: 'aa'.repeat(32),
  host: '192.168.1.31',
  namesake: null,
}
const pairing = (state: PairingView['state'], peer: Partial<PairingView['peer']> = {}): PairingView => ({
  ...{ id: 'p', asked: true, peer: { ...PEER, ...peer }, state },
})
const COMPARING = { kind: 'comparing', digits: '012345', confirmed: false } as const
const OFFICE: TrustedDevice = {
  ...{ fingerprint: 'ab'.repeat(32), name: 'Office', alias: 'DESKTOP', addresses: [] },
  ...{ since: '2026-11-02T10:00:00.000Z', alwaysAccept: true, mayClear: false },
}

let fake: FakeBridge
beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  fake = installFakeBridge()
  useUi.setState(useUi.getInitialState(), true)
  useOffers.setState(useOffers.getInitialState(), true)
  useTrust.setState(useTrust.getInitialState(), true)
  useDevices.setState(useDevices.getInitialState(), true)
  useSettings.setState({ settings: SETTINGS })
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const settle = (): Promise<unknown> => act(() => vi.advanceTimersByTimeAsync(UNSETTLED_MS + 10))
const named = (name: string): HTMLElement => screen.getByRole('button', { name })
const answers = (): unknown[] =>
  fake.calls.filter(({ name }) => name === 'answerPairing').map(({ request }) => request)

describe('a pairing', () => {
  test('is answered only after it was visible, at each step anew', async () => {
    useTrust.setState({ pairings: [pairing({ kind: 'requested' })] })
    render(<App />)
    fireEvent.click(named('Show the digits'))
    expect(answers()).toEqual([])
    await settle()
    fireEvent.click(named('Show the digits'))
    act(() => takeBatch({ pairings: [pairing(COMPARING)] }))
    expect(screen.getByTestId('digits').textContent?.replaceAll(/\s/gu, '')).toBe('012345')
    fireEvent.click(named('They are the same'))
    expect(answers()).toEqual([{ id: 'p', answer: 'open' }])
    await settle()
    fireEvent.click(named('They are the same'))
    expect(answers().at(-1)).toEqual({ id: 'p', answer: 'confirm' })
  })

  test('says when the digits differ, waits for the other side, and shows how it ended', async () => {
    useTrust.setState({ pairings: [pairing(COMPARING)] })
    render(<App />)
    await settle()
    fireEvent.click(named('They differ'))
    expect(answers()).toEqual([{ id: 'p', answer: 'decline' }])
    act(() => takeBatch({ pairings: [pairing({ ...COMPARING, confirmed: true })] }))
    expect(screen.getByText(/Now confirm on/u)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'They are the same' })).toBeNull()
    act(() => takeBatch({ pairings: [pairing({ kind: 'ended', problem: { code: 'pairing-broken' } })] }))
    expect(screen.getByRole('alert').textContent).toContain('neither device is trusted')
    act(() => takeBatch({ pairings: [pairing({ kind: 'paired' })] }))
    expect(screen.getByRole('dialog').textContent).toContain('is trusted')
  })

  test('Escape neither confirms nor hides it while it runs', () => {
    useTrust.setState({ pairings: [pairing(COMPARING)] })
    render(<App />)
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' })
    expect(screen.getByTestId('digits')).toBeTruthy()
    expect(answers()).toEqual([])
  })

  test('warns of a device that uses the name of a trusted one', () => {
    useTrust.setState({ pairings: [pairing({ kind: 'requested' }, { namesake: 'Office' })] })
    render(<App />)
    expect(screen.getByRole('alert').textContent).toContain('This is not “Office”')
  })
})

test.each([
  ['settings', () => openPage('settings')],
  ['a draft', () => openDraft({ items: [], to: null })],
])('%s that opens while an offer waits does not cover it, and Accept is inert again', async (_, open) => {
  useOffers.setState({ offers: [offer()] })
  render(<App />)
  await settle()
  act(open)
  await waitFor(() => expect(screen.getAllByRole('dialog', { hidden: true }).length).toBe(2))
  const last = screen.getAllByRole('dialog', { hidden: true }).at(-1)
  if (last === undefined) throw new Error('Expected a dialog')
  const accept = within(last).getByRole('button', { name: 'Accept' })
  fireEvent.click(accept)
  expect(fake.calls.some(({ name }) => name === 'answerOffer')).toBe(false)
  await settle()
  fireEvent.click(within(last).getByRole('button', { name: 'Accept' }))
  expect(fake.calls.at(-1)?.name).toBe('answerOffer')
})

test('an offer that changes is inert for a moment', async () => {
  useOffers.setState({ offers: [offer()] })
  render(<App />)
  await settle()
  const grown = { ...offer().totals, bytes: 9e12 }
  act(() => useOffers.setState({ offers: [offer({ totals: grown })] }))
  fireEvent.click(named('Accept'))
  expect(fake.calls.some(({ name }) => name === 'answerOffer')).toBe(false)
})

describe('trusted devices in the settings', () => {
  async function open(): Promise<HTMLElement> {
    fake.answer('trusted', { ok: true, value: [OFFICE] })
    useTrust.setState({ trusted: [OFFICE] })
    useUi.setState({ page: 'settings' })
    render(<App />)
    const row = await screen.findByTestId('trusted')
    fireEvent.click(within(row).getByText('Office'))
    return row
  }
  const changes = (): unknown[] =>
    fake.calls.filter(({ name }) => /^(change|forget)Trusted$/u.test(name)).map(({ request }) => request)

  test('are renamed, permitted and revoked one by one', async () => {
    const row = within(await open())
    fireEvent.click(row.getByRole('checkbox', { name: 'Always accept' }))
    fireEvent.click(row.getByRole('checkbox', { name: 'May send unencrypted' }))
    expect(row.getByText(/can read and change what it sends unencrypted/u)).toBeTruthy()
    const input = row.getByLabelText('Name on this device')
    fireEvent.change(input, { target: { value: ' Upstairs ' } })
    fireEvent.blur(input)
    expect(changes()).toEqual([
      { fingerprint: OFFICE.fingerprint, change: { alwaysAccept: false } },
      { fingerprint: OFFICE.fingerprint, change: { mayClear: true } },
      { fingerprint: OFFICE.fingerprint, change: { name: 'Upstairs' } },
    ])
  })

  test('are forgotten only on the second press', async () => {
    const row = within(await open())
    fireEvent.click(row.getByRole('button', { name: 'Forget' }))
    expect(changes()).toEqual([])
    fireEvent.click(row.getByRole('button', { name: 'Forget it' }))
    expect(changes()).toEqual([{ fingerprint: OFFICE.fingerprint }])
  })

  test('a Penstock nearby that is not trusted can be paired', async () => {
    useDevices.setState({ devices: [...DEVICES] })
    await open()
    fireEvent.click(named('Pair…'))
    expect(fake.calls.at(-1)).toEqual({ name: 'pair', request: { to: DEVICES[0]?.id } })
  })
})

test('a device under the name of a trusted one gets a drop only after it was confirmed in the sheet', async () => {
  const [first] = DEVICES
  if (first === undefined) throw new Error('Expected a device')
  useDevices.setState({ devices: [{ ...first, namesake: 'Office' }] })
  render(<App />)
  await act(() => takeDrop(['/home/ana/a.txt'], first.id))
  expect(fake.calls.some(({ name }) => name === 'send')).toBe(false)
  const sheet = within(await screen.findByRole('dialog'))
  expect(sheet.getByRole<HTMLButtonElement>('button', { name: 'Send' }).disabled).toBe(true)
  fireEvent.click(sheet.getByRole('checkbox', { name: 'This is another device, not “Office”' }))
  fireEvent.click(sheet.getByRole('button', { name: 'Send' }))
  expect(fake.calls.at(-1)).toMatchObject({ name: 'send', request: { to: first.id, otherDevice: true } })
})

test('the PIN for receiving and “Hidden” are stored', async () => {
  useUi.setState({ page: 'settings' })
  render(<App />)
  const input = await screen.findByLabelText('PIN')
  fireEvent.change(input, { target: { value: '2468' } })
  fireEvent.blur(input)
  fireEvent.click(screen.getByRole('checkbox', { name: 'Hidden' }))
  const changes = fake.calls.filter(({ name }) => name === 'changeSettings').map(({ request }) => request)
  expect(changes).toEqual([{ pin: '2468' }, { hidden: true }])
})
