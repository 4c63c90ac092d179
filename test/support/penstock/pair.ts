import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Penstock, ReceiveOptions, SendOptions, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions, sendOptions } from './options.ts'

/** How one transfer ended. */
export interface Ends {
  readonly sender: TerminalState
  /** The sender's end if no offer arrived. */
  readonly receiver: TerminalState
  /** The sender's title of it. */
  readonly title: string
}

/** Two Penstocks of this process. */
export interface Pair {
  readonly sender: Penstock
  readonly receiver: Penstock
  /** Sends these paths to a receiver into `dir` that accepts everything. */
  deliver(
    paths: readonly string[],
    dir: string,
    options?: { readonly send?: Partial<SendOptions>; readonly receive?: Partial<ReceiveOptions> },
  ): Promise<Ends>
  close(): Promise<void>
}

/** Opens two Penstocks over states of their own. */
export async function openPair(): Promise<Pair> {
  const root = await mkdtemp(join(tmpdir(), 'penstock-pair-'))
  const sender = await openPenstock({ stateDir: join(root, 'sender'), alias: 'sender' })
  const receiver = await openPenstock({ stateDir: join(root, 'receiver'), alias: 'receiver' })
  return {
    sender,
    receiver,
    async deliver(paths, dir, { send = {}, receive = {} } = {}) {
      const receiving = await receiver.receive(receiveOptions(dir, { durability: 'commit', ...receive }))
      const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
      try {
        const transfer = sender.send(
          sendOptions(paths, await sender.peers.probe('127.0.0.1', receiving.port), send),
        )
        const ended = await transfer.ended
        // A receiver lists its transfer before it answers the offer.
        const incoming = await Promise.race([arrived, setImmediate(null)])
        return {
          sender: ended,
          receiver: incoming ? await incoming.ended : ended,
          title: transfer.view().title,
        }
      } finally {
        await receiving.close()
      }
    },
    async close() {
      await sender.close()
      await receiver.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
