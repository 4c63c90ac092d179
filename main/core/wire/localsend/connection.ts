import { Agent, type ClientRequestArgs } from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { PenstockError } from '../../../contract/errors.ts'
import { errnoOf } from '../../files/errno.ts'
import { fingerprintOf, type Identity } from '../../identity/identity.ts'

/** Where a control channel leads, and who has to be at its other end. */
export interface ControlTarget {
  /** Address or host name. */
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  /** What the certificate must hash to; null to take whoever answers. Plain HTTP proves nothing and is not compared. */
  readonly expectedFingerprint: string | null
  /** Shown as the client certificate. */
  readonly identity: Identity
  /** Milliseconds until a connection with its handshake has to stand. */
  readonly connectMs?: number
}

const CONNECT_MS = 5000
const PROBE_MS = 10_000
// Shorter than the time after which servers close an idle connection, so that a request rarely meets that moment.
const FREE_SOCKET_MS = 2500

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EINVAL',
  'EACCES',
  'EPERM',
])

/** Connections to one peer that are kept and used again; over TLS a connection exists only after its certificate was compared. */
export class PinnedAgent extends Agent {
  readonly #target: ControlTarget
  readonly #fingerprints = new WeakMap<Duplex, string>()

  constructor(target: ControlTarget) {
    super({ keepAlive: true, keepAliveMsecs: PROBE_MS, timeout: FREE_SOCKET_MS })
    this.#target = target
  }

  /** Fingerprint of the certificate at the other end of a connection; null over plain HTTP. */
  fingerprintOf(socket: Duplex | null): string | null {
    return socket === null ? null : (this.#fingerprints.get(socket) ?? null)
  }

  override createConnection(
    _options: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const { protocol } = this.#target
    const socket = protocol === 'https' ? this.#secure() : this.#plain()
    const { host, port } = this.#target
    let settled = false
    const finish = (error: PenstockError | null) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      if (error !== null) socket.destroy()
      done?.(error, socket)
    }
    const timer = setTimeout(
      () => finish(new PenstockError('peer-unreachable', { host, port })),
      this.#target.connectMs ?? CONNECT_MS,
    )
    // Stays for the whole life of the socket: an error between two requests must not end the process.
    socket.on('error', (error: Error) => finish(this.#connectProblem(error)))
    socket.on('close', () => finish(new PenstockError('not-a-peer', { host, port })))
    socket.on(protocol === 'https' ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay(true)
      socket.setKeepAlive(true, PROBE_MS)
      finish(protocol === 'https' ? this.#compare(socket) : null)
    })
    return undefined
  }

  #plain(): Socket {
    const { host, port } = this.#target
    return connectTcp({ host, port })
  }

  #secure(): TLSSocket {
    const { host, port, identity } = this.#target
    const socket = connectTls({
      host,
      port,
      ...(isIP(host.split('%')[0] ?? host) === 0 ? { servername: host } : {}),
      key: identity.privateKeyPem,
      cert: identity.certificatePem,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    })
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate !== undefined) this.#fingerprints.set(socket, fingerprintOf(certificate.raw))
    })
    return socket
  }

  #compare(socket: Duplex): PenstockError | null {
    const { host, expectedFingerprint } = this.#target
    const shown = this.#fingerprints.get(socket) ?? null
    if (expectedFingerprint === null && shown !== null) return null
    return shown === expectedFingerprint?.toLowerCase()
      ? null
      : new PenstockError('peer-identity-mismatch', { host })
  }

  #connectProblem(error: Error): PenstockError {
    const { host, port } = this.#target
    const errno = errnoOf(error)
    if (UNREACHABLE.has(errno))
      return new PenstockError('peer-unreachable', { host, port, errno }, { cause: error })
    return new PenstockError('not-a-peer', { host, port }, { cause: error })
  }
}
