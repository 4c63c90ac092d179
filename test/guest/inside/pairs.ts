import { Transform } from 'node:stream'
import type { TestContext } from 'node:test'
import type { EngineTechnique, SealingOptions } from '../../../native/index.ts'
import type { TransferOptions } from '../../native/harness.ts'
import { relay } from '../../support/network/relay.ts'

export interface Pair {
  readonly send: EngineTechnique
  readonly receive: EngineTechnique
}

/** The kernel or user space at either end. */
export const PAIRS: readonly Pair[] = (['ktls', 'seal'] as const).flatMap((send) =>
  (['ktls', 'unseal'] as const).map((receive) => ({ send, receive })),
)

/** More than the group of checks runs by itself, by a variable of the guest. */
export const ROUNDS = Number(process.env['PENSTOCK_GUEST_ROUNDS'] ?? 1)

/** The transport that carries a technique. */
export function sealingOf(technique: EngineTechnique, recordLimit = 2 ** 23): SealingOptions {
  return { transport: technique === 'ktls' ? 'kernel-tls' : 'sealed', recordLimit }
}

export function optionsOf({ send, receive }: Pair): TransferOptions {
  return { send, receive, check: false, sealing: sealingOf(send), receiverSealing: sealingOf(receive) }
}

export function nameOf({ send, receive }: Pair, what: string): string {
  return `${send} to ${receive}: ${what}`
}

/** What happens to bytes of a sender: `at` is where they begin in the stream, `index` counts the connections. Null ends it. */
export type Change = (bytes: Buffer, at: number, index: number) => Buffer | null

/** Puts a relay in front of the receiver's port. What the receiver sends passes as it is. */
export async function relayed(t: TestContext, change: Change): Promise<(port: number) => Promise<number>> {
  const front = await relay(t, ({ near, dial, index }) => {
    const far = dial()
    let at = 0
    const passage = new Transform({
      transform(bytes: Buffer, _encoding, done) {
        const passed = change(bytes, at, index)
        at += bytes.length
        if (passed !== null) this.push(passed)
        else {
          // The receiver reads the end of the stream, and the sender cannot write.
          this.end()
          near.destroy()
        }
        done()
      },
    })
    passage.on('error', () => undefined)
    near.pipe(passage).pipe(far).pipe(near)
    far.on('close', () => near.destroy())
  })
  return (port) => {
    front.behind(port)
    return Promise.resolve(front.port)
  }
}
