// Invariant: in a real Chromium the names of shared files are text and run nothing, and what a browser sends by the page of a
// receiver arrives under its name.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Penstock } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { pages } from '../../../main/pages/index.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { type Browser, startBrowser } from '../support/browser.ts'

const HOSTILE = [
  '<script>window.hacked = 1<<2; alert(1)<',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)' x='",
  '<svg onload=alert(1)>',
  '&lt;b&gt;alert(1)',
  'javascript:alert(1)',
  '{alias}${alert(1)}`',
]

let root = ''
let penstock: Penstock
let browser: Browser

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-link-pages-'))
  penstock = await openPenstock({ stateDir: join(root, 'state'), alias: '<img src=x onerror=alert(1)>' })
  browser = await startBrowser()
})

after(async () => {
  await browser.close()
  await penstock.close()
  await rm(root, { recursive: true, force: true })
})

test('hostile names of files, folders and of the device are text', async () => {
  const folder = join(root, '"><i>')
  await mkdir(folder)
  for (const name of HOSTILE) await writeFile(join(folder, name), 'x')
  const share = await penstock.share({
    ...{ paths: [folder], host: 'loopback', port: 0, secure: true, pin: null, seconds: 3600 },
    ...{ pages, signal: new AbortController().signal },
  })
  const { page, events } = browser
  await page.goto(share.links[0] ?? '')
  const rows = await page.locator('.row .name > bdi').allTextContents()
  assert.deepEqual(rows.sort(), [...HOSTILE].sort())
  assert.equal(await page.locator('h1').textContent(), 'Files from <img src=x onerror=alert(1)>')
  for (const row of await page.locator('.row').all()) await row.hover()
  assert.equal(await page.locator('main img, main i, main script, main svg[onload]').count(), 0)
  assert.equal(await page.evaluate(() => 'hacked' in globalThis), false)
  assert.deepEqual(events, [])
  await share.close()
})

test('files that a browser drops arrive, whatever their names', async () => {
  const dir = join(root, 'received')
  const receiving = await penstock.receive(receiveOptions(dir, {}))
  const { links } = await receiving.openLink({ host: 'loopback', port: 0, secure: true, pages })
  const { page, events } = browser
  await page.goto(links[0] ?? '')
  const files = HOSTILE.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`of ${name}`) }))
  await page.locator('#files').setInputFiles(files)
  await page.getByText('has all files').waitFor()
  assert.deepEqual((await readdir(dir)).sort(), [...HOSTILE].sort())
  for (const name of HOSTILE) assert.equal(await readFile(join(dir, name), 'utf8'), `of ${name}`)
  assert.equal(await page.locator('main img, main script').count(), 0)
  assert.deepEqual(events, [])
  await receiving.close()
})
