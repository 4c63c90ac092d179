// Invariant: an unencrypted transfer is never shown as encrypted, and a device that uses plain HTTP receives nothing, and
// never a PIN, unless the user chose "Not encrypted" for it in this sheet.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  CIPHERS,
  isClear,
  LOCAL_COPY,
  PLAIN_BODY,
  PLAIN_STREAMS,
  TLS_BODY,
} from '../../main/contract/report.ts'
import { catalogue } from '../../main/messages/index.ts'
import { App } from '../../renderer/app/App.tsx'
import { type Chosen, type SendSecurity, termsFor } from '../../renderer/features/send/security.ts'
import { takeDrop } from '../../renderer/features/send/useDrop.ts'
import { TransferDetail } from '../../renderer/features/transfers/Detail.tsx'
import { TransferCard } from '../../renderer/features/transfers/TransferCard.tsx'
import { connect } from '../../renderer/state/connect.ts'
import { EMPTY_SERIES } from '../../renderer/state/series.ts'
import { openDraft, useUi } from '../../renderer/state/ui.ts'
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx'
import { type FakeBridge, installFakeBridge } from './fakeBridge.ts'
import { device, DEVICES, doneSnapshot, offer, SETTINGS, snapshot, whole } from './fixtures.ts'
import { eachOnNewPage } from './page.ts'

eachOnNewPage(600)

const HTTP = device({
  id: 'http://192.0.2.9:53317',
  fingerprint: '',
  alias: 'Old phone',
  kind: 'localsend',
  protocol: 'http',
  host: '192.0.2.9',
  penstock: null,
})

let fake: FakeBridge

beforeEach(() => {
  fake = installFakeBridge(whole({ devices: [...DEVICES, HTTP] }))
})

const ITEM = { path: '/a', name: 'a', type: 'file', size: 1 } as const

async function openSheet(to: string, settings: Partial<typeof SETTINGS> = {}): Promise<void> {
  fake = installFakeBridge(whole({ devices: [...DEVICES, HTTP], settings: { ...SETTINGS, ...settings } }))
  await connect()
  openDraft({ items: [ITEM], to })
  render(<App />)
}

const sendButton = (): HTMLElement => screen.getByRole('button', { name: 'Send' })
const sent = (): unknown => fake.calls.find(({ name }) => name === 'send')?.request

test('each way to travel is encrypted or clear, a copy on this machine is neither, in both languages', () => {
  for (const [conveyance, clear] of [
    [PLAIN_STREAMS, true],
    [PLAIN_BODY, true],
    [TLS_BODY, false],
    [LOCAL_COPY, false],
  ] as const) {
    expect(isClear(conveyance)).toBe(clear)
  }
  for (const cipher of CIPHERS) {
    const words = cipher === 'none' ? /^not encrypted$|^未加密$/ : /^encrypted$|^已加密$/
    for (const language of ['en', 'zh'] as const) expect(catalogue(language).ciphers[cipher]).toMatch(words)
  }
})

describe('what a sheet offers', () => {
  const penstock = device()
  const secretive = device({ id: 'dd', penstock: { versions: [2], dataPort: 1, ciphers: [] } })
  const phone = device({ id: 'ee', kind: 'localsend', penstock: null })
  const otherHttp = { ...HTTP, id: 'http://192.0.2.8:53317' }
  const clearFor = (id: string | null): Chosen => ({ security: 'clear', id })

  test.each([
    ['a Penstock', penstock, null, 'encrypted', 'encrypted'],
    ['a Penstock', penstock, null, 'clear', 'clear'],
    ['a Penstock', penstock, clearFor(null), 'encrypted', 'clear'],
    ['a Penstock', penstock, clearFor('other'), 'encrypted', 'clear'],
    ['one that takes encrypted only', secretive, clearFor('dd'), 'clear', 'encrypted'],
    ['a phone', phone, clearFor('ee'), 'clear', 'encrypted'],
    ['a phone over HTTP', HTTP, null, 'encrypted', 'encrypted'],
    ['a phone over HTTP', HTTP, null, 'clear', 'encrypted'],
    ['a phone over HTTP', HTTP, clearFor(null), 'clear', 'encrypted'],
    ['a phone over HTTP', HTTP, clearFor(otherHttp.id), 'clear', 'encrypted'],
    ['a phone over HTTP', HTTP, clearFor(HTTP.id), 'encrypted', 'clear'],
    ['no device yet', undefined, null, 'clear', 'clear'],
  ] as const)('%s', (_, to, chosen: Chosen | null, byDefault: SendSecurity, security) => {
    const terms = termsFor(to, chosen, byDefault)
    expect(terms.security).toBe(security)
    // The others take request bodies.
    expect(terms.hasTechniques).toBe(to === penstock || to === undefined)
  })
})

describe('a device over HTTP', () => {
  test('is listed as not encrypted, and no other device is', async () => {
    await connect()
    render(<App />)
    const rows = screen.getAllByTestId('device')
    const named = rows.filter((row) => row.textContent.includes('Not encrypted'))
    expect(named.length).toBe(1)
    expect(named[0]?.getAttribute('aria-label')).toBe('Send to Old phone (Not encrypted)')
    expect(named[0]?.querySelector('svg')).toBeTruthy()
  })

  test.each(['encrypted', 'clear'] as const)('gets nothing by the setting %s alone', async (security) => {
    await openSheet(HTTP.id, { security })
    const button = sendButton()
    expect(button.hasAttribute('disabled')).toBe(true)
    const why = document.getElementById(button.getAttribute('aria-describedby') ?? '')
    expect(why?.textContent).toBe('This device cannot receive encrypted files.')
    expect(screen.queryByRole('textbox', { name: 'PIN' })).toBeNull()
    fireEvent.click(button)
    expect(sent()).toBeUndefined()
  })

  test('gets files once "Not encrypted" is chosen, without a PIN and without a technique', async () => {
    await openSheet(HTTP.id, { technique: 'sendfile' })
    fireEvent.click(screen.getByRole('radio', { name: /^Not encrypted/ }))
    expect(screen.queryByRole('textbox', { name: 'PIN' })).toBeNull()
    fireEvent.click(sendButton())
    await waitFor(() => expect(sent()).toBeDefined())
    expect(sent()).toMatchObject({ to: HTTP.id, security: 'clear', technique: 'auto', pin: null })
  })

  test('gets no PIN that was entered for another device', async () => {
    await openSheet(DEVICES[0]?.id ?? '')
    fireEvent.change(screen.getByRole('textbox', { name: 'PIN' }), { target: { value: '1234' } })
    openDraft({ items: [ITEM], to: HTTP.id })
    fireEvent.click(await screen.findByRole('radio', { name: /^Not encrypted/ }))
    fireEvent.click(sendButton())
    await waitFor(() => expect(sent()).toBeDefined())
    expect(sent()).toMatchObject({ to: HTTP.id, pin: null })
  })

  test('what is dropped on it is offered in the sheet, not sent', async () => {
    await connect()
    await takeDrop(['/home/ana/a.mov'], HTTP.id)
    expect(useUi.getState().draft).toMatchObject({ to: HTTP.id, items: [{ path: '/home/ana/a.mov' }] })
    expect(sent()).toBeUndefined()
  })
})

describe('an unencrypted transfer', () => {
  const BODY = {
    ...PLAIN_BODY,
    technique: 'readwrite',
    reason: { code: 'body-in-node' },
    copies: null,
  } as const

  test.each([PLAIN_STREAMS, PLAIN_BODY])('by $carrier is called so on its card', (conveyance) => {
    render(
      <TooltipProvider>
        <TransferCard
          entry={{ snapshot: snapshot(conveyance), series: EMPTY_SERIES, unit: null }}
          selected={false}
        />
      </TooltipProvider>,
    )
    expect(screen.getByTestId('transfer').textContent).toContain('Not encrypted')
  })

  test('by HTTP has a detail without any cipher, and no technique to choose', () => {
    const running = snapshot({
      ...PLAIN_BODY,
      choice: { technique: 'readwrite', reason: { code: 'body-in-node' }, rejected: [] },
      copies: null,
    })
    for (const one of [
      running,
      doneSnapshot({ ...BODY, verified: false }, { ...PLAIN_BODY, copies: null }),
    ]) {
      render(
        <TooltipProvider>
          <TransferDetail
            entry={{ snapshot: { ...one, otherEnd: null }, series: EMPTY_SERIES, unit: null }}
          />
        </TooltipProvider>,
      )
      const shown = within(screen.getByTestId('detail'))
      expect(shown.getByTestId('byte-path').textContent).not.toMatch(/AES|sealed/)
      expect(screen.getByTestId('detail').textContent.replace(/[Nn]ot encrypted/g, '')).not.toMatch(
        /ncrypted|cipher/,
      )
      fireEvent.pointerDown(within(shown.getByTestId('technique')).getByRole('button'), { button: 0 })
      expect(document.body.textContent).toContain('there is no technique to choose')
      expect(screen.queryByRole('group', { name: /^This transfer/ })).toBeNull()
      cleanup()
    }
  })
})

test.each([
  [TLS_BODY, 'Encrypted in transit'],
  [
    PLAIN_STREAMS,
    'Others on the network could read it. The devices verify each other; the data is not encrypted.',
  ],
  [
    PLAIN_BODY,
    'Not encrypted, and the sender is not verified: others on the network can read and change it.',
  ],
] as const)('an offer by %o', async (conveyance, text) => {
  fake = installFakeBridge(whole({ offers: [offer(conveyance)] }))
  await connect()
  render(<App />)
  expect(screen.getByTestId('offer').textContent).toContain(text)
})
