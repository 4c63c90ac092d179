// Invariant: a copy to a folder on this computer is equal byte for byte, and the screen shows the figures of its report; a
// copy of a folder into itself is refused with what to do.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { formatCount } from '../../../main/messages/index.ts'
import { answerDialogs, drop, hashes, makeFolder, newest, type Running, start } from '../support/harness.ts'

let here: Running
let folder: string

before(async () => {
  here = await start({ alias: 'Studio' })
  folder = await makeFolder(here.home, 'Rushes 第三季度', {
    'one.bin': randomBytes(24 * 1024 * 1024 + 5),
    '子目录/合同（最终版）.pdf': randomBytes(70_000),
    'empty.txt': Buffer.alloc(0),
  })
})

after(async () => {
  await here.close()
})

/** Drops the folder in the window and turns the sheet to a folder of this computer. */
async function copyTo(target: string): Promise<void> {
  const { page, app } = here
  await answerDialogs(app, [target])
  await drop(page, 'main', [folder])
  await page.getByRole('button', { name: 'Copy to a folder on this computer…' }).click()
  const sheet = page.getByRole('dialog', { name: 'Copy to a folder' })
  await sheet.getByRole('button', { name: 'Copy', exact: true }).click()
  await sheet.waitFor({ state: 'detached' })
}

test('copied whole, and the screen shows the report', async () => {
  const { page } = here
  const target = join(here.home, '备份 backup')
  await mkdir(target)
  await copyTo(target)
  await page.locator('[data-testid=transfer][data-state=done]').waitFor()
  assert.deepEqual(await hashes(join(target, 'Rushes 第三季度')), await hashes(folder))

  const { view } = await newest(page)
  assert.ok(view.state.kind === 'done')
  const { report } = view.state
  assert.ok(report.copies && report.syscalls && report.contextSwitches)
  const detail = page.getByTestId('detail')
  const noun = report.copies.cpu === 1 ? 'CPU copy' : 'CPU copies'
  assert.equal(
    await detail.getByTestId('copies-local').textContent(),
    `copying: ${report.copies.cpu} ${noun}`,
  )
  assert.equal(await detail.getByTestId('copies-dma').textContent(), `${report.copies.dma} DMA`)
  assert.match(
    (await detail.getByTestId('reason').textContent()) ?? '',
    RegExp(`^${report.technique}(?: because|: clone was tried first)`),
  )
  const { voluntary, involuntary } = report.contextSwitches
  assert.equal(
    await detail.getByTestId('figure-switches').textContent(),
    formatCount(voluntary + involuntary),
  )
  assert.match((await detail.getByTestId('finished').textContent()) ?? '', /^Copied.*Show in folder/)
  assert.deepEqual(here.errors, [])
})

test('a second copy keeps the first', async () => {
  const target = join(here.home, '备份 backup')
  await copyTo(target)
  await here.page.locator('[data-testid=transfer][data-state=done]').nth(1).waitFor()
  const names = await readdir(target)
  assert.equal(names.length, 2, names.join())
  for (const name of names) assert.deepEqual(await hashes(join(target, name)), await hashes(folder))
})

test('a folder is not copied into itself', async () => {
  await copyTo(join(folder, '子目录'))
  const { page } = here
  await page.locator('[data-testid=transfer][data-state=failed]').waitFor()
  const { view } = await newest(page)
  assert.equal(view.state.kind === 'failed' ? view.state.problem.code : null, 'folder-into-itself')
  assert.match((await page.getByTestId('problem').textContent()) ?? '', /outside it/)
  assert.deepEqual(await readdir(join(folder, '子目录')), ['合同（最终版）.pdf'])
})
