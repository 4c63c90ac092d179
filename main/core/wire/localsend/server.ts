import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PenstockError } from '../../../contract/errors.ts'
import type { Identity } from '../../identity/identity.ts'
import { ProvedIdentity } from '../../identity/proved.ts'
import { plainAddress } from './address.ts'
import { answerFor, refusal, replier, type Answer } from './answers.ts'
import { listenOn, type ListenHost, type Listening } from './listen.ts'
import {
  API_PREFIX,
  NDJSON,
  parseMessage,
  registrationSchema,
  STREAM_PATH,
  TECHNIQUE_PATH,
  uploadOfferSchema,
  type Registration,
  type UploadOffer,
} from './messages.ts'

/** Who sent a request. */
export interface RequestPeer {
  /** Address without an IPv4-in-IPv6 prefix. */
  readonly address: string
  /** By the client certificate; null where the client showed none. */
  readonly identity: ProvedIdentity | null
}

export interface RequestContext {
  readonly peer: RequestPeer
  readonly query: URLSearchParams
  /** Aborts when the connection closes before the answer has left; its reason is `peer-gone` or `timed-out`. */
  readonly signal: AbortSignal
}

/** What a control server does. A part that is left out is answered 403 for offers and 404 for the rest. */
export interface ControlHandlers {
  /** The answer of `info` and of `register`. */
  info(): object
  /** A device that has said who and where it is. */
  register(registration: Registration, context: RequestContext): void
  prepareUpload?(offer: UploadOffer, context: RequestContext): Promise<Answer>
  /** The request's body is the file's content; it must be read or left, never buffered. */
  upload?(request: IncomingMessage, context: RequestContext): Promise<Answer>
  cancel?(context: RequestContext): Promise<Answer>
  /** A `prepare-upload` of another Penstock: the body is NDJSON, the handler owns the response. No idle limit holds once the body has been read. */
  penstockOffer?(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>
  /** What carries the bytes at the sender's end, as JSON; the answer says the same of this end. */
  penstockTechnique?(text: string, context: RequestContext): Answer
  /** Frames both ways; the handler owns the response. */
  penstockStream?(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>
}

export interface ControlLimits {
  /** Milliseconds without a byte in either direction after which a connection ends. */
  readonly idleMs: number
  /** Milliseconds for a TLS handshake, and for the headers of a request. */
  readonly headersMs: number
  /** Milliseconds for the whole of a JSON body. */
  readonly jsonMs: number
  /** Bytes of a JSON body: of an offer, and of any other. */
  readonly offerBytes: number
  readonly jsonBytes: number
  readonly connections: number
}

export const CONTROL_LIMITS: ControlLimits = {
  idleMs: 30_000,
  headersMs: 10_000,
  jsonMs: 60_000,
  offerBytes: 8 * 1024 * 1024,
  jsonBytes: 64 * 1024,
  connections: 512,
}

export interface ControlServerOptions {
  readonly identity: Identity
  /** Addresses to listen on; `any` where it is left out. */
  readonly host?: ListenHost
  /** `default` is 53317, or any free one where that is taken; 0 is any free one. */
  readonly port: number | 'default'
  /** Fingerprint of the one device that is served; all others are answered 403 before a body is read. Null or left out: everyone. */
  readonly only?: string | null
  readonly handlers: ControlHandlers
  readonly limits?: Partial<ControlLimits>
}

/** A control server that listens. */
export interface ControlServer {
  readonly port: number
  /** Ends within about a second: answers that are on their way are still sent. */
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
    // A whole file may take hours; the idle limit of each connection stands in its place.
    requestTimeout: 0,
    headersTimeout: limits.headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(limits.headersMs, 5000),
  })
  const sockets = new Set<Socket>()
  server.maxConnections = limits.connections
  server.setTimeout(limits.idleMs)
  server.on('timeout', (socket: Socket) => {
    socket.destroy(new PenstockError('timed-out', { seconds: limits.idleMs / 1000 }))
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
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
    const reply = replier(request, response)
    route(request, response, { ...options, limits }).then(
      (answer) => {
        if (answer !== null) reply(answer)
      },
      (error: unknown) => {
        reply(answerFor(error))
      },
    )
  })
  const listening = await listenOn(server, options.host ?? 'any', options.port)
  return { port: listening.port, close: () => closeServer(server, listening, sockets) }
}

async function closeServer(
  server: Server,
  listening: Listening,
  sockets: ReadonlySet<Socket>,
): Promise<void> {
  listening.close()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, CLOSE_GRACE_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}

function peerOf(request: IncomingMessage): RequestPeer {
  const { socket } = request
  return {
    address: plainAddress(socket.remoteAddress ?? ''),
    identity: ProvedIdentity.of(socket),
  }
}

function signalOf(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.on('close', () => {
    if (response.writableFinished) return
    const { errored } = request.socket
    controller.abort(errored instanceof PenstockError ? errored : new PenstockError('peer-gone'))
  })
  return controller.signal
}

function parseUrl(text: string | undefined): URL | null {
  if (text === undefined || !text.startsWith('/')) return null
  try {
    return new URL(`http://localhost${text}`)
  } catch {
    return null
  }
}

type ServedOptions = Pick<ControlServerOptions, 'handlers' | 'only'> & { readonly limits: ControlLimits }

/** The answer to a request; null where its handler has the response. */
async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { handlers, limits, only = null }: ServedOptions,
): Promise<Answer | null> {
  const peer = peerOf(request)
  if (only !== null && peer.identity?.fingerprint !== only) return refusal(403, 'not for this device')
  const url = parseUrl(request.url)
  if (url === null) return refusal(400, 'bad request target')
  const method = ROUTES.get(url.pathname)
  if (method === undefined) return refusal(404, 'not found')
  if (request.method !== method) {
    response.setHeader('Allow', method)
    return refusal(405, `use ${method}`)
  }
  const context = { peer, query: url.searchParams, signal: signalOf(request, response) }
  switch (url.pathname) {
    case `${API_PREFIX}/info`:
      return { status: 200, body: handlers.info() }
    case `${API_PREFIX}/register`: {
      const text = await readText(request, limits.jsonBytes, limits.jsonMs)
      handlers.register(parseMessage(registrationSchema, text, 'register'), context)
      return { status: 200, body: handlers.info() }
    }
    case `${API_PREFIX}/prepare-upload`:
      return offer(request, response, handlers, limits, context)
    case `${API_PREFIX}/upload`:
      if (handlers.upload === undefined) return refusal(404, 'not receiving')
      // The answer to the last file waits until all is on disk, which may take longer than a peer may be silent.
      request.once('end', () => request.socket.setTimeout(0))
      return handlers.upload(request, context)
    case `${API_PREFIX}/cancel`:
      if (handlers.cancel === undefined) return refusal(404, 'not receiving')
      request.resume()
      return handlers.cancel(context)
    case TECHNIQUE_PATH:
      if (handlers.penstockTechnique === undefined) return refusal(404, 'not receiving')
      return handlers.penstockTechnique(await readText(request, limits.jsonBytes, limits.jsonMs), context)
    default:
      if (handlers.penstockStream === undefined) return refusal(404, 'not receiving')
      await handlers.penstockStream(request, response, context)
      return null
  }
}

const ROUTES: ReadonlyMap<string, string> = new Map([
  [`${API_PREFIX}/info`, 'GET'],
  [`${API_PREFIX}/register`, 'POST'],
  [`${API_PREFIX}/prepare-upload`, 'POST'],
  [`${API_PREFIX}/upload`, 'POST'],
  [`${API_PREFIX}/cancel`, 'POST'],
  [STREAM_PATH, 'POST'],
  [TECHNIQUE_PATH, 'POST'],
])

async function offer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
  limits: ControlLimits,
  context: RequestContext,
): Promise<Answer | null> {
  // Nothing moves while a person thinks; TCP's own probes still find out when the other side has gone.
  request.once('end', () => request.socket.setTimeout(0))
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === NDJSON) {
    if (handlers.penstockOffer === undefined) return refusal(403, 'not receiving')
    await handlers.penstockOffer(request, response, context)
    return null
  }
  const text = await readText(request, limits.offerBytes, limits.jsonMs)
  const message = parseMessage(uploadOfferSchema, text, 'prepare-upload')
  if (handlers.prepareUpload === undefined) return refusal(403, 'not receiving')
  return handlers.prepareUpload(message, context)
}

/** The whole of a body as text; throws `protocol` when it is too large, too slow or broken off. */
async function readText(request: IncomingMessage, maxBytes: number, maxMs: number): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw new PenstockError('protocol', { detail: `body over ${maxBytes} bytes` })
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(
    () => request.socket.destroy(new PenstockError('timed-out', { seconds: maxMs / 1000 })),
    maxMs,
  )
  try {
    // The stream must outlive a body that is too large, because the answer goes out on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece: unknown = chunk
      if (!(piece instanceof Buffer)) throw new Error('Expected a buffer')
      bytes += piece.length
      if (bytes > maxBytes) throw new PenstockError('protocol', { detail: `body over ${maxBytes} bytes` })
      chunks.push(piece)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
