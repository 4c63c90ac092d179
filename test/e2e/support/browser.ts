import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type Page } from 'playwright-core'

/** A browser window without an application. It takes the certificate of any device, as a user does after the warning. */
const MAIN = `
const { app, BrowserWindow } = require('electron')
app.on('certificate-error', (event, contents, url, error, certificate, done) => { event.preventDefault(); done(true) })
app.whenReady().then(() => new BrowserWindow({ width: 1000, height: 800, webPreferences: { sandbox: true } }).loadURL('about:blank'))
`

export interface Browser {
  readonly page: Page
  /** What scripts of a page did that a page must not: dialogs, errors, refused code. */
  readonly events: string[]
  close(): Promise<void>
}

/** Starts Chromium with one window. */
export async function startBrowser(): Promise<Browser> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-browser-'))
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'browser', main: 'main.js' }))
  await writeFile(join(dir, 'main.js'), MAIN)
  const executablePath = process.env['ELECTRON_EXEC_PATH']
  const app = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', dir],
    timeout: 30_000,
  })
  const page = await app.firstWindow()
  page.setDefaultTimeout(60_000)
  const events: string[] = []
  page.on('dialog', (dialog) => {
    events.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => events.push(`error ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') events.push(`console ${message.text()}`)
  })
  const close = async (): Promise<void> => {
    await app.close()
    await rm(dir, { recursive: true, force: true })
  }
  return { page, events, close }
}
