// Invariant: the window is sandboxed on one page that it cannot leave, accepts drops, can be tried on one machine, and works
// by keyboard alone.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { drop, hashes, makeFolder, type Running, start } from '../support/harness.ts'

let one: Running

before(async () => {
  one = await start({ alias: 'Studio' })
})

after(async () => {
  await one.close()
})

test('the page has no Node, and its policy allows nothing from elsewhere', async () => {
  const { page, app } = one
  assert.equal(await page.evaluate(() => typeof Reflect.get(globalThis, 'require')), 'undefined')
  assert.equal(await page.evaluate(() => typeof Reflect.get(globalThis, 'process')), 'undefined')
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const held: unknown = window && Reflect.get(window.webContents, 'getLastWebPreferences')
    return typeof held === 'function' && window
      ? JSON.stringify(Reflect.apply(held, window.webContents, []))
      : ''
  })
  assert.match(preferences, /"contextIsolation":true/)
  assert.match(preferences, /"sandbox":true/)
  assert.match(preferences, /"nodeIntegration":false/)
  // As text: the test tries the page's own policy, not Playwright's.
  const refused = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.__ran = true'
    document.body.append(script)
    const fetched = await fetch('https://example.com').then(
      () => 'fetched',
      () => 'refused',
    )
    return [fetched, String(Reflect.get(window, '__ran'))]
  })
  assert.deepEqual(refused, ['refused', 'undefined'])
  one.errors.length = 0
})

test('a request that is not of its form is refused', async () => {
  const answer = await one.page.evaluate((): unknown => window.penstock.request('send', { paths: [] }))
  assert.match(JSON.stringify(answer), /"ok":false.*"usage"/)
})

test('tried on this computer: by a drop in the window, with real files, and both ends are drawn', async () => {
  const { page } = one
  // Other devices may be on this network, and then the list does not offer to try it here; the help always does.
  await page.getByRole('button', { name: 'Can’t see a device?' }).click()
  await page.getByRole('button', { name: 'Try it on this computer instead' }).click()
  const sheet = page.getByRole('dialog', { name: 'Send to This computer (demo)' })
  await sheet.getByRole('button', { name: 'Cancel' }).click()
  const folder = await makeFolder(one.home, '样片', {
    'a.mov': Buffer.alloc(9_000_000, 3),
    'b/c.txt': Buffer.from('c'),
  })
  await drop(page, 'main', [folder])
  const open = page.getByRole('dialog', { name: 'Send' })
  await open.getByRole('combobox', { name: 'To' }).click()
  await page.getByRole('option', { name: /This computer/ }).click()
  const addressed = page.getByRole('dialog', { name: /^Send to/ })
  await addressed.getByRole('radio', { name: /Not encrypted/ }).click()
  await addressed.getByRole('button', { name: 'Send', exact: true }).click()
  await page.locator('[data-testid=transfer][data-state=done]').waitFor()
  assert.deepEqual(await hashes(join(one.home, 'Downloads', 'Penstock-demo', '样片')), await hashes(folder))
  const detail = page.getByTestId('detail')
  assert.match((await detail.getByTestId('copies-receiving').textContent()) ?? '', /^receiving: \d CPU cop/)
  assert.match((await detail.getByTestId('copies-sending').textContent()) ?? '', /^sending: \d CPU cop/)
  assert.deepEqual(one.errors, [])
})

test('by keyboard alone: a device, its sheet, and the way out', async () => {
  const { page } = one
  await page.locator('body').press('Tab')
  for (let step = 0; step < 12; step += 1) {
    const here = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))
    if (here === 'device') break
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: /^Send to/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'device')
})

// Last: Playwright waits for the navigation that never comes.
test('the window neither navigates nor opens others, and is granted nothing', async () => {
  const { page, app } = one
  const before = page.url()
  await page.evaluate(() => {
    window.open('https://example.com')
    location.href = 'https://example.com'
  })
  await page.waitForTimeout(300)
  assert.equal(page.url(), before)
  assert.equal(app.windows().length, 1)
  const state = await page.evaluate(() =>
    navigator.permissions.query({ name: 'notifications' }).then((it) => it.state),
  )
  assert.equal(state, 'denied')
  assert.ok(await page.getByRole('group', { name: 'This device' }).isVisible())
})
