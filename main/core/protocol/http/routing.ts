import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { PenstockError } from '../../../contract/errors.ts'
import { ProvedIdentity } from '../../device/proved.ts'
import { plainAddress } from './address.ts'
import { refusal, type Answer } from './answers.ts'
import { readBody } from './bodies.ts'
import type { ControlHandlers, ControlLimits, OfferTicket, RequestContext, RequestPeer } from './handlers.ts'
import { jsonCost } from './json-cost.ts'
import { PAIR_PATH } from '../penstock/pairing.ts'
import { liftIdleAfterBody } from './idle.ts'
import {
  API_PREFIX,
  INFO_PATH_1,
  MESSAGE_LIMITS,
  NDJSON,
  parseMessage,
  registrationSchema,
  STREAM_PATH,
  TECHNIQUE_PATH,
  type UploadOffer,
  uploadOfferSchema,
} from '../localsend/messages.ts'

function peerOf(request: IncomingMessage): RequestPeer {
  const { socket } = request
  return {
    address: plainAddress(socket.remoteAddress ?? ''),
    identity: ProvedIdentity.of(socket),
    encrypted: socket instanceof TLSSocket,
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

export interface Served {
  readonly handlers: ControlHandlers
  /** Fingerprint of the only device that is served; all others are answered 403 before a body is read. */
  readonly only: string | null
  readonly limits: ControlLimits
}

/** The answer to a request; null if its handler owns the response. */
export async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { handlers, limits, only }: Served,
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
    case INFO_PATH_1:
      return { status: 200, body: handlers.info() }
    case `${API_PREFIX}/register`: {
      const text = await readJson(request, limits)
      handlers.register(parseMessage(registrationSchema, text, 'register'), context)
      return { status: 200, body: handlers.info() }
    }
    case `${API_PREFIX}/prepare-upload`:
      return offer(request, response, { handlers, limits, only }, context)
    case `${API_PREFIX}/upload`:
      if (handlers.upload === undefined) return refusal(404, 'not receiving')
      liftIdleAfterBody(request)
      return handlers.upload(request, context)
    case `${API_PREFIX}/cancel`:
      if (handlers.cancel === undefined) return refusal(404, 'not receiving')
      return handlers.cancel(context)
    case TECHNIQUE_PATH: {
      const take = handlers.penstockTechnique?.(context) ?? refusal(404, 'not receiving')
      return typeof take === 'function' ? take(await readJson(request, limits)) : take
    }
    case PAIR_PATH:
      if (handlers.penstockPair === undefined) return refusal(404, 'not receiving')
      return handlers.penstockPair(request, response, context)
    default:
      if (handlers.penstockStream === undefined) return refusal(404, 'not receiving')
      await handlers.penstockStream(request, response, context)
      return null
  }
}

const ROUTES: ReadonlyMap<string, string> = new Map([
  [`${API_PREFIX}/info`, 'GET'],
  [INFO_PATH_1, 'GET'],
  [`${API_PREFIX}/register`, 'POST'],
  [`${API_PREFIX}/prepare-upload`, 'POST'],
  [`${API_PREFIX}/upload`, 'POST'],
  [`${API_PREFIX}/cancel`, 'POST'],
  [STREAM_PATH, 'POST'],
  [PAIR_PATH, 'POST'],
  [TECHNIQUE_PATH, 'POST'],
])

async function offer(
  request: IncomingMessage,
  response: ServerResponse,
  { handlers, limits }: Served,
  context: RequestContext,
): Promise<Answer | null> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const handler = type === NDJSON ? 'penstockOffer' : 'prepareUpload'
  const entered = handlers[handler] && handlers.enterOffer?.(context)
  if (entered === undefined) return refusal(403, 'not receiving')
  if ('status' in entered) return entered
  liftIdleAfterBody(request)
  try {
    if (type === NDJSON) {
      await handlers.penstockOffer?.(request, response, context, entered)
      return null
    }
    const message = await readOffer(request, limits, entered).catch((error: unknown): never => {
      if (isTooLarge(error)) handlers.offerTooLarge?.(context, error.toProblem())
      throw error
    })
    return (await handlers.prepareUpload?.(message, context, entered)) ?? null
  } finally {
    entered.release()
  }
}

function isTooLarge(error: unknown): error is PenstockError {
  return error instanceof PenstockError && ['offer-too-large', 'too-many-files'].includes(error.code)
}

/** The offer of a LocalSend device. Its memory is counted before it is parsed. */
async function readOffer(
  request: IncomingMessage,
  { offerBytes: bytes, offerMs: ms }: ControlLimits,
  ticket: Pick<OfferTicket, 'hold'>,
): Promise<UploadOffer> {
  const tooLarge = (): PenstockError => new PenstockError('offer-too-large')
  const hold = (more: number): void => ticket.hold(more)
  const body = await readBody(request, { bytes, ms, tooLarge, hold })
  ticket.hold(jsonCost(body) - body.length)
  const message = parseMessage(uploadOfferSchema, textIn(body), 'prepare-upload')
  const { files: limit } = MESSAGE_LIMITS
  const count = message.files.length
  if (count > limit) throw new PenstockError('too-many-files', { count, limit })
  return message
}

async function readJson(
  request: IncomingMessage,
  { jsonBytes: bytes, jsonMs: ms }: ControlLimits,
): Promise<string> {
  const tooLarge = (): PenstockError => new PenstockError('protocol', { detail: `body over ${bytes} bytes` })
  return textIn(await readBody(request, { bytes, ms, tooLarge }))
}

/** Throws `protocol` for bytes that are not UTF-8: with replacement characters they would name other files. */
function textIn(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (error) {
    throw new PenstockError('protocol', { detail: 'not UTF-8' }, { cause: error })
  }
}
