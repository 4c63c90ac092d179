import type { IncomingMessage, ServerResponse } from 'node:http'
import { PenstockError } from '../../../contract/errors.ts'

/** An answer of the control server; the body is optional. */
export interface Answer {
  readonly status: number
  readonly body?: object | string
}

/** Sends an answer once; later calls on the same request have no effect. A string is encoded JSON. */
export type Reply = (answer: Answer) => void

/** Time and bytes for which the body of a refused request is still read, so that its sender sees the answer. */
interface Linger {
  readonly ms: number
  readonly bytes: number
}

/** For a body with a declared length up to this: many senders read the answer only after they have sent everything. */
export const TO_THE_END: Linger = { ms: 10_000, bytes: 64 * 1024 * 1024 }
/** For any other. */
export const A_MOMENT: Linger = { ms: 1000, bytes: 1024 * 1024 }

/** An answer with an English reason for debugging; shells never show it. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { message } }
}

/** The answer for an error, without internals of this program. */
export function answerFor(error: unknown): Answer {
  if (!(error instanceof PenstockError)) return refusal(500, 'internal error')
  switch (error.code) {
    case 'protocol': {
      const { detail } = error.params
      return refusal(400, typeof detail === 'string' ? detail : 'bad request')
    }
    case 'busy':
      return refusal(409, error.code)
    case 'offer-too-large':
    case 'too-many-files':
      return refusal(413, error.code)
    default:
      return refusal(500, error.code)
  }
}

/** The {@link Reply} of one request. If the body was not read to its end, the connection is closed afterwards. */
export function replier(request: IncomingMessage, response: ServerResponse): Reply {
  return ({ status, body }) => {
    if (response.headersSent || response.destroyed) return
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const bytes = Buffer.from(text)
    const unread = !request.complete && hasBody(request)
    response.statusCode = status
    if (status !== 204) {
      response.setHeader('Content-Length', bytes.length)
      if (bytes.length > 0) response.setHeader('Content-Type', 'application/json; charset=utf-8')
    }
    if (!unread) {
      response.end(bytes)
      return
    }
    response.setHeader('Connection', 'close')
    response.flushHeaders()
    if (bytes.length > 0) response.write(bytes)
    linger(request, () => response.end(() => request.destroy()))
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Reads and discards: closing at once could reset the connection before the answer is read. */
function linger(request: IncomingMessage, done: () => void): void {
  const announced = Number(request.headers['content-length'] ?? Infinity)
  const limit = announced <= TO_THE_END.bytes ? TO_THE_END : A_MOMENT
  let bytes = 0
  const timer = setTimeout(finish, limit.ms)
  function finish(): void {
    clearTimeout(timer)
    request.off('end', finish).off('close', finish).off('data', count)
    done()
  }
  function count(chunk: Buffer): void {
    bytes += chunk.length
    if (bytes > limit.bytes) finish()
  }
  request.on('end', finish).on('close', finish).on('data', count)
  request.resume()
}
