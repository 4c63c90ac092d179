// Invariant: two ends name the same limit. A network that passes bytes slowly, or that takes long to pass them on although it
// passes many, is the limit where both ends only wait for each other; a short transfer has none. The receiver's word holds.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, test, type TestContext } from 'node:test'
import type { Limit } from '../../../main/contract/limit.ts'
import { patterned } from '../../support/files/tree.ts'
import { fronts, type Link, relay } from '../../support/network/relay.ts'
import { openPair } from '../../support/penstock/pair.ts'
import { temporaryFolder } from '../../support/files/temporary.ts'

const root = temporaryFolder('limited-by')
const pair = await openPair()
after(() => pair.close())

type Pass = (from: Socket, to: Socket) => void

/** Passes on what it reads at most at this rate, and reads no more than that. */
function slowly(bytesPerSecond: number): Pass {
  return (from, to) => {
    from.on('data', (data: Buffer) => {
      from.pause()
      to.write(data)
      void sleep((data.length * 1000) / bytesPerSecond).then(() => from.resume())
    })
    from.on('end', () => to.end())
  }
}

/** Passes everything on after this time, whatever is under way. */
function late(milliseconds: number): Pass {
  return (from, to) => {
    from.on('data', (data: Buffer) => setTimeout(() => to.write(data), milliseconds))
    from.on('end', () => setTimeout(() => to.end(), milliseconds))
  }
}

function both(pass: Pass): (link: Link) => void {
  return ({ near, dial }) => {
    const far = dial()
    pass(near, far)
    pass(far, near)
  }
}

/** What both ends name when these bytes cross such a network. */
async function limitOf(t: TestContext, handle: (link: Link) => void, bytes: number): Promise<Limit | null> {
  const source = join(root, 'file')
  await writeFile(source, patterned(bytes))
  const behind = fronts(t)
  const { sender, receiver } = await behind(await relay(t, handle), () =>
    pair.deliver([source], join(root, 'in'), { receive: { durability: 'os', onConflict: 'replace' } }),
  )
  assert.ok(sender.kind === 'done' && receiver.kind === 'done')
  assert.equal(sender.report.carrier, 'engine')
  assert.equal(sender.report.limitedBy, receiver.report.limitedBy)
  return receiver.report.limitedBy
}

test('a network that is slow', async (t) => {
  assert.equal(await limitOf(t, both(slowly(6e6)), 8e6), 'network')
})

test('a network that is fast, and so long that the window is too small for it', async (t) => {
  assert.equal(await limitOf(t, both(late(200)), 50e6), 'network')
})

test('a transfer that is over at once, and one of few bytes', async (t) => {
  assert.equal(await limitOf(t, both(late(0)), 2e6), null)
  assert.equal(await limitOf(t, both(slowly(700e3)), 900e3), null)
})
