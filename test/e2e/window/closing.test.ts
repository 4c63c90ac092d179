// Invariant: closing the application during work asks the user first, and each answer has the effect that its button names; the
// system, which cannot answer, does not wait.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { ElectronApplication, Locator, Page } from 'playwright-core'
import {
  closeWindow,
  drop,
  ended,
  field,
  hashOf,
  meet,
  newest,
  portOf,
  rowOf,
  type Running,
  start,
  startAgain,
} from '../support/harness.ts'

const SLOWEST = { security: 'clear', technique: 'readwrite', bufferBytes: 4096 }

let sender: Running
let receiver: Running

beforeEach(async () => {
  ;[sender, receiver] = await Promise.all([
    start({ alias: 'Studio workstation', settings: SLOWEST }),
    start({ alias: 'Edit bay' }),
  ])
  await meet(sender.page, await portOf(receiver.page))
})

afterEach(async () => {
  goOn()
  await Promise.all([sender.close(), receiver.close()])
})

async function state(page: Page, kind: string): Promise<void> {
  await page.locator(`[data-testid=transfer][data-state=${kind}]`).first().waitFor()
}

const question = ({ page }: Running): Locator => page.getByRole('dialog', { name: 'Quit Penstock?' })

async function answer(from: Running, name: string): Promise<void> {
  await question(from).getByRole('button', { name, exact: true }).click()
}

/** Answers in a way that ends the application. The page may close before the click has been reported. */
async function quit(from: Running, name: string): Promise<void> {
  await Promise.all([answer(from, name).catch(() => undefined), ended(from.process)])
}

function isVisible(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false)
}

/** Content that is on the disk: holes would be skipped. The slowest technique needs seconds for it. */
async function longFile(): Promise<string> {
  const path = join(sender.home, 'long.bin')
  const part = Buffer.alloc(64 * 1024 * 1024, 7)
  for (let written = 0; written < 24; written += 1) await appendFile(path, part)
  return path
}

/** Real content that arrives soon after it is released. */
async function shortFile(): Promise<string> {
  const path = join(sender.home, 'short.bin')
  await writeFile(path, randomBytes(512 * 1024 * 1024))
  return path
}

async function arrivedWhole(): Promise<void> {
  await state(receiver.page, 'done')
  // Not of the whole home: the application removes files of its state when it quits.
  const sent = await hashOf(join(sender.home, 'short.bin'))
  assert.equal(await hashOf(join(receiver.received, 'short.bin')), sent)
}

/** Starts a transfer that is held until {@link goOn}, so that it still runs when the question is asked. */
async function begin(path: string): Promise<void> {
  await drop(sender.page, await rowOf(receiver), [path])
  await acceptAndHold()
}

async function acceptAndHold(): Promise<void> {
  await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click()
  await state(sender.page, 'running')
  receiver.process.kill('SIGSTOP')
}

function goOn(): void {
  receiver.process.kill('SIGCONT')
}

/** Outcomes in an application's history, newest last. */
async function outcomes({ home }: Running): Promise<unknown[]> {
  const text = await readFile(join(home, 'state', 'history.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const entry: unknown = JSON.parse(line)
      return field(entry, 'outcome')
    })
}

test('nothing runs: the window closes without a question', async () => {
  await Promise.all([closeWindow(sender.app), ended(sender.process)])
})

test('"keep running": the window goes, the file arrives whole, then the application quits by itself', async () => {
  await begin(await shortFile())
  await closeWindow(sender.app)
  assert.match((await question(sender).textContent()) ?? '', /1 transfer is running\./)
  await answer(sender, 'Keep running in the background')
  await question(sender).waitFor({ state: 'detached' })
  assert.equal(await isVisible(sender.app), false)
  await startAgain(sender)
  assert.equal(await isVisible(sender.app), true)
  await closeWindow(sender.app)
  await answer(sender, 'Keep running in the background')
  await question(sender).waitFor({ state: 'detached' })
  goOn()
  await Promise.all([arrivedWhole(), ended(sender.process)])
  assert.deepEqual(await outcomes(sender), ['done'])
})

test('"stop and quit": the sender ends as cancelled, and nothing is left under the final name', async () => {
  await begin(await longFile())
  await sender.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.sendInputEvent({ type: 'keyDown', keyCode: 'Q', modifiers: ['control'] })
  })
  await question(sender).waitFor()
  goOn()
  await quit(sender, 'Stop and quit')
  await state(receiver.page, 'cancelled')
  assert.deepEqual(await outcomes(sender), ['cancelled'])
  assert.deepEqual(await readdir(receiver.received), [])
})

test('"cancel" changes nothing, with a waiting offer and with a running transfer', async () => {
  await drop(sender.page, await rowOf(receiver), [await shortFile()])
  await receiver.page.getByRole('button', { name: 'Accept', exact: true }).waitFor()
  await closeWindow(receiver.app)
  await answer(receiver, 'Cancel')
  await question(receiver).waitFor({ state: 'detached' })
  await acceptAndHold()
  await sender.app.evaluate(({ app }) => {
    app.quit()
  })
  await answer(sender, 'Cancel')
  await question(sender).waitFor({ state: 'detached' })
  assert.equal(await isVisible(sender.app), true)
  assert.equal((await newest(sender.page)).view.state.kind, 'running')
  goOn()
  await arrivedWhole()
  await state(sender.page, 'done')
})

test('the work ends while the question is open: the window shows it, and quits on demand', async () => {
  await begin(await longFile())
  await closeWindow(sender.app)
  await question(sender).waitFor()
  goOn()
  await receiver.page.getByRole('button', { name: 'Cancel “long.bin”' }).click()
  await question(sender).getByText('Nothing is running.').waitFor()
  await quit(sender, 'Quit')
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: no question; the transfer is cancelled on both sides`, async () => {
    await begin(await longFile())
    goOn()
    sender.process.kill(signal)
    await Promise.all([ended(sender.process), state(receiver.page, 'cancelled')])
    assert.deepEqual(await outcomes(sender), ['cancelled'])
    assert.deepEqual(await readdir(receiver.received), [])
  })
}
