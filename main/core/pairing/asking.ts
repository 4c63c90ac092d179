import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Device } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Identity } from '../device/identity.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import { openControl } from '../protocol/http/client.ts'
import { NDJSON } from '../protocol/localsend/messages.ts'
import { commitmentOf, encodePairing, PAIR_PATH, type PairedKeys } from '../protocol/penstock/pairing.ts'
import { linesOf } from './lines.ts'
import type { PairingRun } from './run.ts'

/** Milliseconds for the last lines after the end. */
const LAST_LINES_MS = 2000

export interface Asking {
  readonly identity: Identity
  /** The name of this device. */
  readonly alias: string
  /** Called with the device that answered. */
  readonly proved: (identity: ProvedIdentity) => void
  readonly keys: PairedKeys
  readonly nonce: Buffer
}

/** Requests a pairing with a device and carries it to its end, on one connection. Never rejects. */
export async function askToPair(
  pairing: PairingRun,
  { host, port, fingerprint, alias: peer }: Device,
  { identity, alias, proved, keys, nonce }: Asking,
): Promise<void> {
  const control = openControl({
    ...{ host, port, protocol: 'https', expectedFingerprint: fingerprint, identity, tls13: true },
  })
  const body = new PassThrough()
  body.write(encodePairing({ kind: 'request', alias, commitment: commitmentOf(keys, nonce) }))
  pairing.attach({
    send: (line: string) => {
      if (body.writable) body.write(line)
    },
    close: () => {
      body.end()
    },
  })
  const stop = new AbortController()
  // The last lines still leave.
  const over = pairing.ended.then(() => sleep(LAST_LINES_MS, null, { ref: false }))
  void over.then(() => stop.abort(new PenstockError('cancelled-here')))
  try {
    const response = await control.request({
      ...{ method: 'POST', path: PAIR_PATH, headers: { 'content-type': NDJSON }, body },
      signal: stop.signal,
    })
    if (response.status !== 200 || response.peerIdentity === null) {
      response.body.destroy()
      throw refusalOf(response.status, peer)
    }
    proved(response.peerIdentity)
    await Promise.race([pairing.read(linesOf(response.body)), over])
  } catch (error) {
    pairing.fail(error)
  } finally {
    control.close()
  }
}

function refusalOf(status: number, peer: string): PenstockError {
  switch (status) {
    case 403:
      return new PenstockError('pairing-unattended', { peer })
    case 409:
      return new PenstockError('pairing-busy', { peer })
    case 429:
      return new PenstockError('pairing-locked', { peer })
    default:
      return new PenstockError('pairing-unsupported', { peer })
  }
}
