/** Asks the addon for something that needs a thread when none can be created; no-threads.test.ts runs it. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addon } from '../../../native/index.ts'
import { makeSender } from '../../native/harness.ts'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'

const [what = '', root = ''] = process.argv.slice(2)

async function isFailing(): Promise<boolean> {
  const { connection, socket } = await openLocalPair()
  const sender = makeSender()
  const staging = addon.openFolder(root)
  writeFileSync(join(root, `none-${what}`), '')
  const failed = () => true
  switch (what) {
    case 'connect':
      connection.close()
      socket.destroy()
      return addon
        .connect({ host: '127.0.0.1', port: 9, preamble: new Uint8Array(64), timeoutMs: 100 })
        .then(() => false, failed)
    case 'stream': {
      // The other end sees that the connection closes.
      const over = once(socket.resume(), 'end')
      sender.addBody(connection)
      await over
      socket.destroy()
      const end = await sender.ended
      return end.kind === 'failed' && end.code === 'internal'
    }
    case 'job':
      connection.close()
      socket.destroy()
      return addon.syncFolder(staging).then(
        () => false,
        (error: unknown) =>
          error instanceof Error && 'syscall' in error && error.syscall === 'pthread_create',
      )
    case 'copier': {
      connection.close()
      socket.destroy()
      const copier = addon.createCopier({ staging, technique: 'copyrange', fallback: [], durability: 'os' })
      const end = await copier.ended
      return end.kind === 'failed' && end.syscall === 'pthread_create'
    }
    default:
      connection.close()
      socket.destroy()
      try {
        addon.openDataPort(
          { host: '127.0.0.1', port: 0, preambleTimeoutMs: 100, maxPending: 1, maxPendingPerNetwork: 1 },
          () => undefined,
        )
        return false
      } catch {
        return true
      }
  }
}

process.stdout.write(`${what}: ${(await isFailing()) ? 'failed' : 'not failed'}\n`)
