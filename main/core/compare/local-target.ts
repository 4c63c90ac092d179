import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reportSchema, type TransferReport } from '../../contract/report.ts'
import type { Penstock } from '../api.ts'
import { startReceiver, type SelfCommand } from './child-receiver.ts'
import type { CompareTarget } from './compare.ts'

/** Time from the sender's report to the receiver's, in milliseconds. */
const REPORT_LIMIT_MS = 5000
/** Time for the receiver to exit, in milliseconds. */
const STOP_LIMIT_MS = 2000

export interface LocalTarget extends CompareTarget {
  close(): Promise<void>
}

/**
 * Starts a receiver on this machine in a separate process, so that its figures are separate too. It reports "done" once the
 * bytes are in the page cache, because the speed of a disk would hide the technique's own. It admits only the sender, over
 * loopback.
 * @param place folder for its state and the received files
 */
export async function startLocalTarget(
  self: SelfCommand,
  penstock: Pick<Penstock, 'fingerprint' | 'peers'>,
  place: string,
  check: boolean,
): Promise<LocalTarget> {
  const dir = join(place, 'received')
  await mkdir(dir)
  const receiver = await startReceiver(self, penstock.fingerprint, [
    ...['--durability', 'os', '--check', check ? 'on' : 'off', '--alias', 'Penstock'],
    ...['--dir', dir, '--state', join(place, 'receiver-state')],
  ])
  const device = await penstock.peers.probe('127.0.0.1', receiver.port)
  return {
    device,
    peer: null,
    async report(transferId): Promise<TransferReport | null> {
      const found = await receiver.line(
        (line) => line.event === 'report' && line['transferId'] === transferId,
        REPORT_LIMIT_MS,
      )
      const parsed = reportSchema.safeParse(found)
      return parsed.success ? parsed.data : null
    },
    async clear() {
      for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true })
    },
    close: () => receiver.stop(STOP_LIMIT_MS),
  }
}
