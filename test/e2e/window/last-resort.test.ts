// Invariant: an uncaught error, or the end of the page's process, stops no transfer; the user is informed, and the log has
// the stack.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { drop, hashes, rowOf, type Running, startPair } from '../support/harness.ts'

let sender: Running
let receiver: Running

beforeEach(async () => {
  ;[sender, receiver] = await startPair('Studio workstation')
  const path = join(sender.home, 'file.bin')
  await writeFile(path, randomBytes(64 * 1024 * 1024))
  await drop(sender.page, await rowOf(receiver), [path])
  await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click()
  await sender.page.locator('[data-testid=transfer][data-state=running]').waitFor()
  // Held, so that it still runs when the fault comes.
  receiver.process.kill('SIGSTOP')
})

afterEach(async () => {
  receiver.process.kill('SIGCONT')
  await Promise.all([sender.close(), receiver.close()])
})

async function arrivesWhole(): Promise<void> {
  receiver.process.kill('SIGCONT')
  await receiver.page.locator('[data-testid=transfer][data-state=done]').waitFor()
  assert.equal((await hashes(receiver.received))['file.bin'], (await hashes(sender.home))['file.bin'])
}

test('a throw in a timer and a rejection that nothing handles: shown, logged, and the transfer completes', async () => {
  await sender.app.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown on purpose')
    }, 0)
    void Promise.reject(new Error('rejected on purpose'))
  })
  const notice = sender.page.getByRole('alert').filter({ hasText: 'Something went wrong inside Penstock.' })
  await notice.getByRole('button', { name: 'Show log' }).waitFor()
  const log = await readFile(join(sender.home, 'state', 'errors.log'), 'utf8')
  assert.match(log, /uncaughtException: Error: thrown on purpose\n\s+at /)
  assert.match(log, /unhandledRejection: Error: rejected on purpose\n\s+at /)
  await arrivesWhole()
  await sender.page.locator('[data-testid=transfer][data-state=done]').waitFor()
  await notice.getByRole('button', { name: 'Dismiss' }).click()
  await notice.waitFor({ state: 'detached' })
  assert.equal(sender.process.exitCode, null)
})

test('the page’s process ends: the window loads it again with its transfers, which complete', async () => {
  const shown: unknown = await sender.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (!contents) throw new Error('no window')
    const loaded = new Promise<void>((resolve) => contents.once('did-finish-load', () => resolve()))
    contents.forcefullyCrashRenderer()
    await loaded
    const state: unknown = await contents.executeJavaScript(`new Promise((resolve) => {
      const look = () => {
        const card = document.querySelector('[data-testid=transfer]')
        if (card) resolve(card.dataset.state)
        else requestAnimationFrame(look)
      }
      look()
    })`)
    return state
  })
  assert.equal(shown, 'running')
  await arrivesWhole()
})
