import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransferReport } from '../../contract/report.ts'
import type { Penstock } from '../../core/api.ts'
import type { CompareTarget } from '../../core/compare/compare.ts'
import { startReceiver } from '../demo/child.ts'
import { reportSchema } from '../demo/report-schema.ts'
import type { SelfCommand } from '../context.ts'

/** Time that the receiver's report may take after the sender's, in milliseconds. */
const REPORT_LIMIT_MS = 5000
/** Time that the receiver has to end by itself, in milliseconds. */
const STOP_LIMIT_MS = 2000

export interface LocalTarget extends CompareTarget {
  close(): Promise<void>
}

/**
 * A receiver of its own on this machine, as a process, so that its figures are its own too. It says "done" once the bytes
 * are in the page cache: how fast a disk is would hide how they get there.
 * It admits the sender only, over loopback.
 * @param place folder for its state and for what arrives
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
