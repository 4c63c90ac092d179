// Invariant: however the system's clock is set during a transfer, even a cancelled one, no duration is negative or far from
// the truth.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import type { Transfer } from '../../../main/core/api.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'

const HOUR_MS = 3_600_000

let root = ''
let pair: Pair
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-clock-'))
  await writeFile(join(root, 'a'), Buffer.alloc(1024 * 1024, 1))
  pair = await openPair()
})
after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

/** Sets the clock by this much each time it is read. */
function setClock(t: TestContext, byMs: number): void {
  const real = Date.now
  let offset = 0
  t.mock.method(Date, 'now', () => real.call(Date) + (offset += byMs))
}

for (const [word, byMs] of [
  ['back', -HOUR_MS],
  ['forward', HOUR_MS],
] as const) {
  test(`the clock is set ${word} during a transfer and a copy`, async (t) => {
    setClock(t, byMs)
    const began = performance.now()
    const { sender, receiver } = await pair.deliver([join(root, 'a')], join(root, `in-${word}`))
    const copy = await pair.sender.copy({
      paths: [join(root, 'a')],
      dir: join(root, `copy-${word}`),
      technique: 'auto',
      durability: 'os',
      onConflict: 'keep-both',
    }).ended
    const most = (performance.now() - began) / 1000
    for (const end of [sender, receiver, copy]) {
      assert.ok(end.kind === 'done', JSON.stringify(end))
      assert.ok(end.report.seconds > 0 && end.report.seconds <= most, String(end.report.seconds))
    }
  })
}

test('a transfer that was cancelled while bytes moved has a duration in the history', async () => {
  const cancelled = new Promise<Transfer>((resolve) => {
    const send = pair.sender.send.bind(pair.sender)
    pair.sender.send = (options) => {
      const transfer = send(options)
      transfer.onChange(() => {
        if (transfer.view().state.kind === 'running') transfer.cancel()
      })
      resolve(transfer)
      return transfer
    }
  })
  const { sender } = await pair.deliver([join(root, 'a')], join(root, 'in-cancelled'))
  const { id } = await cancelled
  assert.equal(sender.kind, 'cancelled')
  const entry = (await pair.sender.history(10)).find(({ transferId }) => transferId === id)
  assert.ok(entry)
  assert.ok(entry.seconds > 0 && entry.seconds < 60, String(entry.seconds))
})
