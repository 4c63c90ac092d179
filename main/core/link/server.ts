import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Socket } from 'node:net'
import { PenstockError } from '../../contract/errors.ts'
import type { Identity } from '../device/identity.ts'
import { Connections } from '../protocol/http/connections.ts'
import { type ListenHost, listenOn, type Listening } from '../protocol/http/listen.ts'
import { protect } from './headers.ts'

/** The port of a link, if it is free: one rule of a firewall serves every share. */
export const LINK_PORT = 53319

export interface LinkServerOptions {
  /** Its certificate; null for HTTP. */
  readonly identity: Identity | null
  readonly host: ListenHost
  /** `default` is {@link LINK_PORT}, or any free port if that is taken; 0 is any free port. */
  readonly port: number | 'default'
  /** Answers one request. An error that it throws before an answer becomes 500. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export interface LinkServer {
  readonly port: number
  /** Ends at once: a stopped link serves nothing more. */
  close(): Promise<void>
}

export const LINK_LIMITS = {
  /** A class of browsers shares one address behind a router, and a browser opens six connections. */
  connections: 1024,
  connectionsPerNetwork: 768,
  headersMs: 10_000,
  headerBytes: 16 * 1024,
  /** A paused download keeps its connection for this long. */
  idleMs: 300_000,
} as const
const KEEP_ALIVE_MS = 5000

/** Serves browsers. It asks for no client certificate, about which a browser would ask its user. */
export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const limits = {
    requestTimeout: 0,
    headersTimeout: LINK_LIMITS.headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5000,
    maxHeaderSize: LINK_LIMITS.headerBytes,
  }
  const { identity } = options
  const server: Server =
    identity === null
      ? createHttp(limits)
      : createHttps({
          key: identity.privateKeyPem,
          cert: identity.certificatePem,
          minVersion: 'TLSv1.2',
          handshakeTimeout: LINK_LIMITS.headersMs,
          ...limits,
        })
  const connections = new Connections(LINK_LIMITS)
  server.setTimeout(LINK_LIMITS.idleMs)
  server.on('connection', (socket: Socket) => connections.add(socket))
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('request', (request, response) => {
    response.once('close', connections.request(request.socket))
    protect(response)
    options.handle(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'Content-Length': 0 }).end()
    })
  })
  const listening = await listen(server, options)
  return { port: listening.port, close: () => close(server, listening, connections) }
}

async function listen(
  server: Server,
  { host, port }: Pick<LinkServerOptions, 'host' | 'port'>,
): Promise<Listening> {
  if (port !== 'default') return listenOn(server, host, port)
  try {
    return await listenOn(server, host, LINK_PORT)
  } catch (error) {
    if (!(error instanceof PenstockError) || error.code !== 'port-in-use') throw error
    return listenOn(server, host, 0)
  }
}

async function close(server: Server, listening: Listening, connections: Connections): Promise<void> {
  listening.close()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  connections.destroyAll()
  await closed
}
