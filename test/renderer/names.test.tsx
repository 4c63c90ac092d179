// Invariant: everywhere in the window, as text or for a screen reader, a name or path from outside shows its hidden characters
// as marks, does not change the direction of the text around it, and keeps its end visible.
import { cleanup, render, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { visible } from '../../main/messages/index.ts'
import { App } from '../../renderer/app/App.tsx'
import { TransferDetail } from '../../renderer/features/transfers/Detail.tsx'
import { connect } from '../../renderer/state/connect.ts'
import { EMPTY_SERIES } from '../../renderer/state/series.ts'
import { openDraft, openPage, useUi } from '../../renderer/state/ui.ts'
import { initials } from '../../renderer/ui/marks/Avatar.tsx'
import { directionOf, splitName } from '../../renderer/ui/text/middle.ts'
import { Sentence } from '../../renderer/ui/text/Name.tsx'
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx'
import { installFakeBridge } from './fakeBridge.ts'
import { device, doneSnapshot, earlier, offer, SELF, snapshot, whole } from './fixtures.ts'
import { eachOnNewPage } from './page.ts'
import { fc } from '../support/random.ts'

eachOnNewPage(2000)

const HOSTILE = 'invoice\u202e\n\u200b\u2028\u001b\ud800fdp.exe'
const SHOWN = 'invoice‹U+202E›␊‹U+200B›‹U+2028›␛‹U+D800›fdp.exe'
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const PEER = { alias: HOSTILE, fingerprint: 'ab'.repeat(32), kind: 'penstock' } as const
const PROBLEM = { code: 'no-such-path', params: { path: HOSTILE } } as const

/** Every text and every attribute on the page. */
function everything(): string[] {
  const found: string[] = []
  for (const element of document.body.querySelectorAll('*')) {
    found.push(...[...element.attributes].map(({ value }) => value))
    found.push(...[...element.childNodes].filter((node) => node instanceof Text).map(({ data }) => data))
  }
  return found
}

function expectNothingHidden(): void {
  for (const text of everything()) expect(text).not.toMatch(HIDDEN)
}

const NAMED = { title: HOSTILE, peer: PEER, folder: `/home/${HOSTILE}`, savedAs: [`/home/${HOSTILE}`] }

const STATES = [
  snapshot({ ...NAMED, transferId: 'a', topEntries: 3, state: { kind: 'offered' } }, { key: 'sender:a' }),
  snapshot({ ...NAMED, transferId: 'b', state: { kind: 'running' } }, { key: 'sender:b' }),
  snapshot(
    { ...NAMED, transferId: 'c', state: { kind: 'refused', by: 'peer', problem: { code: 'refused' } } },
    { key: 'sender:c' },
  ),
  snapshot(
    {
      ...NAMED,
      transferId: 'd',
      state: { kind: 'cancelled', by: 'peer', problem: { code: 'cancelled-by-peer' } },
    },
    { key: 'sender:d' },
  ),
  snapshot({ ...NAMED, transferId: 'e', state: { kind: 'failed', problem: PROBLEM } }, { key: 'sender:e' }),
  doneSnapshot({ peer: PEER, notDelivered: [{ path: HOSTILE, reason: PROBLEM, by: 'failure' }] }, NAMED),
]

test('in the lists, the send sheet, the question and the message', async () => {
  installFakeBridge(
    whole({
      self: { ...SELF, alias: HOSTILE, hostName: HOSTILE, problem: PROBLEM },
      devices: [device({ alias: HOSTILE })],
      transfers: STATES,
      earlier: [
        earlier({ key: 'earlier:1', title: HOSTILE, peer: PEER }),
        earlier({ key: 'earlier:2', title: HOSTILE, peer: PEER, outcome: 'failed', problem: PROBLEM }),
      ],
      offers: [
        offer({
          title: HOSTILE,
          folder: `/home/${HOSTILE}`,
          peer: {
            ...PEER,
            proved: true,
            recent: false,
            trusted: false,
            namesake: null,
            alwaysAccept: false,
            host: '192.0.2.1',
          },
          preview: [{ path: HOSTILE, type: 'file', size: 1 }],
          totals: { files: 1, directories: 0, symlinks: 0, bytes: 1 },
        }),
      ],
    }),
  )
  await connect()
  useUi.setState({ problem: PROBLEM })
  openDraft({ items: [{ path: `/${HOSTILE}`, name: HOSTILE, type: 'file', size: 1 }], to: device().id })
  openPage('settings')
  render(<App />)
  const shownIn = (element: HTMLElement): void => {
    expect(element.textContent).toContain(SHOWN)
  }
  const question = screen.getByTestId('offer').closest('[role=dialog]')
  expect(question?.querySelector('h2')?.textContent).toBe(`${SHOWN} wants to send you something`)
  shownIn(screen.getByTestId('offered'))
  shownIn(screen.getByTestId('draft'))
  for (const one of screen.getAllByTestId('transfer')) shownIn(one)
  for (const one of screen.getAllByTestId('earlier')) shownIn(one)
  for (const one of screen.getAllByTestId('device')) shownIn(one)
  for (const one of screen.getAllByRole('alert', { hidden: true })) shownIn(one)
  expectNothingHidden()
})

test('in the detail of a transfer in each state', () => {
  for (const one of STATES) {
    render(
      <TooltipProvider>
        <TransferDetail entry={{ snapshot: one, series: EMPTY_SERIES, unit: null }} />
      </TooltipProvider>,
    )
    expect(screen.getByTestId('detail').textContent).toContain(SHOWN)
    expectNothingHidden()
    cleanup()
  }
})

test('a mark is styled, and a name in a sentence is isolated', () => {
  render(<Sentence template="{peer} sent {n#file|files}." params={{ peer: 'א\u202eב', n: 2 }} />)
  const name = within(document.body).getByText('U+202E', { exact: false })
  expect(name.tagName).toBe('MARK')
  expect(name.closest('bdi')?.textContent).toBe('א‹U+202E›ב')
  expect(document.body.textContent).toBe('א‹U+202E›ב sent 2 files.')
})

test('a long name is cut at no mark, and its end has room', () => {
  const parts = ['a', '会', ' ', '.', '\u202e', '\u200b', 'ב', 'ت', '👩‍🚀', '/']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), (given) => {
      const name = visible(given.join(''))
      const { head, tail } = splitName(name)
      expect(head + tail).toBe(name)
      for (const part of [head, tail]) expect(part).not.toMatch(/^[^‹]*›|‹[^›]*$/u)
      expect(Array.from(new Intl.Segmenter().segment(tail)).length).toBeLessThanOrEqual(18)
    }),
  )
  expect(splitName(visible(`photo${'\u202e'.repeat(3)}${'x'.repeat(4000)}.jpg`)).tail).toBe('xxxxxx.jpg')
})

test('a name is cut outside of a run against its direction', () => {
  expect(directionOf('12 שלום')).toBe('rtl')
  expect(directionOf('‹U+202E›')).toBe('ltr')
  expect(splitName(`report ${'ש'.repeat(40)}.pdf`).tail).toBe('.pdf')
  expect(splitName(`${'ש'.repeat(40)} final version 2024.pdf`).tail).toBe('')
  expect(splitName(`${'ש'.repeat(40)}.pdf`).tail).toBe(`${'ש'.repeat(6)}.pdf`)
})

test('initials are letters of the name, not of a mark', () => {
  expect(initials('\u202eEdit bay')).toBe('EB')
  expect(initials(visible('\u200bStudio'))).toBe('ST')
})
