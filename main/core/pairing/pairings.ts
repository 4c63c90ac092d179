import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Device } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Identity } from '../device/identity.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { Appearance, Trust } from '../device/trust.ts'
import type { TrustedDevices } from '../device/trusted-devices.ts'
import { refusal, type Answer } from '../protocol/http/answers.ts'
import { bodyOf } from '../protocol/http/bodies.ts'
import type { RequestContext } from '../protocol/http/handlers.ts'
import { networkOf } from '../protocol/http/network.ts'
import { NDJSON } from '../protocol/localsend/messages.ts'
import { decodePairing, PAIRING_LIMITS, type PairedKeys } from '../protocol/penstock/pairing.ts'
import { askToPair } from './asking.ts'
import { ATTEMPT_LIMITS, Attempts } from './attempts.ts'
import { linesOf } from './lines.ts'
import { type Pairing, PAIRING_MS, PairingRun, type RunOptions } from './run.ts'

/** Milliseconds for the first line of a request, and for the last ones after the end. */
export const FIRST_LINE_MS = 10_000
const LAST_LINES_MS = 2000

export interface PairingsHost {
  readonly identity: Identity
  readonly alias: () => string
  readonly trust: Trust
  readonly devices: TrustedDevices
  readonly limitMs?: number
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number
}

/** The pairings of this device: one runs at a time, and requests of other devices wait to be opened. */
export class Pairings {
  readonly #host: PairingsHost
  readonly #attempts: Attempts
  readonly #listeners = new Set<(pairing: Pairing) => void>()
  /** Networks with a request that waits, or is being read. */
  readonly #waiting = new Map<string, PairingRun | null>()
  #running: PairingRun | null = null

  constructor(host: PairingsHost) {
    this.#host = host
    this.#attempts = new Attempts(host.now)
  }

  /** Called for each request of another device. Without a listener they are refused. Returns a function that removes it. */
  onRequest(listener: (pairing: Pairing) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Requests a pairing with a device. Throws `pairing-unsupported`, `pairing-busy`, `pairing-locked`. */
  start(device: Device): Pairing {
    const { alias, host, port, fingerprint, namesake, protocol, penstock } = device
    if (protocol !== 'https' || penstock === null)
      throw new PenstockError('pairing-unsupported', { peer: alias })
    this.#assertFree()
    const { identity } = this.#host
    const secret = { keys: { asking: identity.fingerprint, asked: fingerprint }, nonce: newNonce() }
    const peer = { alias, fingerprint, host, namesake }
    const run = this.#run(
      { asked: false, peer, first: { kind: 'committed', ...secret } },
      { alias, host, port },
    )
    this.#running = run.pairing
    void askToPair(run.pairing, device, {
      ...{ identity, ...secret },
      alias: this.#host.alias(),
      proved: run.proved,
    })
    return run.pairing
  }

  /** Serves the request of another device, for which it owns the response. Never rejects. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<Answer | null> {
    const { identity, address } = context.peer
    const { socket } = request
    const isMutual = socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.3'
    if (identity === null || !isMutual || identity.fingerprint === this.#host.identity.fingerprint)
      return refusal(403, 'pairing needs TLS 1.3 with a certificate of each side')
    if (this.#listeners.size === 0) return refusal(403, 'nothing here shows the request')
    const network = networkOf(address)
    if (this.#waiting.has(network) || this.#waiting.size >= ATTEMPT_LIMITS.waiting)
      return refusal(409, 'another request waits')
    this.#waiting.set(network, null)
    try {
      this.#attempts.assertOpen(network)
      await this.#take(request, response, { identity, address, network })
      return null
    } catch (error) {
      const isLocked = error instanceof PenstockError && error.code === 'pairing-locked'
      return isLocked ? refusal(429, 'pairing is locked') : refusal(400, 'not a request')
    } finally {
      this.#waiting.delete(network)
    }
  }

  /** Ends all of them. */
  close(): void {
    this.#running?.decline()
    for (const run of this.#waiting.values()) run?.decline()
  }

  /** Throws if the request cannot be read; afterwards it owns the response. */
  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    { identity, address, network }: { identity: ProvedIdentity; address: string; network: string },
  ): Promise<void> {
    const lines = linesOf(bodyOf(request))
    const slow = setTimeout(() => request.socket.destroy(), FIRST_LINE_MS)
    const { value: line } = await lines.next().finally(() => clearTimeout(slow))
    const message = line === undefined ? null : decodePairing(line)
    if (message?.kind !== 'request') throw new PenstockError('protocol', { detail: 'pairing' })
    const { trust, identity: own } = this.#host
    const { fingerprint } = identity
    const appearance = { alias: message.alias, host: address, port: null }
    const { alias, namesake } = trust.recognise(identity, appearance)
    const keys: PairedKeys = { asking: fingerprint, asked: own.fingerprint }
    const peer = { alias, fingerprint, host: address, namesake }
    const { commitment } = message
    const first = { kind: 'requested', keys, nonce: newNonce(), commitment } as const
    const { pairing, proved } = this.#run({ asked: true, peer, first }, appearance)
    proved(identity)
    this.#waiting.set(network, pairing)
    void pairing.ended.then(() => {
      if (!pairing.isExposed) this.#attempts.unopened(network)
    })
    response.writeHead(200, { 'content-type': NDJSON })
    response.flushHeaders()
    pairing.attach({
      send: (line) => {
        if (response.writable) response.write(line)
      },
      close: () => {
        response.end()
      },
    })
    const reading = pairing.read(lines)
    for (const listener of [...this.#listeners]) listener(pairing)
    await pairing.ended
    await Promise.race([reading, sleep(LAST_LINES_MS, null, { ref: false })])
    request.destroy()
  }

  #assertFree(): void {
    if (this.#running !== null) throw new PenstockError('pairing-busy')
    this.#attempts.assertOpen(null)
  }

  #run(
    options: Pick<RunOptions, 'asked' | 'peer' | 'first'>,
    appearance: Appearance,
  ): { readonly pairing: PairingRun; readonly proved: (identity: ProvedIdentity) => void } {
    const { devices, trust, limitMs } = this.#host
    let identity: ProvedIdentity | null = null
    const pairing: PairingRun = new PairingRun({
      ...options,
      limitMs: limitMs ?? PAIRING_MS,
      opening: () => {
        this.#assertFree()
        this.#running = pairing
        for (const [network, waiting] of this.#waiting) if (waiting === pairing) this.#waiting.delete(network)
      },
      store: async () => {
        if (identity === null) throw new PenstockError('pairing-broken')
        await devices.trust(identity.fingerprint, appearance.alias)
        await trust.seen(identity, appearance)
      },
    })
    void pairing.ended.then(() => {
      if (this.#running !== pairing) return
      this.#running = null
      if (pairing.isTried) this.#attempts.failed()
    })
    return { pairing, proved: (proved) => (identity = proved) }
  }
}

function newNonce(): Buffer {
  return randomBytes(PAIRING_LIMITS.nonceBytes)
}
