// Invariant: the screen shows only what is known: it marks a figure that was not measured, shows "checked" only for what was
// checked, and sends the main process exactly the action that the user chose.
import { LOCAL_COPY, PLAIN_STREAMS } from '../../main/contract/report.ts'
import { localRule } from '../support/copy-rules.ts'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../renderer/app/App.tsx'
import { TransferDetail } from '../../renderer/features/transfers/Detail.tsx'
import { TransferCard } from '../../renderer/features/transfers/TransferCard.tsx'
import { takeDrop } from '../../renderer/features/send/useDrop.ts'
import { connect } from '../../renderer/state/connect.ts'
import { useDevices } from '../../renderer/state/devices.ts'
import { useOffers } from '../../renderer/state/offers.ts'
import { EMPTY_SERIES } from '../../renderer/state/series.ts'
import { useSettings } from '../../renderer/state/settings.ts'
import { type Entry, takeTransfers } from '../../renderer/state/transfers.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx'
import { type FakeBridge, installFakeBridge } from './fakeBridge.ts'
import { eachOnNewPage } from './page.ts'
import {
  DEVICES,
  device,
  doneSnapshot,
  earlier,
  offer,
  report,
  SELF,
  SETTINGS,
  snapshot,
  TECHNIQUES,
  whole,
} from './fixtures.ts'

let fake: FakeBridge

eachOnNewPage(600)

beforeEach(() => {
  fake = installFakeBridge()
  useSettings.setState({ settings: SETTINGS, self: SELF, techniques: TECHNIQUES })
  setWidth(1280)
})

function setWidth(width: number): void {
  Reflect.set(window, 'innerWidth', width)
  window.dispatchEvent(new Event('resize'))
}

function entry(of: Entry['snapshot']): Entry {
  return { snapshot: of, series: EMPTY_SERIES, unit: null }
}

function card(of: Entry['snapshot']): HTMLElement {
  render(
    <TooltipProvider>
      <TransferCard entry={entry(of)} selected={false} />
    </TooltipProvider>,
  )
  return screen.getByTestId('transfer')
}

/** Presses a button once it can be pressed. */
async function press(shown: Pick<typeof screen, 'getByRole'>, name: string): Promise<void> {
  const button = shown.getByRole('button', { name })
  await waitFor(() => expect(button.hasAttribute('disabled')).toBe(false))
  fireEvent.click(button)
}

function detail(of: Entry['snapshot']): HTMLElement {
  render(
    <TooltipProvider>
      <TransferDetail entry={entry(of)} />
    </TooltipProvider>,
  )
  return screen.getByTestId('detail')
}

describe('a card', () => {
  test('shows "checked" only if every byte was', () => {
    expect(card(doneSnapshot({ verified: true })).textContent).toContain('Delivered and checked')
    cleanup()
    const unchecked = card(doneSnapshot({ verified: false })).textContent
    expect(unchecked).toContain('Delivered')
    expect(unchecked).not.toContain('checked')
  })

  test('names what was left out', () => {
    const notDelivered = [{ path: 'a', reason: { code: 'file-changed' as const }, by: 'failure' as const }]
    expect(card(doneSnapshot({ notDelivered })).textContent).toContain('except 1 entry')
  })

  test('shows who refused and who cancelled', () => {
    const problem = { code: 'refused' as const }
    expect(card(snapshot({ state: { kind: 'refused', by: 'peer', problem } })).textContent).toContain(
      'Edit bay declined',
    )
    cleanup()
    expect(card(snapshot({ state: { kind: 'cancelled', by: 'here', problem } })).textContent).toContain(
      'You cancelled',
    )
  })

  test('cancels what runs', () => {
    card(snapshot())
    fireEvent.click(screen.getByRole('button', { name: 'Cancel “Rushes 2026-11-20”' }))
    expect(fake.calls).toEqual([{ name: 'cancel', request: { key: snapshot().key } }])
  })
})

describe('the detail', () => {
  test('shows the report’s own figures', () => {
    const shown = within(detail(doneSnapshot()))
    expect(shown.getByTestId('figure-calls').textContent).toBe('51\u202f283')
    expect(shown.getByTestId('figure-cpu').textContent).toBe('0.13 s/GB')
    expect(shown.getByTestId('figure-user').textContent).toBe('0\u00a0B')
    expect(shown.getByTestId('figure-switches').textContent).toBe('1\u202f204')
    expect(shown.getByTestId('copies-sending').textContent).toBe('sending: 0 CPU copies')
    expect(shown.getByTestId('reason').textContent).toContain('sendfile because whole files go in order')
  })

  test('says in words that the last second runs', () => {
    const rest = (bytes: number) => {
      const of = snapshot({ bytes, totals: { files: 1, directories: 0, symlinks: 0, bytes: 84_100_000_000 } })
      const now = { ...entry(of), series: { ...EMPTY_SERIES, now: 1e9 } }
      render(
        <TooltipProvider>
          <TransferDetail entry={now} />
        </TooltipProvider>,
      )
      const text = screen.getByTestId('detail').textContent
      cleanup()
      return text
    }
    expect(rest(84_000_000_000)).toContain('almost done')
    expect(rest(52_400_000_000)).toMatch(/\d+\u00a0s left/u)
  })

  test('names each path where nothing can be sent', () => {
    const notDelivered = ['/a/pipe', '/b/secret'].map((path) => ({
      path,
      reason: { code: 'not-readable' as const, params: { path, errno: 'EACCES' } },
      by: 'failure' as const,
    }))
    const problem = { code: 'nothing-to-send' as const, params: { count: 2 } }
    const partial = { delivered: [], notDelivered }
    const shown = within(detail(snapshot({ state: { kind: 'failed', problem, partial } })))
    expect(shown.getByRole('alert').textContent).toMatch(/none of the 2 items.*\/a\/pipe.*\/b\/secret/su)
  })

  test('calls what is null "not measured"', () => {
    const none = report({
      syscalls: null,
      contextSwitches: null,
      cpuSeconds: null,
      userCopyBytes: null,
      kernelCopiedBytes: null,
      copies: null,
    })
    const shown = within(detail(doneSnapshot(none)))
    for (const figure of ['calls', 'cpu', 'user', 'switches']) {
      expect(shown.getByTestId(`figure-${figure}`).textContent).toBe('not measured')
    }
    expect(shown.getByTestId('copies-sending').textContent).toBe('sending: copies not measured')
    expect(shown.queryByText(/were not copied/)).toBeNull()
  })

  test('claims nothing about a device that reports nothing', () => {
    const shown = within(detail({ ...snapshot(), otherEnd: null }))
    expect(shown.queryByTestId('copies-receiving')).toBeNull()
    expect(shown.getByTestId('byte-path').textContent).toContain('does not report how it receives')
  })

  test('a failed one shows why and what to do', () => {
    const problem = { code: 'disk-full' as const, params: { needed: 9e9, free: 1e9 } }
    const text = within(detail(snapshot({ state: { kind: 'failed', problem } }))).getByTestId(
      'problem',
    ).textContent
    expect(text).toContain('The receiver’s disk is full: 9.00\u00a0GB needed')
    expect(text).toContain('Free some space there')
  })

  test('a received one opens its folder', () => {
    const done = doneSnapshot({ role: 'receiver' }, { role: 'receiver', folder: '/in', savedAs: ['/in/x'] })
    detail(done)
    expect(screen.getByLabelText('Saved as /in/x')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Show in folder' }))
    expect(fake.calls).toEqual([{ name: 'show', request: { key: done.key } }])
  })
})

describe('a copy on this computer', () => {
  const copied = doneSnapshot(
    {
      ...LOCAL_COPY,
      verified: false,
      streams: 0,
      technique: 'clone',
      reason: { code: 'same-machine' },
      check: { mode: 'off', bytes: 0 },
      copies: { cpu: 0, dma: 0, cipherPasses: 0, rule: localRule('clone-shares-blocks') },
    },
    { folder: '/mnt/backup', savedAs: ['/mnt/backup/x'] },
  )

  test('shows that it was copied, and where to, without mention of encryption', () => {
    detail({ ...copied, otherEnd: null })
    expect(screen.getByTestId('finished').textContent).toMatch(/^Copied/)
    expect(screen.getByLabelText('Saved as /mnt/backup/x')).toBeTruthy()
    expect(screen.getByTestId('copies-local').textContent).toBe('copying: 0 CPU copies')
    expect(screen.queryByTestId('copies-receiving')).toBeNull()
    expect(screen.getByTestId('reason').textContent).toContain('Nothing is copied')
    expect(document.body.textContent).not.toMatch(/ncrypted|Connections/)
  })
})

/** Opens the application, and on its first device the sheet with a chosen file. */
async function chooseFile(): Promise<void> {
  await connect()
  render(<App />)
  const [first] = screen.getAllByTestId('device')
  if (first) fireEvent.click(first)
  fireEvent.click(await screen.findByRole('button', { name: 'Add files…' }))
  await screen.findByLabelText('holiday.mov')
}

describe('the window', () => {
  test('helps where there is nothing', async () => {
    fake = installFakeBridge(whole({ devices: [] }))
    await connect()
    render(<App />)
    expect(screen.getByText('Nothing sent or received yet')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Try it on this computer' }))
    expect(fake.calls.map(({ name }) => name)).toContain('tryHere')
  })

  test('sends what was chosen, to whom and how it was chosen', async () => {
    await chooseFile()
    fireEvent.click(screen.getByRole('radio', { name: /Not encrypted/ }))
    fireEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(fake.calls.at(-1)?.name).toBe('send'))
    expect(fake.calls.at(-1)?.request).toEqual({
      paths: ['/home/ana/holiday.mov'],
      to: DEVICES[0]?.id,
      security: 'clear',
      technique: 'auto',
      dontcache: false,
      bufferBytes: 1024 * 1024,
      pin: null,
      otherDevice: false,
    })
    await waitFor(() => expect(useUi.getState().draft).toBeNull())
  })

  test('sends by readwrite that leaves nothing in the page cache', async () => {
    await chooseFile()
    fireEvent.click(screen.getByRole('radio', { name: /Not encrypted/ }))
    fireEvent.keyDown(screen.getByRole('combobox', { name: 'Technique' }), { key: 'ArrowDown' })
    fireEvent.click(await screen.findByRole('option', { name: /^readwrite, dontcache/ }))
    fireEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(fake.calls.at(-1)?.name).toBe('send'))
    expect(fake.calls.at(-1)?.request).toMatchObject({ technique: 'readwrite', dontcache: true })
  })

  test('copies to a folder on this computer, and offers no network there', async () => {
    await chooseFile()
    fake.answer('choose', { ok: true, value: ['/mnt/backup'] })
    fireEvent.click(screen.getByRole('button', { name: 'Copy to a folder on this computer…' }))
    expect(await screen.findByLabelText('/mnt/backup')).toBeTruthy()
    expect(screen.queryByRole('radio')).toBeNull()
    expect(screen.queryByText('PIN')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }))
    await waitFor(() => expect(fake.calls.at(-1)?.name).toBe('copy'))
    expect(fake.calls.at(-1)?.request).toEqual({
      paths: ['/home/ana/holiday.mov'],
      folder: '/mnt/backup',
      technique: 'auto',
    })
    await waitFor(() => expect(useUi.getState().draft).toBeNull())
  })

  test('a device that takes only encrypted transfers gets no other', async () => {
    useSettings.setState({ settings: { ...SETTINGS, security: 'clear' } })
    useDevices.setState({ devices: [device({ penstock: null, kind: 'localsend' })] })
    await takeDrop(['/a'], 'aa'.repeat(32))
    expect(fake.calls.at(-1)).toMatchObject({
      name: 'send',
      request: { security: 'encrypted', technique: 'auto' },
    })
  })

  test('a drop beside the devices opens the sheet', async () => {
    await takeDrop(['/a/b.txt'], null)
    expect(useUi.getState().draft).toMatchObject({ to: null, items: [{ path: '/a/b.txt' }] })
  })

  test('only an offer that its user declined is called that', () => {
    for (const [code, text] of [
      ['refused', 'You declined'],
      ['busy', 'Declined'],
      ['unsafe-name', 'Declined'],
    ] as const) {
      const state = { kind: 'refused', by: 'here', problem: { code } } as const
      expect(within(card(snapshot({ role: 'receiver', state }))).getByText(text)).toBeTruthy()
      cleanup()
    }
  })

  test('files that did not arrive are not counted', () => {
    const notDelivered = [{ path: 'x', by: 'failure', reason: { code: 'io', params: {} } }] as const
    const shown = detail(doneSnapshot({ files: 2, bytes: 600_000, notDelivered }))
    expect(within(shown).getByTestId('amount').textContent).toBe('600\u00a0kB · 2 files')
  })

  test('a fingerprint is compared only with a device that shows it', () => {
    const peer = { alias: 'Edit bay', fingerprint: 'aa'.repeat(32) }
    for (const kind of ['penstock', 'localsend'] as const) {
      const shown = detail(snapshot({ state: { kind: 'offered' }, choice: null, peer: { ...peer, kind } }))
      expect(shown.textContent?.includes('shows this code')).toBe(kind === 'penstock')
      cleanup()
    }
  })

  test('an end with nothing delivered is not called delivered', () => {
    const notDelivered = [{ path: 'x', by: 'failure', reason: { code: 'io', params: {} } }] as const
    const nothing = { entries: 0, files: 0, bytes: 0, notDelivered, verified: true }
    for (const [role, text] of [
      ['sender', 'Nothing was delivered'],
      ['receiver', 'Nothing was received'],
    ] as const) {
      const shown = detail(doneSnapshot({ ...nothing, role }, { role, folder: '/in', savedAs: [] }))
      expect(within(shown).getAllByText(text).length).toBeGreaterThan(0)
      expect(shown.textContent).not.toMatch(/checked|Saved|Show in folder/)
      cleanup()
    }
  })

  test('asks before it accepts anything, and shows what is known of the sender', async () => {
    await connect()
    useOffers.setState({ offers: [offer()] })
    render(<App />)
    const dialog = await screen.findByRole('dialog', { name: 'Edit bay wants to send you something' })
    const shown = within(dialog)
    expect(dialog.textContent).toContain('Not seen before')
    expect(dialog.textContent).toContain('5 files in 2 folders, 4.81\u00a0GB')
    expect(dialog.textContent).toContain('4.81\u00a0GB needed · 52.0\u00a0GB free')
    expect(dialog.textContent).toContain('Encrypted in transit')
    expect(shown.getByLabelText('Fingerprint').textContent).toContain('aaaa aaaa')
    expect(shown.getByLabelText('/home/ana/Downloads/Penstock')).toBeTruthy()
    fireEvent.click(shown.getByRole('checkbox', { name: 'Trust this device, and always accept from it' }))
    await press(shown, 'Accept')
    expect(fake.calls.at(-1)).toEqual({
      name: 'answerOffer',
      request: { offerId: offer().offerId, accept: true, remember: true },
    })
  })

  test('refusing never remembers', async () => {
    useOffers.setState({ offers: [offer(PLAIN_STREAMS)] })
    render(<App />)
    const shown = within(await screen.findByRole('dialog'))
    expect(shown.getByText(/Others on the network could read it/)).toBeTruthy()
    fireEvent.click(shown.getByRole('checkbox'))
    await press(shown, 'Decline')
    expect(fake.calls.at(-1)).toMatchObject({ request: { accept: false, remember: false } })
  })

  test.each(['Accept', 'Decline'])('a double-click on “%s” answers one offer', async (name) => {
    const second = offer({ offerId: 'e'.repeat(32), title: 'unseen' })
    useOffers.setState({ offers: [offer(), second] })
    render(<App />)
    await press(within(await screen.findByRole('dialog')), name)
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name }))
    const answered = () => fake.calls.filter((call) => call.name === 'answerOffer')
    expect(answered()).toMatchObject([{ request: { offerId: offer().offerId } }])
    expect(useOffers.getState().offers).toEqual([second])
    await press(within(screen.getByRole('dialog')), name)
    expect(answered()).toHaveLength(2)
  })

  test('a device that proved nothing is named so, and can be neither recognised nor always accepted', async () => {
    const { peer } = offer()
    useOffers.setState({ offers: [offer({ peer: { ...peer, proved: false, fingerprint: '' } })] })
    render(<App />)
    const dialog = await screen.findByRole('dialog')
    expect(dialog.textContent).toContain('did not prove its identity')
    expect(within(dialog).queryByRole('checkbox')).toBeNull()
    expect(within(dialog).queryByLabelText('Fingerprint')).toBeNull()
  })

  test('an offer of a thousand entries puts few rows on the page', async () => {
    const preview = Array.from({ length: 1000 }, (_, index) => ({
      path: `f/${index}`,
      type: 'file' as const,
      size: index,
    }))
    useOffers.setState({
      offers: [offer({ preview, totals: { files: 10_000, directories: 0, symlinks: 0, bytes: 5 } })],
    })
    render(<App />)
    const list = within(await screen.findByRole('group', { name: 'Offered files' }))
    expect((await list.findAllByRole('listitem')).length).toBeLessThan(80)
    expect(screen.getByText(/and 9\s000 more/)).toBeTruthy()
  })

  test('ten thousand transfers put few rows on the page', () => {
    takeTransfers(
      Array.from({ length: 10_000 }, (_, index) =>
        doneSnapshot({}, { transferId: `t${index}`, startedAt: index }),
      ),
    )
    render(<App />)
    const rows = within(screen.getByRole('list', { name: 'Transfers, newest first' })).getAllByRole(
      'listitem',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.length).toBeLessThan(60)
    expect(rows[0]?.getAttribute('aria-setsize')).toBe('10000')
  })

  test('lists what was before, under what is, with the way to its files', async () => {
    const before = whole({
      earlier: [earlier(), earlier({ key: 'e2', outcome: 'failed', kept: false, title: 'b' })],
    })
    fake = installFakeBridge(before)
    await connect()
    takeTransfers([doneSnapshot()])
    render(<App />)
    const list = screen.getByRole('list', { name: 'Transfers, newest first' })
    expect(list.textContent).toMatch(/Rushes 2026-11-20.*Earlier.*Archive 2025.*Received from Edit bay/)
    const [done, failed] = within(list).getAllByTestId('earlier')
    expect(failed && within(failed).queryByRole('button')).toBeNull()
    fireEvent.click(within(done ?? list).getByRole('button', { name: 'Show in folder' }))
    expect(fake.calls.at(-1)).toEqual({ name: 'show', request: { key: earlier().key } })
  })

  test('is in Chinese when the settings choose it', () => {
    useSettings.setState({ settings: { ...SETTINGS, language: 'zh' } })
    render(<App />)
    expect(screen.getByText('还没有发送或接收过')).toBeTruthy()
    expect(document.documentElement.lang).toBe('zh-Hans')
  })

  test('settings hold at once', async () => {
    useUi.setState({ page: 'settings' })
    render(<App />)
    const name = await screen.findByLabelText('Name of this device')
    fireEvent.change(name, { target: { value: 'Cutting room' } })
    fireEvent.blur(name)
    expect(fake.calls.at(-1)).toEqual({ name: 'changeSettings', request: { alias: 'Cutting room' } })
    fireEvent.click(screen.getByRole('radio', { name: /Not encrypted/ }))
    expect(fake.calls.at(-1)).toEqual({ name: 'changeSettings', request: { security: 'clear' } })
  })

  test('an address that does not answer is explained', async () => {
    useUi.setState({ page: 'address' })
    render(<App />)
    fake.answer('probe', { ok: false, problem: { code: 'peer-unreachable', params: { host: '10.0.0.9' } } })
    fireEvent.change(await screen.findByRole('textbox'), { target: { value: '10.0.0.9' } })
    fireEvent.click(screen.getByRole('button', { name: 'Find the device' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('The device at 10.0.0.9 does not answer')
    expect(alert.textContent).toContain('firewall')
  })

  test('in a narrow window the detail is a sheet', () => {
    setWidth(900)
    takeTransfers([doneSnapshot()])
    render(<App />)
    expect(screen.queryByTestId('detail')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: /^Rushes 2026-11-20/ }))
    expect(within(screen.getByRole('dialog')).getByTestId('detail')).toBeTruthy()
  })
})
