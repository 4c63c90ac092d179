// Writes every screen and state, light and dark, wide and narrow, to out/screenshots, for people to look at.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import {
  answerDialogs,
  drop,
  makeFolder,
  meet,
  portOf,
  request,
  resize,
  rowOf,
  type Running,
  start,
} from '../support/harness.ts'
import { compareScreens } from './compare.ts'

/** With `--check` the pictures are made and not kept, so that this program stays in order. */
const isCheck = process.argv.includes('--check')
const OUT = isCheck
  ? await mkdtemp(join(tmpdir(), 'penstock-screenshots-'))
  : join(import.meta.dirname, '..', '..', '..', 'out', 'screenshots')
/** Limit for the whole run: an application that does not answer or end must not block the caller. */
const LIMIT_MS = 30 * 60_000
const SIZES = { wide: [1280, 800], narrow: [720, 480] } as const
const THEMES = ['light', 'dark'] as const

interface Stage {
  readonly theme: string
  readonly size: keyof typeof SIZES
  readonly here: Running
  readonly there: Running
}

/** Takes one picture, once animations have ended. */
async function shoot(page: Page, stage: Stage, name: string): Promise<void> {
  await page.waitForTimeout(350)
  await page.screenshot({ path: join(OUT, `${name}-${stage.size}-${stage.theme}.png`) })
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.waitForTimeout(250)
}

/** Drops on the device, accepts or refuses there. */
async function offer(
  { here, there }: Stage,
  path: string,
  answer: 'Accept' | 'Decline' | null,
): Promise<void> {
  await drop(here.page, await rowOf(there), [path])
  const dialog = there.page.getByRole('dialog')
  await dialog.waitFor()
  if (answer) await dialog.getByRole('button', { name: answer, exact: true }).click()
}

async function sheets(stage: Stage): Promise<void> {
  const { page } = stage.here
  await page.getByRole('button', { name: 'Settings' }).click()
  await shoot(page, stage, '02-settings')
  await closeDialog(page)
  await page.getByRole('button', { name: 'By address' }).click()
  await shoot(page, stage, '03-by-address')
  await closeDialog(page)
  await page.getByRole('button', { name: /see a device/ }).click()
  await shoot(page, stage, '04-help')
  await closeDialog(page)
}

async function transfers(stage: Stage): Promise<void> {
  const { here, there } = stage
  const folder = await makeFolder(here.home, 'Rushes 2026-11-20 会议室录像 with a name that goes on and on', {
    'take 1.mov': randomBytes(30_000_000),
    '笔记/说明 😀.txt': Buffer.from('你好'),
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`stills/still ${index}.jpg`, randomBytes(20_000)]),
    ),
  })
  await offer(stage, folder, null)
  await shoot(there.page, stage, '05-accept')
  await shoot(here.page, stage, '06-waiting')
  await there.page.getByRole('button', { name: 'Accept', exact: true }).click()
  await shootDetail(stage, here, /Delivered/, '07-delivered')
  await shootDetail(stage, there, null, '08-received')
  const refused = join(here.home, 'contract-final.pdf')
  await writeFile(refused, randomBytes(2_100_000))
  await offer(stage, refused, 'Decline')
  await shootDetail(stage, here, /declined/, '09-refused')
}

/** Takes a picture of the detail of the newest transfer, once a text is shown. */
async function shootDetail(stage: Stage, running: Running, text: RegExp | null, name: string): Promise<void> {
  const { page } = running
  if (text !== null) await page.getByText(text).first().waitFor()
  await page.locator('[data-testid="transfer"]').first().click()
  await shoot(page, stage, name)
  await closeSheet(stage, running)
}

async function closeSheet({ size }: Stage, running: Running): Promise<void> {
  if (size === 'narrow') await closeDialog(running.page)
}

/** An unencrypted transfer, large enough for pictures while it runs. */
async function running(stage: Stage): Promise<void> {
  const { here, there } = stage
  const large = join(here.home, 'Archive 2025.tar')
  await writeFile(large, randomBytes(64 * 1024 * 1024))
  await truncate(large, 64 * 1024 * 1024)
  for (let copy = 0; copy < 40; copy++) await writeFile(large, randomBytes(32 * 1024 * 1024), { flag: 'a' })
  await drop(here.page, 'main', [large])
  const sheet = here.page.getByRole('dialog')
  await sheet.waitFor()
  await shoot(here.page, stage, '10-send-sheet')
  await sheet.getByText('Not encrypted', { exact: true }).click()
  await shoot(here.page, stage, '11-send-sheet-clear')
  await sheet.getByRole('button', { name: 'Send', exact: true }).click()
  await there.page.getByRole('dialog').getByRole('button', { name: 'Accept', exact: true }).click()
  await here.page.locator('[data-testid="transfer"]').first().click()
  await here.page.waitForTimeout(1200)
  await shoot(here.page, stage, '12-running')
  await here.page
    .locator('[data-testid="transfer"][data-state="done"]:has-text("Archive 2025.tar")')
    .waitFor({ timeout: 180_000 })
  await shoot(here.page, stage, '13-delivered-clear')
  await closeSheet(stage, here)
}

const DEMO =
  '[data-testid="device"][aria-label*="This computer"], [data-testid="device"][aria-label*="本机（演示）"]'

/** The sheet turned to a folder of this computer, and its text when the copy is complete. */
async function copied(
  { app, page, home }: Running,
  folder: string,
  picture: (name: string) => Promise<void>,
): Promise<void> {
  const target = join(home, '归档 Archive', '2026 第四季度', '会议室录像的备份')
  await mkdir(target, { recursive: true })
  await answerDialogs(app, [target])
  await drop(page, 'main', [folder])
  await page.getByRole('button', { name: /^(Copy to a folder|复制到本机的文件夹)/ }).click()
  await picture('25-copy-sheet')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(Copy|复制)$/ })
    .click()
  await page.locator('[data-testid="transfer"][data-state="done"]').nth(1).waitFor()
  await page.locator('[data-testid="transfer"]').first().click()
  await picture('26-copied')
}

/** The first run, a transfer tried on this computer, the menu of techniques, one that failed, and what a restart lists. */
async function alone(theme: string, language: 'en' | 'zh', size: keyof typeof SIZES): Promise<void> {
  const settings = { theme, language }
  let here = await start({ alias: '工作室 Studio', settings, size: SIZES[size] })
  const picture = async (name: string): Promise<void> => {
    await here.page.waitForTimeout(350)
    await here.page.screenshot({ path: join(OUT, `${name}-${size}-${language}-${theme}.png`) })
  }
  const openFirst = async (): Promise<void> => {
    await here.page.locator('[data-testid="transfer"]').first().click()
  }
  const shut = async (): Promise<void> => {
    if (size === 'narrow') await closeDialog(here.page)
  }
  try {
    await picture('20-first-run')
    await request(here.page, 'tryHere', {})
    await request(here.page, 'changeSettings', { security: 'clear' })
    const folder = await makeFolder(here.home, '样片 Rushes', {
      'a.mov': randomBytes(200_000_000),
      '说明.txt': randomBytes(9),
    })
    await drop(here.page, DEMO, [folder])
    await here.page.locator('[data-testid="transfer"][data-state="done"]').waitFor()
    await openFirst()
    await picture('21-tried-here')
    await here.page.getByTestId('technique').getByRole('button').click()
    await picture('22-techniques')
    await here.page.keyboard.press('Escape')
    await shut()
    await copied(here, folder, picture)
    await shut()
    const gone = await makeFolder(here.home, '已删除', { 'x.bin': randomBytes(10) })
    await request(here.page, 'describe', { paths: [gone] })
    await drop(here.page, 'main', [gone])
    await here.page.getByRole('dialog').getByText('已删除').first().waitFor()
    await rm(gone, { recursive: true })
    await here.page
      .getByRole('dialog')
      .getByRole('button', { name: /^(Send|发送)$/ })
      .click()
    await here.page.locator('[data-testid="transfer"][data-state="failed"]').waitFor()
    await openFirst()
    await picture('23-failed')
    await here.leave()
    here = await start({ alias: '工作室 Studio', home: here.home, size: SIZES[size] })
    await here.page.getByTestId('earlier').first().waitFor()
    await picture('24-earlier')
  } finally {
    await here.close()
  }
}

setTimeout(() => {
  process.stderr.write(`The pictures were not ready after ${LIMIT_MS / 60_000} minutes.\n`)
  process.exit(1)
}, LIMIT_MS).unref()
if (isCheck) process.on('exit', () => rmSync(OUT, { recursive: true }))
await mkdir(OUT, { recursive: true })
for (const [theme, language] of [
  ['light', 'zh'],
  ['dark', 'en'],
] as const) {
  for (const size of ['wide', 'narrow'] as const) {
    await alone(theme, language, size)
    await compareScreens({ out: OUT, theme, language, size, pixels: SIZES[size] })
  }
}
for (const theme of THEMES) {
  for (const size of ['wide', 'narrow'] as const) {
    const options = { size: SIZES[size], settings: { theme } }
    const here = await start({ alias: 'Studio workstation', ...options })
    const there = await start({ alias: '会议室 MacBook Pro', ...options })
    const stage: Stage = { theme, size, here, there }
    try {
      await meet(here.page, await portOf(there.page))
      await resize(here.app, SIZES[size])
      await shoot(here.page, stage, '01-devices')
      await sheets(stage)
      await transfers(stage)
      await running(stage)
    } finally {
      await here.close()
      await there.close()
    }
    process.stdout.write(`${theme} ${size}: done\n`)
  }
}
const pictures = await readdir(OUT)
process.stdout.write(`${pictures.length} pictures\n`)
