import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { start } from '../support/harness.ts'

export interface CompareStage {
  readonly out: string
  readonly theme: string
  readonly language: 'en' | 'zh'
  readonly size: 'wide' | 'narrow'
  /** Of the page, in CSS pixels. */
  readonly pixels: readonly [number, number]
}

/**
 * So large that five rounds of it last for seconds on any machine: a round is seen while it runs. Which one it is depends on the
 * machine.
 */
const COMPARED_BYTES = 320_000_000
const A_ROUND = /^(Round \d|第 \d+ 轮)/

/** The Compare page before, during and after a comparison, with its list of presets, stopped and failed. */
export async function compareScreens({ out, theme, language, size, pixels }: CompareStage): Promise<void> {
  const { app, page, home, close } = await start({
    alias: 'Studio',
    settings: { theme, language },
    size: pixels,
  })
  const picture = async (name: string): Promise<void> => {
    await page.waitForTimeout(350)
    await page.screenshot({ path: join(out, `${name}-${size}-${language}-${theme}.png`) })
  }
  try {
    const file = join(home, '样片 with a name that goes on and on and on.mov')
    await writeFile(file, randomBytes(COMPARED_BYTES))
    const png = join(out, `34-compare-saved-${language}-${theme}.png`)
    await app.evaluate(
      ({ dialog }, paths) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [paths.file] })
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: paths.png })
      },
      { file, png },
    )
    await page.getByRole('button', { name: /^(Compare|比较)$/ }).click()
    await picture('30-compare-empty')
    await page.getByRole('button', { name: /^(Choose a file|选择文件)$/ }).click()
    await page.getByRole('combobox', { name: /^(Comparison|比较内容)$/ }).click()
    await picture('31-compare-presets')
    await page
      .getByRole('option')
      .nth(size === 'wide' ? 1 : 0)
      .click()
    await page.getByRole('button', { name: /^(Start|开始)$/ }).click()
    await page.getByText(A_ROUND).waitFor({ timeout: 180_000 })
    await picture('32-compare-running')
    await page.getByRole('button', { name: /CSV/ }).waitFor({ timeout: 300_000 })
    await picture('33-compare-done')
    await page.getByTestId('compare-row').last().scrollIntoViewIfNeeded()
    await picture('33-compare-table')
    if (size === 'wide') await page.getByRole('button', { name: /^(Save picture|保存图片)$/ }).click()
    await page.getByRole('button', { name: /^(Start|开始)$/ }).click()
    await page.getByText(A_ROUND).waitFor({ timeout: 180_000 })
    await page.getByRole('button', { name: /^(Stop|停止)$/ }).click()
    const again = page.getByRole('button', { name: /^(Try again|重试)$/ })
    await again.waitFor({ timeout: 20_000 })
    await picture('35-compare-stopped')
    await rm(file)
    await again.click()
    await page.getByTestId('compare-row').first().waitFor({ state: 'detached' })
    await again.waitFor({ timeout: 20_000 })
    await picture('36-compare-failed')
  } finally {
    await close()
  }
}
