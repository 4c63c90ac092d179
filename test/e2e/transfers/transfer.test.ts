// Invariant: two applications with separate states send a folder from one window to the other, byte for byte, and each screen
// shows the figures of its own report.
import type { RequestOf } from '../../../main/contract/ipc.ts'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { formatBytes, formatCount } from '../../../main/messages/index.ts'
import {
  drop,
  hashes,
  makeFolder,
  newest,
  request,
  rowOf,
  type Running,
  startPair,
} from '../support/harness.ts'

let sender: Running
let receiver: Running

before(async () => {
  ;[sender, receiver] = await startPair('Studio workstation', '会议室 工作站')
})

after(async () => {
  await Promise.all([sender.close(), receiver.close()])
})

/** Waits until the newest card of a window is in this state. */
async function state(page: Page, kind: string, timeout = 30_000): Promise<void> {
  await page.locator(`[data-testid=transfer][data-state=${kind}]`).first().waitFor({ timeout })
}

/** Takes what has ended off both lists, so that each test sees its own transfer only. */
async function clear(): Promise<void> {
  for (const { page } of [sender, receiver]) {
    const remove = page.getByRole('button', { name: /^Remove “/ })
    while ((await remove.count()) > 0) await remove.first().click({ force: true })
  }
}

test('a folder dropped on a device arrives whole, and both screens show their reports', async () => {
  const folder = await makeFolder(sender.home, 'Rushes 第三季度', {
    'one.bin': randomBytes(24 * 1024 * 1024 + 5),
    '子目录/合同（最终版）.pdf': randomBytes(70_000),
    'empty.txt': Buffer.alloc(0),
  })
  await drop(sender.page, await rowOf(receiver), [folder])
  const dialog = receiver.page.getByRole('dialog', { name: 'Studio workstation wants to send you something' })
  await dialog.waitFor()
  const text = await dialog.textContent()
  assert.match(text ?? '', /Not seen before/)
  assert.match(text ?? '', /3 files in 2 folders/)
  assert.match(text ?? '', /not encrypted/i)
  await dialog.getByRole('button', { name: 'Accept', exact: true }).click()
  await Promise.all([state(sender.page, 'done'), state(receiver.page, 'done')])
  assert.deepEqual(await hashes(join(receiver.received, 'Rushes 第三季度')), await hashes(folder))

  for (const [{ page }, side] of [
    [sender, 'sending'],
    [receiver, 'receiving'],
  ] as const) {
    const { view } = await newest(page)
    assert.equal(view.state.kind, 'done')
    if (view.state.kind !== 'done') return
    const { report } = view.state
    const detail = page.getByTestId('detail')
    assert.equal(await detail.getByTestId('technique').getByRole('button').textContent(), report.technique)
    assert.ok(report.copies)
    const noun = report.copies.cpu === 1 ? 'CPU copy' : 'CPU copies'
    assert.equal(
      await detail.getByTestId(`copies-${side}`).textContent(),
      `${side}: ${report.copies.cpu} ${noun}`,
    )
    assert.equal(
      await detail.getByTestId('figure-user').textContent(),
      formatBytes(report.userCopyBytes ?? -1),
    )
    const switches = report.contextSwitches
    assert.ok(switches)
    assert.equal(
      await detail.getByTestId('figure-switches').textContent(),
      formatCount(switches.voluntary + switches.involuntary),
    )
    assert.match(
      (await detail.getByTestId('finished').textContent()) ?? '',
      report.verified ? /and checked/ : /ed$/,
    )
  }
  // The receiver's own report afterwards matches what it sent before.
  const there = await newest(receiver.page)
  const taken = there.view.state.kind === 'done' ? there.view.state.report.technique : null
  assert.equal(await sender.page.getByTestId('other-technique').textContent(), taken)
  assert.deepEqual(sender.errors, [])
  assert.deepEqual(receiver.errors, [])
})

test('refused: nothing arrives, and the sender shows it', async () => {
  await clear()
  const folder = await makeFolder(sender.home, 'Unwanted', { 'a.txt': Buffer.from('no') })
  await drop(sender.page, await rowOf(receiver), [folder])
  await receiver.page.getByRole('button', { name: 'Decline' }).click()
  await Promise.all([state(sender.page, 'refused'), state(receiver.page, 'refused')])
  assert.match((await sender.page.getByTestId('problem').textContent()) ?? '', /declined/)
  await assert.rejects(hashes(join(receiver.received, 'Unwanted')))
})

/** A file that takes a while: real content, over the encrypted channel. */
async function longFile(name: string): Promise<string> {
  const path = join(sender.home, name)
  const part = Buffer.alloc(64 * 1024 * 1024, 7)
  for (let written = 0; written < 24; written += 1) await appendFile(path, part)
  return path
}

type Change = RequestOf<'changeSettings'>

async function begin(path: string, settings: Change = { security: 'encrypted' }): Promise<void> {
  await request(sender.page, 'changeSettings', settings)
  await drop(sender.page, await rowOf(receiver), [path])
  await receiver.page.getByRole('button', { name: 'Accept', exact: true }).click()
  await state(sender.page, 'running')
}

test('another technique, chosen while it runs: the screen and the report show it', async () => {
  await clear()
  const path = await longFile('changed.bin')
  await begin(path, { security: 'clear', technique: 'readwrite', bufferBytes: 4096 })
  const receiving = receiver.app.process()
  // Held, so that it still runs when the menu is open, however fast this machine is.
  receiving.kill('SIGSTOP')
  const detail = sender.page.getByTestId('detail')
  try {
    const menu = detail.getByTestId('technique').getByRole('button')
    assert.equal(await menu.textContent(), 'readwrite')
    await menu.click()
    const ofThis = sender.page.getByRole('group', { name: /^This transfer/ })
    await ofThis.getByRole('menuitemradio', { name: /^sendfile/ }).click()
    await detail.getByRole('button', { name: 'Technique: sendfile' }).waitFor()
    assert.match((await detail.getByTestId('reason').textContent()) ?? '', /^sendfile because/)
  } finally {
    receiving.kill('SIGCONT')
  }
  await state(sender.page, 'done')
  const { view } = await newest(sender.page)
  assert.ok(view.state.kind === 'done')
  const { report } = view.state
  assert.equal(report.technique, 'sendfile')
  assert.ok((report.syscalls?.['sendfile'] ?? 0) > 0)
  // Bytes sent before the change were read into a buffer, those sent after it were read for the check.
  assert.ok((report.check.bytes ?? 0) > 0 && (report.check.bytes ?? 0) < report.bytes)
  assert.ok((report.userCopyBytes ?? 0) >= report.bytes)
  assert.equal(
    await detail.getByTestId('figure-calls').textContent(),
    formatCount(report.syscalls?.['sendfile'] ?? -1),
  )
  assert.equal(await detail.getByTestId('figure-user').textContent(), formatBytes(report.userCopyBytes ?? -1))
  await request(sender.page, 'changeSettings', { technique: 'auto', bufferBytes: 1048576 })
  await rm(path)
})

test('cancelled here and there: both sides end, and show who cancelled', async () => {
  for (const [who, other] of [
    [sender, receiver],
    [receiver, sender],
  ] as const) {
    await clear()
    const path = await longFile('long.bin')
    await begin(path)
    await who.page.getByRole('button', { name: 'Cancel “long.bin”' }).click()
    await Promise.all([state(who.page, 'cancelled'), state(other.page, 'cancelled')])
    assert.match((await who.page.getByTestId('transfer').first().textContent()) ?? '', /You cancelled/)
    assert.match((await other.page.getByTestId('transfer').first().textContent()) ?? '', /cancelled/)
    await rm(path)
  }
})

test('a device that disappears in the middle is reported, with what to do', async () => {
  await clear()
  const path = await longFile('gone.bin')
  await begin(path)
  receiver.app.process().kill('SIGKILL')
  await state(sender.page, 'failed', 40_000)
  const { view } = await newest(sender.page)
  assert.equal(view.state.kind === 'failed' ? view.state.problem.code : null, 'peer-gone')
  assert.match((await sender.page.getByTestId('problem').textContent()) ?? '', /send again/)
})
