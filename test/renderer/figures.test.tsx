// Invariant: a figure on the screen is one that was measured or derived, or it is absent; a limit is named from the side of the
// user who reads it, in the user's language.
import { cleanup, render, screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Limit, LIMITS } from '../../main/contract/limit.ts'
import { TransferDetail } from '../../renderer/features/transfers/Detail.tsx'
import { EMPTY_SERIES } from '../../renderer/state/series.ts'
import { useSettings } from '../../renderer/state/settings.ts'
import type { Entry } from '../../renderer/state/transfers.ts'
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx'
import { sendRule } from '../support/copy-rules.ts'
import { installFakeBridge } from './fakeBridge.ts'
import { doneSnapshot, report, SELF, SETTINGS, snapshot, TECHNIQUES } from './fixtures.ts'
import { eachOnNewPage } from './page.ts'

eachOnNewPage(600)

beforeEach(() => {
  installFakeBridge()
  useSettings.setState({ settings: SETTINGS, self: SELF, techniques: TECHNIQUES })
})

function detail(of: Entry['snapshot'], change: Partial<Entry> = {}) {
  render(
    <TooltipProvider>
      <TransferDetail entry={{ snapshot: of, series: EMPTY_SERIES, unit: null, ...change }} />
    </TooltipProvider>,
  )
  return within(screen.getByTestId('detail'))
}

describe('the check', () => {
  const copies = { cpu: 0, dma: 2, cipherPasses: 0, rule: sendRule('sendfile-gather') }

  test('is a copy of its own, into user space', () => {
    const of = doneSnapshot(report({ copies: { ...copies, check: 1 } }))
    const shown = detail({ ...of, view: { ...of.view, copies: { ...copies, check: 1 } } })
    expect(shown.getByTestId('copies-check').textContent).toBe('+1 for the check')
    expect(shown.getByTestId('byte-path').getAttribute('aria-label')).toContain(
      'page cache to check: CPU copy',
    )
  })

  test('is absent if it is off', () => {
    const of = doneSnapshot(report({ copies }))
    const shown = detail({ ...of, view: { ...of.view, copies } })
    expect(shown.queryByTestId('copies-check')).toBeNull()
    expect(shown.getByTestId('byte-path').getAttribute('aria-label')).not.toContain('check')
  })
})

describe('what limits the rate', () => {
  const HERE: Readonly<Record<'sender' | 'receiver', readonly Limit[]>> = {
    sender: ['source', 'sender-cpu'],
    receiver: ['receiver-cpu', 'target'],
  }
  const WORDS = {
    en: { here: 'this device', there: 'the other device', network: 'the network' },
    zh: { here: '本机', there: '对方设备', network: '网络' },
  } as const

  for (const language of ['en', 'zh'] as const) {
    for (const role of ['sender', 'receiver'] as const) {
      for (const limit of LIMITS) {
        test(`${limit} to the ${role}, ${language}`, () => {
          useSettings.setState({ settings: { ...SETTINGS, language } })
          const where = limit === 'network' ? 'network' : HERE[role].includes(limit) ? 'here' : 'there'
          for (const of of [
            snapshot({ role, limitedBy: limit }),
            doneSnapshot(report({ role, limitedBy: limit })),
          ]) {
            const view = { ...of.view, role, limitedBy: limit }
            const { textContent } = detail({ ...of, view }).getByTestId('limited-by')
            for (const [place, word] of Object.entries(WORDS[language])) {
              expect(textContent.includes(word), `${place}: ${textContent}`).toBe(place === where)
            }
            cleanup()
          }
        })
      }
    }
  }

  test('is absent if it is not known', () => {
    expect(detail(snapshot()).queryByTestId('limited-by')).toBeNull()
  })
})
