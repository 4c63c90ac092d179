// Invariant: neither the main process nor the window works for 50 ms without a pause while
// bytes travel, and while 10 000 loose files are dropped, offered and carried. Counted is the threads' own time, so that others who use this machine change nothing.
import assert from 'node:assert/strict'
import { appendFile, mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { type Busy, record } from './busy.ts'
import { drop, meet, portOf, rowOf, type Running, start } from './harness.ts'

const LIMIT_MS = 50
const LOOSE_FILES = 10_000

let sender: Running
let receiver: Running

before(async () => {
  ;[sender, receiver] = await Promise.all([
    start({ alias: 'Studio', settings: { security: 'clear' } }),
    start({ alias: 'Edit bay' }),
  ])
  await meet(sender.page, await portOf(receiver.page))
})

after(async () => {
  await Promise.all([sender.close(), receiver.close()])
})

/** Does something in both windows and holds the longest task of each against the limit. */
async function staysFree(t: TestContext, work: () => Promise<void>): Promise<void> {
  const ends = await Promise.all([record(sender.app), record(receiver.app)])
  await work()
  const [here, there] = await Promise.all(ends.map((end) => end()))
  for (const [who, busy] of [
    ['sender', here],
    ['receiver', there],
  ] as const) {
    assert.ok(busy)
    tell(t, who, busy)
    assert.ok(busy.main.cpu < LIMIT_MS, `${who}: main worked ${busy.main.cpu} ms without a pause`)
    assert.ok(busy.window.cpu < LIMIT_MS, `${who}: the window worked ${busy.window.cpu} ms without a pause`)
  }
}

function tell(t: TestContext, who: string, { main, window }: Busy): void {
  const words = ({ cpu, wall, tasks }: Busy['main']): string =>
    `${cpu.toFixed(1)} ms of CPU (${wall.toFixed(1)} ms by the clock, ${tasks.length} tasks)`
  t.diagnostic(`${who}: longest task in main ${words(main)}, in the window ${words(window)}`)
}

async function done(title: string, timeout: number): Promise<void> {
  for (const { page } of [sender, receiver]) {
    await page.locator(`[data-testid=transfer][data-state=done]:has-text("${title}")`).waitFor({ timeout })
  }
}

test('what is measured is measured: a task of 80 ms is seen in each of the two', async () => {
  const end = await record(sender.app)
  const work = (): void => {
    const until = performance.now() + 80
    while (performance.now() < until);
  }
  await sender.app.evaluate(work)
  await sender.page.evaluate(work)
  const { main, window } = await end()
  assert.ok(main.wall >= 79 && main.cpu > 20, `main: ${main.cpu}`)
  assert.ok(window.wall >= 79 && window.cpu > 20, `window: ${window.cpu}`)
})

test('2 GiB on their way', { timeout: 180_000 }, async (t) => {
  const path = join(sender.home, 'big.bin')
  const part = Buffer.alloc(64 * 1024 * 1024, 5)
  for (let written = 0; written < 16; written += 1) await appendFile(path, part)
  await truncate(path, 2 * 1024 ** 3)
  await staysFree(t, async () => {
    await drop(sender.page, await rowOf(receiver), [path])
    await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click()
    await done('big.bin', 120_000)
  })
})

/** Makes many small files that lie beside each other; returns their paths. */
async function makeLoose(name: string): Promise<readonly string[]> {
  const folder = join(sender.home, name)
  await mkdir(folder)
  const paths = Array.from({ length: LOOSE_FILES }, (_, index) => join(folder, `${name} ${index} 素材.txt`))
  await Promise.all(paths.map((path) => writeFile(path, path)))
  return paths
}

test('10 000 loose files dropped on a device', { timeout: 240_000 }, async (t) => {
  const paths = await makeLoose('take')
  await staysFree(t, async () => {
    await drop(sender.page, await rowOf(receiver), paths)
    await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click({ timeout: 60_000 })
    await done('take 0', 120_000)
  })
})

test('10 000 loose files dropped in the window, and sent from the sheet', { timeout: 240_000 }, async (t) => {
  const paths = await makeLoose('still')
  await staysFree(t, async () => {
    await drop(sender.page, 'main', paths)
    const sheet = sender.page.getByRole('dialog')
    await sheet.getByRole('button', { name: 'Send', exact: true }).click({ timeout: 60_000 })
    await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click({ timeout: 60_000 })
    await done('still 0', 120_000)
  })
})
