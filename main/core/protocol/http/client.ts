import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http'
import { Readable } from 'node:stream'
import { PenstockError } from '../../../contract/errors.ts'
import type { ProvedIdentity } from '../../device/proved.ts'
import { PinnedAgent, type ControlTarget } from './connection.ts'

export type { ControlTarget } from './connection.ts'

export interface ControlRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent with its length if it is a buffer or `headers` has `content-length`, else in chunks. */
  readonly body?: Uint8Array | Readable | AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /**
   * Whether the other side may receive it twice. A kept connection can close while a request is sent, and it is unknown
   * whether the request was read. A GET is always repeatable; a POST that prompts a user or adds something is not.
   */
  readonly repeatable?: boolean
  /**
   * Milliseconds without a byte in either direction after which the request ends with `timed-out`; 0 for no limit. The
   * default is 30 s.
   */
  readonly idleMs?: number
}

export interface ControlResponse {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Must be read or destroyed, to free the connection. */
  readonly body: Readable
  /** The device that answered; null over plain HTTP. */
  readonly peerIdentity: ProvedIdentity | null
}

/** The control channel to one device; concurrent requests use separate connections. */
export interface ControlClient {
  readonly target: ControlTarget
  /** The device that last answered; null over plain HTTP and before the first connection. */
  readonly peer: ProvedIdentity | null
  /**
   * Resolves with the headers of the answer, which may arrive while the body is still being sent. Throws `peer-unreachable`,
   * `peer-identity-mismatch` (nothing was sent), `not-a-peer`, `peer-gone`, `timed-out`, `protocol`, `cancelled-here`.
   */
  request(request: ControlRequest): Promise<ControlResponse>
  /** Ends every connection. */
  close(): void
}

export const IDLE_MS = 30_000
/** Most 1xx answers to one request; each counts as activity. */
const MAX_INFORMATIONAL = 16

export function openControl(target: ControlTarget): ControlClient {
  const agent = new PinnedAgent(target)
  return {
    target,
    get peer() {
      return agent.peer
    },
    request: (request) => send(target, agent, request, true),
    close: () => agent.destroy(),
  }
}

function problemOf(error: unknown, signal: AbortSignal | undefined): PenstockError {
  if (error instanceof PenstockError) return error
  if (signal?.aborted === true) {
    const reason: unknown = signal.reason
    return reason instanceof PenstockError ? reason : new PenstockError('cancelled-here')
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('HPE_')) return new PenstockError('protocol', { detail: code }, { cause: error })
  return new PenstockError('peer-gone', {}, { cause: error })
}

function headersOf({
  target,
  request,
}: {
  target: ControlTarget
  request: ControlRequest
}): OutgoingHttpHeaders {
  const { body, headers } = request
  const { host, port } = target
  // The scope of a link-local address has no meaning for the other side and is not allowed in a Host header.
  const name = host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host
  const length = body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}
  const none = body === undefined && request.method === 'POST' ? { 'content-length': '0' } : {}
  return { host: `${name}:${port}`, accept: '*/*', ...length, ...none, ...headers }
}

function send(
  target: ControlTarget,
  agent: PinnedAgent,
  request: ControlRequest,
  mayRepeat: boolean,
): Promise<ControlResponse> {
  const { signal } = request
  const idleMs = request.idleMs ?? IDLE_MS
  const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(problemOf(null, signal))
    const outgoing = httpRequest({
      agent,
      method: request.method,
      path: `${request.path}${query}`,
      headers: headersOf({ target, request }),
    })
    const stopSource = feed(outgoing, request.body)
    const abort = () => outgoing.destroy(problemOf(null, signal))
    signal?.addEventListener('abort', abort, { once: true })
    const clean = () => signal?.removeEventListener('abort', abort)
    outgoing.setTimeout(idleMs, () =>
      outgoing.destroy(new PenstockError('timed-out', { seconds: idleMs / 1000 })),
    )
    outgoing.on('error', (error) => {
      clean()
      const repeat = mayRepeat && outgoing.reusedSocket && isRepeatable(request) && signal?.aborted !== true
      if (repeat && !(error instanceof PenstockError)) {
        send(target, agent, request, false).then(resolve, reject)
        return
      }
      stopSource()
      reject(problemOf(error, signal))
    })
    outgoing.on('upgrade', (_response, socket) => {
      clean()
      stopSource()
      socket.destroy()
      reject(new PenstockError('protocol', { detail: 'status 101' }))
    })
    let informational = 0
    outgoing.on('information', () => {
      informational += 1
      if (informational > MAX_INFORMATIONAL)
        outgoing.destroy(new PenstockError('protocol', { detail: 'endless informational answers' }))
    })
    outgoing.on('response', (response) => {
      response.once('close', clean)
      const status = response.statusCode ?? 0
      if (status >= 400 && !outgoing.writableEnded) refuseRest(outgoing, response, stopSource)
      resolve({
        status,
        headers: response.headers,
        body: response,
        peerIdentity: agent.identityOf(outgoing.socket),
      })
    })
  })
}

/** A body from a stream can be sent only once. */
function isRepeatable({ method, body, repeatable = method === 'GET' }: ControlRequest): boolean {
  return repeatable && (body === undefined || body instanceof Uint8Array)
}

/** Starts sending the body; returns a function that stops reading its source. */
function feed(outgoing: ClientRequest, body: ControlRequest['body']): () => void {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body)
    return () => undefined
  }
  const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false })
  source.once('error', (error) => outgoing.destroy(error))
  let stopped = false
  source.once('close', () => {
    if (!stopped && !source.readableEnded && !outgoing.writableEnded) outgoing.destroy()
  })
  outgoing.once('close', () => source.destroy())
  source.pipe(outgoing)
  return () => {
    stopped = true
    source.destroy()
  }
}

/** The server refused before it had the whole body: stops sending, and reads the answer to its end. */
function refuseRest(outgoing: ClientRequest, response: IncomingMessage, stopSource: () => void): void {
  response.once('close', () => outgoing.destroy())
  response.once('end', () => outgoing.destroy())
  stopSource()
}
