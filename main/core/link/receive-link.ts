import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Link, LinkOptions } from '../api.ts'
import type { Identity } from '../device/identity.ts'
import { answerFor, refusal, replier } from '../protocol/http/answers.ts'
import { CONTROL_LIMITS, type ControlHandlers } from '../protocol/http/handlers.ts'
import { limitIdle } from '../protocol/http/idle.ts'
import { route } from '../protocol/http/routing.ts'
import { API_PREFIX } from '../protocol/localsend/messages.ts'
import { linksTo } from './addresses.ts'
import { languagesOf, sendPage, sendText, sendTrouble } from './answers.ts'
import { startLinkServer } from './server.ts'

/** What a link to a receiver needs from it. */
export interface ReceiveLinkHost {
  readonly identity: Identity
  readonly alias: () => string
  /** The receiver's own answers to offers and uploads. */
  readonly handlers: ControlHandlers
}

/** Serves the page from which browsers send files, and the requests of that page. Throws `port-in-use`, `no-permission`. */
export async function startReceiveLink(
  { identity, alias, handlers }: ReceiveLinkHost,
  { host, port, secure, pages }: LinkOptions,
): Promise<Link> {
  const fingerprint = secure ? identity.fingerprint : null
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = ''] = (request.url ?? '').split('?')
    if (path.startsWith(`${API_PREFIX}/`)) {
      await answerApi(request, response, handlers)
      return
    }
    const asset = pages.asset(path)
    if (asset !== null) sendText(response, 200, asset)
    else if (path === '/')
      sendPage(response, 200, pages.receive({ alias: alias(), fingerprint }, languagesOf(request)))
    else sendTrouble(request, response, pages, 'incomplete')
  }
  const server = await startLinkServer({ identity: secure ? identity : null, host, port, handle })
  const links = linksTo({ host, port: server.port, secure }, '/')
  return { links, port: server.port, fingerprint, close: () => server.close() }
}

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
): Promise<void> {
  const reply = replier(request, response)
  if (!isFromOwnPage(request)) {
    reply(refusal(403, 'not from this page'))
    return
  }
  limitIdle(request, CONTROL_LIMITS.idleMs)
  try {
    const answer = await route(request, response, { handlers, only: null, limits: CONTROL_LIMITS })
    if (answer !== null) reply(answer)
  } catch (error) {
    reply(answerFor(error))
  }
}

/** A page of another site must not be able to make this device ask its user. */
function isFromOwnPage({ headers, socket }: IncomingMessage): boolean {
  const { origin, host = '' } = headers
  const own = `${socket instanceof TLSSocket ? 'https' : 'http'}://${host}`
  return (origin === undefined || origin === own) && headers['sec-fetch-site'] !== 'cross-site'
}
