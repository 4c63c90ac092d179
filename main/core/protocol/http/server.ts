import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import { PenstockError } from '../../../contract/errors.ts'
import type { Identity } from '../../device/identity.ts'
import { answerFor, replier } from './answers.ts'
import { Connections } from './connections.ts'
import { CONTROL_LIMITS, type ControlHandlers, type ControlLimits } from './handlers.ts'
import { limitIdle } from './idle.ts'
import { listenOn, type ListenHost, type Listening } from './listen.ts'
import { route } from './routing.ts'

export interface ControlServerOptions {
  readonly identity: Identity
  /** Addresses to listen on; the default is `any`. */
  readonly host?: ListenHost
  /** `default` is 53317, or any free port if that is taken; 0 is any free port. */
  readonly port: number | 'default'
  /**
   * Fingerprint of the only device that is served; all others are answered 403 before a body is read. Null or omitted to
   * serve all.
   */
  readonly only?: string | null
  readonly handlers: ControlHandlers
  readonly limits?: Partial<ControlLimits>
}

/** A listening control server. */
export interface ControlServer {
  readonly port: number
  /** Ends within about a second; answers in progress are still sent. */
  close(): Promise<void>
}

const CLOSE_GRACE_MS = 1000
const KEEP_ALIVE_MS = 15_000
const PROBE_MS = 10_000

/** Listens for LocalSend and Penstock devices over HTTPS. Throws `port-in-use`, `no-permission`, `io`. */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const limits = { ...CONTROL_LIMITS, ...options.limits }
  const server = createServer({
    key: options.identity.privateKeyPem,
    cert: options.identity.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headersMs,
    // A file may take hours; the idle limit of each connection applies instead.
    requestTimeout: 0,
    headersTimeout: limits.headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(limits.headersMs, 5000),
    maxHeaderSize: limits.headerBytes,
  })
  const connections = new Connections(limits)
  server.setTimeout(limits.idleMs)
  server.on('timeout', (socket: Socket) => {
    socket.destroy(new PenstockError('timed-out', { seconds: limits.idleMs / 1000 }))
  })
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.setKeepAlive(true, PROBE_MS)
  })
  server.on('secureConnection', (socket) => socket.setNoDelay(true))
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
  server.on('request', (request, response) => {
    limitIdle(request, limits.idleMs)
    const reply = replier(request, response)
    response.once('close', connections.request(request.socket))
    route(request, response, { handlers: options.handlers, only: options.only ?? null, limits }).then(
      (answer) => {
        if (answer !== null) reply(answer)
      },
      (error: unknown) => {
        reply(answerFor(error))
      },
    )
  })
  const listening = await listenOn(server, options.host ?? 'any', options.port)
  return { port: listening.port, close: () => closeServer(server, listening, connections) }
}

async function closeServer(server: Server, listening: Listening, connections: Connections): Promise<void> {
  listening.close()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => {
    connections.destroyAll()
  }, CLOSE_GRACE_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}
