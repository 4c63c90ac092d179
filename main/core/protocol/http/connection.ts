import { Agent, type ClientRequestArgs } from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { PenstockError } from '../../../contract/errors.ts'
import { errnoOf } from '../../errors/errno.ts'
import type { Identity } from '../../device/identity.ts'
import { ProvedIdentity } from '../../device/proved.ts'

/** The destination of a control channel, and the device expected there. */
export interface ControlTarget {
  /** Address or host name. */
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  /** Fingerprint that the certificate must have; null to accept any. Not checked over plain HTTP, which proves nothing. */
  readonly expectedFingerprint: string | null
  /** Presented as the client certificate. */
  readonly identity: Identity
  /** Whether TLS 1.3 is required; otherwise 1.2 is enough. */
  readonly tls13?: boolean
  /** Milliseconds for a connection with its handshake. */
  readonly connectMs?: number
}

const CONNECT_MS = 5000
const PROBE_MS = 10_000
// Shorter than the idle limit of servers, so that a request rarely meets a closing connection.
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

/** Reusable connections to one peer; a TLS connection is used only after a check of its certificate. */
export class PinnedAgent extends Agent {
  readonly #target: ControlTarget
  readonly #identities = new WeakMap<Duplex, ProvedIdentity>()
  #peer: ProvedIdentity | null = null

  constructor(target: ControlTarget) {
    super({ keepAlive: true, keepAliveMsecs: PROBE_MS, timeout: FREE_SOCKET_MS })
    this.#target = target
  }

  /** The other end of the last connection; null over plain HTTP and before there is a connection. */
  get peer(): ProvedIdentity | null {
    return this.#peer
  }

  /** The other end of a connection; null over plain HTTP. */
  identityOf(socket: Duplex | null): ProvedIdentity | null {
    return socket === null ? null : (this.#identities.get(socket) ?? null)
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
    // Stays for the lifetime of the socket: an error between two requests must not end the process.
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
    const { host, port, identity, tls13 } = this.#target
    const socket = connectTls({
      host,
      port,
      ...(isIP(host.split('%')[0] ?? host) === 0 ? { servername: host } : {}),
      key: identity.privateKeyPem,
      cert: identity.certificatePem,
      rejectUnauthorized: false,
      minVersion: tls13 === true ? 'TLSv1.3' : 'TLSv1.2',
    })
    socket.once('secureConnect', () => {
      const identity = ProvedIdentity.of(socket)
      if (identity !== null) this.#identities.set(socket, identity)
    })
    return socket
  }

  #compare(socket: Duplex): PenstockError | null {
    const { host, expectedFingerprint } = this.#target
    const shown = this.identityOf(socket)
    const expected = expectedFingerprint?.toLowerCase() ?? shown?.fingerprint
    if (shown === null || shown.fingerprint !== expected)
      return new PenstockError('peer-identity-mismatch', { host })
    this.#peer = shown
    return null
  }

  #connectProblem(error: Error): PenstockError {
    const { host, port } = this.#target
    const errno = errnoOf(error)
    if (UNREACHABLE.has(errno))
      return new PenstockError('peer-unreachable', { host, port, errno }, { cause: error })
    return new PenstockError('not-a-peer', { host, port }, { cause: error })
  }
}
