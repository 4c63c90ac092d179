// Invariant: a receiver that a command starts for itself accepts files only from that command's sender over loopback.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startLocalTarget } from '../../../main/core/compare/local-target.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { commandOf } from '../../support/processes/process.ts'

const [file = '', ...args] = commandOf([])
const SELF = { file, args }

test('the receiver of a comparison admits its own sender and no one else', { timeout: 60_000 }, async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'penstock-target-'))
  const sender = await openPenstock({ stateDir: join(place, 'sender'), alias: 'sender' })
  const other = await openPenstock({ stateDir: join(place, 'other'), alias: 'other' })
  const target = await startLocalTarget(SELF, sender, place, false)
  // In this order: what still writes must end before its folder is removed.
  t.after(async () => {
    await Promise.all([target.close(), sender.close(), other.close()])
    await rm(place, { recursive: true, force: true })
  })
  const device = target.deviceOf(null)
  const file = join(place, 'file')
  await writeFile(file, 'content')
  const sent = async (from: typeof sender) => {
    const transfer = from.send({
      ...{ paths: [file], to: device, security: 'clear', technique: 'auto', streams: 'auto' },
      ...{ bufferBytes: 65_536, check: true, pin: null },
    })
    return (await transfer.ended).kind
  }
  assert.equal(await sent(other), 'refused')
  assert.equal(await sent(sender), 'done')
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of outside) {
    const socket = connect({ host: address, port: device.port })
    await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' }, address)
    socket.destroy()
  }
})
