// Invariant: if the receiver's disk fails the close of a file, both reports list that file with the disk's reason, the rest is
// delivered, and no part of the file remains under its name.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { mountFaultFs } from '../../support/files/faultfs/index.ts'
import { describeMounted } from '../../support/files/loop.ts'
import { receiveDefaults } from '../../support/scripted/receiving.ts'

const mounted = await mountFaultFs()

function skippedIn(state: TerminalState): unknown {
  assert.equal(state.kind, 'done', JSON.stringify(state))
  return state.report.notDelivered.map(({ path, reason }) => [path, reason.code]).sort()
}

describeMounted(
  'reports of a close that fails',
  () => mounted,
  (disk) => {
    const NAMES = ['a.txt', 'lost.bin', 'z.txt']

    for (const security of ['clear', 'encrypted'] as const)
      for (const onConflict of ['keep-both', 'replace'] as const)
        test(`${security}, ${onConflict}`, async (t) => {
          const root = await mkdtemp(join(tmpdir(), 'penstock-close-reports-'))
          const dir = await mkdtemp(join(disk.path, 'target-'))
          const source = join(root, 'photos')
          await mkdir(source)
          for (const name of NAMES) await writeFile(join(source, name), Buffer.alloc(100_000, name))
          const receiver = await openPenstock({ stateDir: join(root, 'state-r'), alias: 'receiver' })
          const sender = await openPenstock({ stateDir: join(root, 'state-s'), alias: 'sender' })
          t.after(async () => {
            await Promise.all([sender.close(), receiver.close()])
            await disk.clear()
            await rm(root, { recursive: true })
          })
          const receiving = await receiver.receive({ ...receiveDefaults(dir), dataPort: 'next', onConflict })
          const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
          // By its own name if the folder is new, else by its number in staging.
          for (const names of ['*/lost.bin', '*/2']) await disk.fail('flush', 'ENOSPC', { names })
          if (onConflict === 'replace') await mkdir(join(dir, 'photos'))
          const sent = sender.send({
            ...{ technique: 'auto', streams: 'auto', bufferBytes: 65_536, check: true, pin: null },
            ...{ security, paths: [source], to: await sender.peers.probe('127.0.0.1', receiving.port) },
          })
          const ends = [await sent.ended, await (await arrived).ended]
          for (const end of ends) assert.deepEqual(skippedIn(end), [['photos/lost.bin', 'disk-full']])
          assert.deepEqual((await readdir(join(dir, 'photos'))).sort(), ['a.txt', 'z.txt'])
          for (const name of ['a.txt', 'z.txt'])
            assert.ok((await readFile(join(dir, 'photos', name))).equals(Buffer.alloc(100_000, name)))
        })
  },
)
