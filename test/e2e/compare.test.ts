// Invariant: the Compare page measures in the real application, and its table, verdict and CSV show the measurements; neither
// the list nor the history contains the rounds.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { comparingSchema, type Comparing } from '../../main/contract/compare.ts'
import { comparisonCsv, formatCount, formatRate, variantName } from '../../main/messages/index.ts'
import { verdictSentences } from '../../main/messages/verdict.ts'
import { field, request, type Running, start } from './support/harness.ts'

let here: Running

before(async () => {
  here = await start({ alias: 'Studio workstation' })
})

after(async () => {
  await here.close()
})

async function whole(): Promise<unknown> {
  return request(here.page, 'open', {})
}

async function comparing(): Promise<Comparing> {
  return comparingSchema.parse(field(await whole(), 'comparing'))
}

test('a small comparison of the textbook: the table holds the figures of its rows', async () => {
  const { page, app, home } = here
  const file = join(home, 'small.bin')
  await writeFile(file, randomBytes(64_000_000))
  const csv = join(home, 'saved.csv')
  const png = join(home, 'saved.png')
  await app.evaluate(
    ({ dialog }, paths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [paths.file] })
      dialog.showSaveDialog = (...given: unknown[]) =>
        Promise.resolve({
          canceled: false,
          filePath: JSON.stringify(given.at(-1)).includes('.csv') ? paths.csv : paths.png,
        })
    },
    { file, csv, png },
  )
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByRole('button', { name: 'Choose a file' }).click()
  await page.getByRole('combobox', { name: 'File to send' }).getByText('small.bin').waitFor()
  await page.getByRole('combobox', { name: 'Comparison' }).click()
  await page.getByRole('option', { name: /^Textbook/ }).click()
  await page.getByRole('combobox', { name: 'Rounds' }).click()
  await page.getByRole('option', { name: '2 rounds' }).click()
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: 'Save CSV' }).waitFor({ timeout: 30_000 })

  const done = await comparing()
  assert.ok(done.kind === 'done')
  const { comparison } = done
  assert.equal(comparison.bytes, 64_000_000)
  assert.ok(comparison.rows.length >= 4)
  const shown = page.getByTestId('compare-row')
  assert.equal(await shown.count(), comparison.rows.length)
  for (const [index, row] of comparison.rows.entries()) {
    const line = shown.nth(index)
    assert.equal(row.problem, null)
    assert.equal(row.runs, 2)
    assert.ok(row.bytesPerSecond && row.report?.syscalls && row.report.copies && row.textbook)
    assert.ok(row.receiverCpuPerGib, 'the receiver on this computer tells its figures')
    assert.equal(await line.locator('th').textContent(), variantName(row.variant))
    const cell = (id: string): Promise<string | null> => line.getByTestId(`cell-${id}`).textContent()
    assert.equal(await cell('rate'), formatRate(row.bytesPerSecond.median))
    assert.equal(await cell('copies'), `${row.report.copies.cpu} + ${row.report.copies.dma}`)
    assert.equal(await cell('textbook'), String(row.textbook.copies))
    const calls = Object.values(row.report.syscalls).reduce((sum, count) => sum + count, 0)
    assert.equal(await cell('calls'), formatCount(calls))
  }
  assert.deepEqual(await page.getByTestId('verdict').allTextContents(), verdictSentences(comparison, 'en'))

  await page.getByRole('button', { name: 'Save CSV' }).click()
  await page.getByRole('button', { name: 'Save picture' }).click()
  await assertSoon(async () => (await readFile(csv, 'utf8')) === comparisonCsv(comparison))
  await assertSoon(async () => (await readFile(png)).subarray(1, 4).toString() === 'PNG')
  const { transfers, earlier } = {
    transfers: field(await whole(), 'transfers'),
    earlier: field(await whole(), 'earlier'),
  }
  assert.deepEqual([transfers, earlier], [[], []])
  assert.deepEqual(here.errors, [])
})

async function assertSoon(holds: () => Promise<boolean>): Promise<void> {
  for (let left = 50; left > 0; left -= 1) {
    if (await holds().catch(() => false)) return
    await here.page.waitForTimeout(100)
  }
  assert.ok(await holds())
}

test('stopped in the middle: it shows this, and can be started again', async () => {
  const { page } = here
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 20_000 })
  assert.equal((await comparing()).kind, 'stopped')
  assert.deepEqual(here.errors, [])
})

/** The focused element, by its accessible name. */
function focused(): Promise<string> {
  return here.page.evaluate(() => {
    const element = document.activeElement
    const label = element?.id ? document.querySelector(`label[for="${element.id}"]`) : null
    return element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? ''
  })
}

/** Moves the focus by Tab alone to the element of this name. */
async function tabTo(name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let left = 40; left > 0; left -= 1) {
    await here.page.keyboard.press(key)
    const now = await focused()
    if (now === name) return
    passed.push(now)
  }
  assert.fail(`${key} never came to “${name}”, but to: ${passed.join(', ')}`)
}

test('by the keyboard alone: choose, start, stop, start again, save, and reach the table', async () => {
  const { page, home } = here
  const { keyboard } = page
  const csv = join(home, 'saved.csv')
  await rm(csv)
  await page.getByRole('button', { name: 'Transfers', exact: true }).click()
  await tabTo('Compare')
  await keyboard.press('Enter')
  await tabTo('Comparison')
  await keyboard.press('Enter')
  await page.getByRole('option', { name: /^Textbook/ }).waitFor()
  await page.getByRole('option', { name: /^Scattered messages/ }).waitFor()
  await keyboard.press('End')
  const presets = await page.getByRole('option').count()
  for (let step = 0; step < presets && !(await focused()).startsWith('One long log'); step += 1)
    await keyboard.press('ArrowUp')
  await keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Comparison' }).getByText('One long log').waitFor()
  await tabTo('Rounds')
  await keyboard.press('Enter')
  await page.getByRole('option', { name: '2 rounds' }).waitFor()
  await keyboard.press('Home')
  await keyboard.press('Enter')
  await tabTo('Start', 'Shift+Tab')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  assert.equal(await focused(), 'Stop')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 20_000 })
  await tabTo('Start', 'Shift+Tab')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save CSV' }).waitFor({ timeout: 120_000 })
  const done = await comparing()
  assert.ok(done.kind === 'done')
  assert.equal(done.comparison.preset, 'log')
  await tabTo('Save CSV')
  await keyboard.press('Enter')
  await assertSoon(async () => (await readFile(csv, 'utf8')) === comparisonCsv(done.comparison))
  await tabTo('All figures')
  assert.deepEqual(here.errors, [])
})
