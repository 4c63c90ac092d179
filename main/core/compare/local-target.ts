import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Device } from '../../contract/device.ts'
import { type Durability, reportSchema } from '../../contract/report.ts'
import type { Penstock } from '../api.ts'
import { fileSystemOf } from '../plan/facts.ts'
import { type ChildReceiver, startReceiver, type SelfCommand } from './child-receiver.ts'
import type { CompareTarget } from './compare.ts'

/** Time from the sender's report to the receiver's, in milliseconds. */
const REPORT_LIMIT_MS = 5000
/** Time for the receiver to exit, in milliseconds. */
const STOP_LIMIT_MS = 2000

export interface LocalTarget extends CompareTarget {
  close(): Promise<void>
}

/** One receiver of a comparison. */
interface Member {
  readonly durability: Durability
  readonly dir: string
  readonly receiver: ChildReceiver
  readonly device: Device
}

type Sender = Pick<Penstock, 'fingerprint' | 'peers'>

/**
 * Starts receivers on this machine in separate processes, so that their figures are separate too, one for each durability. They
 * admit only the sender, over loopback.
 * @param place folder for their state and the received files
 */
export async function startLocalTarget(
  self: SelfCommand,
  penstock: Sender,
  place: string,
  check: boolean,
  durabilities: readonly Durability[] = ['os'],
): Promise<LocalTarget> {
  const begun = await startAll(
    durabilities.map((durability) =>
      startMember(self, penstock, join(place, `received-${durability}`), durability, check),
    ),
  )
  const memberOf = (durability: Durability | null): Member => {
    const found = begun.find((member) => durability === null || member.durability === durability)
    if (found === undefined) throw new RangeError(`no receiver of durability ${durability}`)
    return found
  }
  return {
    peer: null,
    fileSystem: fileSystemOf(place),
    deviceOf: (durability) => memberOf(durability).device,
    async report(transferId, durability) {
      const found = await memberOf(durability).receiver.line(
        (line) => line.event === 'report' && line['transferId'] === transferId,
        REPORT_LIMIT_MS,
      )
      const parsed = reportSchema.safeParse(found)
      return parsed.success ? parsed.data : null
    },
    async clear() {
      for (const { dir } of begun)
        for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true })
    },
    close: () => stopAll(begun),
  }
}

async function stopAll(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map(({ receiver }) => receiver.stop(STOP_LIMIT_MS)))
}

/** All of them, or none. */
async function startAll(starting: readonly Promise<Member>[]): Promise<Member[]> {
  try {
    return await Promise.all(starting)
  } catch (error) {
    const settled = await Promise.allSettled(starting)
    await stopAll(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    throw error
  }
}

async function startMember(
  self: SelfCommand,
  penstock: Sender,
  dir: string,
  durability: Durability,
  check: boolean,
): Promise<Member> {
  await mkdir(dir)
  const receiver = await startReceiver(self, penstock.fingerprint, [
    ...['--durability', durability, '--check', check ? 'on' : 'off', '--alias', 'Penstock'],
    ...['--dir', dir, '--state', `${dir}-state`],
  ])
  try {
    const device = await penstock.peers.probe('127.0.0.1', receiver.port)
    return { durability, dir, receiver, device }
  } catch (error) {
    await receiver.stop(STOP_LIMIT_MS)
    throw error
  }
}
