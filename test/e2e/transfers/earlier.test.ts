// Invariant: after a restart the list shows earlier transfers with their ends, and opens their files.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { drop, makeFolder, meet, portOf, rowOf, type Running, start } from '../support/harness.ts'

let sender: Running
let receiver: Running

before(async () => {
  ;[sender, receiver] = await Promise.all([start({ alias: 'Studio' }), start({ alias: '会议室' })])
  await meet(sender.page, await portOf(receiver.page))
})

after(async () => {
  await Promise.all([sender.close(), receiver.close()])
})

test('after a restart both windows list what was', async () => {
  for (const [name, answer, end] of [
    ['样片 Rushes', 'Accept', 'done'],
    ['unwanted', 'Decline', 'refused'],
  ] as const) {
    await drop(sender.page, await rowOf(receiver), [
      await makeFolder(sender.home, name, { 'a.bin': Buffer.alloc(70_000, 1) }),
    ])
    await receiver.page.getByRole('button', { name: answer, exact: true }).click()
    for (const { page } of [sender, receiver]) {
      await page.locator(`[data-testid=transfer][data-state=${end}]:has-text("${name}")`).waitFor()
    }
  }
  await Promise.all([sender.leave(), receiver.leave()])
  ;[sender, receiver] = await Promise.all([
    start({ alias: 'Studio', home: sender.home }),
    start({ alias: '会议室', home: receiver.home }),
  ])

  const sent = sender.page.getByTestId('earlier')
  await sent.first().waitFor()
  assert.equal(await sent.count(), 2)
  assert.equal(await sender.page.getByRole('heading', { name: 'Earlier' }).count(), 1)
  assert.match((await sent.first().textContent()) ?? '', /unwanted.*declined/)
  assert.match((await sent.last().textContent()) ?? '', /样片 Rushes.*Delivered to 会议室.*70.0\skB/)
  // The sender's files are on the other machine.
  assert.equal(await sent.last().getByRole('button').count(), 0)

  const got = receiver.page.locator('[data-testid=earlier][data-outcome=done]')
  assert.match((await got.textContent()) ?? '', /样片 Rushes.*Received from Studio/)
  await receiver.app.evaluate(({ shell }) => {
    shell.showItemInFolder = (path) => {
      Reflect.set(globalThis, '__shown', path)
    }
  })
  await got.getByRole('button', { name: 'Show in folder' }).click()
  await receiver.page.waitForTimeout(200)
  const shown = await receiver.app.evaluate((): unknown => Reflect.get(globalThis, '__shown'))
  assert.equal(shown, join(receiver.received, '样片 Rushes'))
  assert.deepEqual([...sender.errors, ...receiver.errors], [])
})
