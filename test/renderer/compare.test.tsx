// Invariant: the Compare page shows each variant's own figures and why one could not run, draws a winner only if there is one,
// and sends the main process exactly the chosen settings.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Comparison, CompareRow } from '../../main/contract/compare.ts'
import { comparisonCsv, formatRate } from '../../main/messages/index.ts'
import { againstSentence, verdictSentences } from '../../main/messages/verdict.ts'
import { ComparePage } from '../../renderer/features/compare/ComparePage.tsx'
import { drawComparison, type Paper } from '../../renderer/features/compare/picture.ts'
import { takeBatch } from '../../renderer/state/connect.ts'
import { useCompare } from '../../renderer/state/compare.ts'
import { useDevices } from '../../renderer/state/devices.ts'
import { useSettings } from '../../renderer/state/settings.ts'
import { useUi } from '../../renderer/state/ui.ts'
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx'
import { type FakeBridge, installFakeBridge } from './fakeBridge.ts'
import { DEVICES, report, SELF, SETTINGS, TECHNIQUES } from './fixtures.ts'

let fake: FakeBridge

beforeEach(() => {
  fake = installFakeBridge()
  useCompare.setState(useCompare.getInitialState())
  useUi.setState(useUi.getInitialState())
  useDevices.setState({ devices: DEVICES })
  useSettings.setState({ settings: SETTINGS, self: SELF, techniques: TECHNIQUES })
})

afterEach(cleanup)

function page(): void {
  render(
    <TooltipProvider>
      <ComparePage />
    </TooltipProvider>,
  )
}

const SENDFILE = { technique: 'sendfile', bufferBytes: 4096, mapOptions: null, durability: null } as const
const SMALL = { technique: 'readwrite', bufferBytes: 4096, mapOptions: null, durability: null } as const

function row(part: Partial<CompareRow>): CompareRow {
  return {
    variant: SENDFILE,
    runs: 2,
    bytesPerSecond: { median: 2e9, min: 1.9e9, max: 2.1e9 },
    seconds: { median: 0.5, min: 0.4, max: 0.6 },
    senderCpuPerGib: { median: 0.2, min: 0.19, max: 0.21 },
    receiverCpuPerGib: null,
    report: report(),
    receiverReport: null,
    textbook: { copies: 2, switches: 2 },
    problem: null,
    ...part,
  }
}

const AGAINST = { preset: 'textbook', peer: null } as const

const ROWS: CompareRow[] = [
  row({}),
  row({
    variant: SMALL,
    bytesPerSecond: { median: 1e9, min: 0.9e9, max: 1.1e9 },
    textbook: { copies: 4, switches: 4 },
  }),
  row({
    variant: { technique: 'zerocopy', bufferBytes: 4096, mapOptions: null, durability: null },
    runs: 0,
    bytesPerSecond: null,
    senderCpuPerGib: null,
    report: null,
    problem: { code: 'technique-unavailable', params: { technique: 'zerocopy', why: 'linux' } },
  }),
]

function comparison(part: Partial<Comparison> = {}): Comparison {
  const rate = {
    variant: SENDFILE,
    next: SMALL,
    worst: SMALL,
    certainty: 'clear' as const,
    timesNext: 2,
    timesWorst: 2,
  }
  return {
    ...AGAINST,
    fileSystem: 'ext4',
    title: 'file',
    files: 1,
    bytes: 256_000_000,
    check: false,
    rows: ROWS,
    verdict: { rate, cpu: null },
    ...part,
  }
}

/** About the width of letters of 13 pixels, and twice that for Chinese characters. */
function measureText(text: string): { width: number } {
  return { width: Array.from(text).reduce((sum, one) => sum + (one > '\u2e7f' ? 13 : 6.5), 0) }
}

function show(done: Comparison): void {
  takeBatch({ comparing: { kind: 'done', comparison: done } })
  page()
}

test('before the first comparison it describes itself, and starts with one click', async () => {
  page()
  screen.getByText('Which technique is fastest here?')
  fireEvent.click(screen.getByRole('button', { name: 'Start' }))
  await waitFor(() => expect(fake.calls).toHaveLength(1))
  expect(fake.calls[0]).toEqual({
    name: 'startCompare',
    request: { preset: 'techniques', runs: 5, to: null, path: null, sizeBytes: 256_000_000 },
  })
})

test('a chosen file is what is sent', async () => {
  page()
  fireEvent.click(screen.getByRole('button', { name: 'Choose a file' }))
  await waitFor(() => expect(useCompare.getState().sent).toBe('file'))
  fireEvent.click(screen.getByRole('button', { name: 'Start' }))
  await waitFor(() => expect(fake.calls.at(-1)?.name).toBe('startCompare'))
  expect(fake.calls.at(-1)?.request).toMatchObject({ path: '/home/ana/holiday.mov' })
})

test('each row has its own figures beside the textbook’s, and one that could not run shows why', () => {
  show(comparison())
  const [first, second, third] = screen.getAllByTestId('compare-row')
  if (!first || !second || !third) throw new Error('three rows')
  expect(within(first).getByTestId('cell-rate').textContent).toBe(formatRate(2e9))
  expect(within(second).getByTestId('cell-rate').textContent).toBe(formatRate(1e9))
  expect(within(second).getByTestId('cell-textbook').textContent).toBe('4')
  expect(within(first).getByTestId('cell-receiver-cpu').textContent).not.toBe('0')
  expect(within(third).queryByTestId('cell-rate')).toBeNull()
  expect(third.textContent).toMatch(/zerocopy/)
})

test('only the textbook’s preset has the textbook’s column', () => {
  show(comparison({ preset: 'log' }))
  expect(screen.queryAllByTestId('cell-textbook')).toHaveLength(0)
})

test('the columns follow the comparison that runs, whatever is set for the next one', () => {
  const progress = { ...AGAINST, round: 1, rounds: 2, variant: SMALL, done: 4, total: 9, rows: ROWS }
  useCompare.setState({ preset: 'log' })
  takeBatch({ comparing: { kind: 'running', progress } })
  page()
  expect(screen.getAllByTestId('cell-textbook')).toHaveLength(2)
  cleanup()
  useCompare.setState({ preset: 'textbook' })
  takeBatch({ comparing: { kind: 'running', progress: { ...progress, preset: 'scattered' } } })
  page()
  expect(screen.queryAllByTestId('cell-textbook')).toHaveLength(0)
})

test('it names what it measures against: this computer over loopback, or the other device by its name', () => {
  show(comparison())
  screen.getByText(againstSentence({ peer: null }, 'en'))
  cleanup()
  show(comparison({ peer: 'Attic' }))
  screen.getByText(/against Attic/)
})

test('while it stops it shows this and cannot be stopped again; then what was measured stays, without a winner', () => {
  const progress = { ...AGAINST, round: 1, rounds: 2, variant: SMALL, done: 4, total: 9, rows: ROWS }
  takeBatch({ comparing: { kind: 'stopping', progress } })
  page()
  expect(screen.getByRole('status').textContent).toMatch(/^Stopping/)
  expect(screen.getByRole('button', { name: 'Stop' })).toHaveProperty('disabled', true)
  cleanup()
  takeBatch({ comparing: { kind: 'stopped', progress } })
  page()
  expect(screen.getByRole('status').textContent).toMatch(/^Stopped after 4 of 9/)
  expect(screen.getAllByTestId('cell-rate')).toHaveLength(2)
  expect(screen.queryAllByTestId('verdict')).toHaveLength(0)
  cleanup()
  takeBatch({ comparing: { kind: 'stopped', progress: null } })
  page()
  screen.getByText('No measurements yet.')
})

test('the picture and the saved table hold the numbers of the table, each of them', () => {
  const done = comparison()
  show(done)
  const texts: string[] = []
  const paper: Paper = {
    font: '',
    fillStyle: '',
    textAlign: 'left',
    globalAlpha: 1,
    fillText: (text) => texts.push(text),
    fillRect: () => undefined,
    measureText,
  }
  drawComparison(paper, done, 'en')
  const cells = screen.getAllByTestId(/^cell-/).map(({ textContent }) => textContent)
  expect(cells).toHaveLength(18)
  expect(texts.slice(texts.indexOf('TECHNIQUE')).filter((text) => cells.includes(text))).toEqual(cells)

  const [names = [], ...lines] = comparisonCsv(done)
    .trim()
    .split('\r\n')
    .map((line) => line.split(','))
  const rates = lines.map((line) => line[names.indexOf('bytes_per_second_median')])
  const shown = screen.getAllByTestId('cell-rate').map(({ textContent }) => textContent)
  expect(rates.filter((rate) => rate !== '').map((rate) => formatRate(Number(rate)))).toEqual(shown)
})

test('durability: the seconds to delivered are drawn, in the table and in the picture, and a memory file system is named', () => {
  const rows = (['os', 'commit'] as const).map((durability, index) =>
    row({
      variant: { ...SENDFILE, durability },
      seconds: { median: index + 1.25, min: index + 1, max: index + 2 },
      textbook: null,
    }),
  )
  const done = comparison({
    preset: 'durability',
    fileSystem: 'tmpfs',
    rows,
    verdict: { rate: null, cpu: null },
  })
  show(done)
  const bars = within(screen.getByRole('region', { name: 'Seconds to delivered' }))
  for (const text of ['sendfile os', 'sendfile commit', '1.250', '2.250']) bars.getByText(text)
  expect(screen.queryByRole('region', { name: 'CPU seconds per GiB, sender' })).toBeNull()
  expect(screen.getAllByTestId('cell-seconds').map(({ textContent }) => textContent)).toEqual([
    '1.250',
    '2.250',
  ])
  screen.getByText(/in memory \(tmpfs\)/u)
  const texts: string[] = []
  const paper: Paper = {
    ...{ font: '', fillStyle: '', textAlign: 'left', globalAlpha: 1 },
    fillText: (text) => texts.push(text),
    fillRect: () => undefined,
    measureText,
  }
  drawComparison(paper, done, 'en')
  expect(texts.filter((text) => text === '2.250')).toHaveLength(2)
  expect(texts.join(' ')).toMatch(/in memory \(tmpfs\)/u)
})

test('durability is compared on this computer only', async () => {
  useCompare.setState({ preset: 'durability' })
  page()
  fireEvent.keyDown(screen.getByRole('combobox', { name: 'To' }), { key: 'ArrowDown' })
  const options = await screen.findAllByRole('option')
  const enabled = options.filter((option) => option.getAttribute('aria-disabled') !== 'true')
  expect(enabled.map(({ textContent }) => textContent)).toEqual([expect.stringMatching(/^This computer/u)])
})

const LONG_ENGLISH = `${'A recording of the whole afternoon with everyone in it '.repeat(4)}(final).mov`
const LONG_CHINESE = `${'全体人员下午会议的完整录像，包括所有发言和讨论；'.repeat(9)}（最终版）.mov`
const UNBROKEN = `${'recording_of_the_afternoon-'.repeat(9)}.mov`

for (const language of ['en', 'zh'] as const) {
  for (const title of [LONG_ENGLISH, LONG_CHINESE, UNBROKEN]) {
    test(`in ${language} no text of the picture leaves it: ${title.slice(0, 20)}…`, () => {
      const drawn: { text: string; x: number; y: number; align: string }[] = []
      const paper: Paper = {
        font: '',
        fillStyle: '',
        textAlign: 'left',
        globalAlpha: 1,
        fillText(text, x, y) {
          drawn.push({ text, x, y, align: this.textAlign })
        },
        fillRect: () => undefined,
        measureText,
      }
      const height = drawComparison(paper, comparison({ title, peer: title }), language)
      for (const { text, x, y, align } of drawn) {
        const end = align === 'right' ? x : x + measureText(text).width
        expect(end, text).toBeLessThanOrEqual(1200 - 32)
        expect(y).toBeLessThan(height)
      }
      // Nothing is lost: the lines hold the whole name, twice.
      const letters = drawn.map(({ text }) => text).join('')
      const name = title.replaceAll(' ', '')
      expect(letters.replaceAll(' ', '').split(name)).toHaveLength(3)
      const lines = drawn.filter(({ text, align }) => align === 'left' && text.length > 40)
      for (const { text } of lines) expect(text).not.toMatch(/^[，；。）：]|（$/u)
      const places = drawn.filter(({ x }) => x === 32).map(({ y }) => y)
      expect(new Set(places).size).toBe(places.length)
    })
  }
}

test('for the two cases of a message queue it shows, once both are compared, whether the best technique differs', () => {
  const lead = {
    variant: SENDFILE,
    next: SMALL,
    worst: SMALL,
    certainty: 'clear',
    timesNext: 2,
    timesWorst: 2,
  } as const
  const other = { ...lead, variant: SMALL, next: SENDFILE }
  show(comparison({ preset: 'log', verdict: { rate: lead, cpu: lead } }))
  screen.getByText(/^Compare “Scattered messages” too/)
  cleanup()
  show(comparison({ preset: 'scattered', verdict: { rate: lead, cpu: other } }))
  expect(screen.getAllByTestId('queues').map(({ textContent }) => textContent)).toEqual([
    'By rate this machine does not show a difference between the two: sendfile is best for one long log and for scattered messages.',
    'By the sender’s processor time the best technique differs on this machine: sendfile for one long log, readwrite 4 KiB for scattered messages.',
  ])
  cleanup()
  show(comparison({ preset: 'scattered', peer: 'Attic', verdict: { rate: lead, cpu: other } }))
  expect(screen.queryAllByTestId('queues')).toHaveLength(0)
})

test('no winner is named where the rounds overlap', () => {
  const { verdict } = comparison()
  if (!verdict.rate) throw new Error('a lead')
  const unclear = comparison({ verdict: { ...verdict, rate: { ...verdict.rate, certainty: 'overlap' } } })
  show(unclear)
  expect(screen.getByTestId('verdict').textContent).toMatch(/^No clear winner/)
  expect(screen.getByTestId('verdict').textContent).toBe(verdictSentences(unclear, 'en')[0])
})

test('while it runs it shows the round, locks the settings, and can be stopped', async () => {
  const progress = { ...AGAINST, round: 1, rounds: 2, variant: SMALL, done: 4, total: 9, rows: ROWS }
  takeBatch({ comparing: { kind: 'running', progress } })
  page()
  expect(screen.getByRole('status').textContent).toBe('Round 1 of 2 (5 of 9): readwrite 4 KiB …')
  expect(screen.getByRole('combobox', { name: 'Rounds' })).toHaveProperty('disabled', true)
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }))
  await waitFor(() => expect(fake.calls.map(({ name }) => name)).toEqual(['stopCompare']))
})

test('a failed comparison shows what happened and what to do, in Chinese as well', () => {
  useSettings.setState({ settings: { ...SETTINGS, language: 'zh' } })
  takeBatch({ comparing: { kind: 'failed', problem: { code: 'peer-gone', params: {} } } })
  page()
  screen.getByRole('button', { name: '重试' })
})
