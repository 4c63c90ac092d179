import type { IncomingMessage, ServerResponse } from 'node:http'
import { plainAddress } from '../protocol/http/address.ts'
import { readBody } from '../protocol/http/bodies.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Shared } from '../api.ts'
import { fileTypeOf } from '../protocol/localsend/file-type.ts'
import { API_PREFIX, INFO_PATH_1 } from '../protocol/localsend/messages.ts'
import { timeText } from '../protocol/localsend/times.ts'
import { PinGuard } from '../receive/offers/pin.ts'
import type { SourceEntry } from '../source/entries.ts'
import { plainName } from './headers.ts'
import { languagesOf, redirect, sendJson, sendPage, sendText, sendTrouble, troubleOf } from './answers.ts'
import { Archives } from './archive.ts'
import { answerFile } from './file-answer.ts'
import type { LinkPages } from '../../contract/link.ts'
import { LinkSessions } from './sessions.ts'
import type { SharedFiles } from './shared-files.ts'

/** Files on one page: a browser draws so many at once without delay. */
const PAGE_FILES = 1000
/** Of the form with the PIN. */
const FORM = { bytes: 1024, ms: 10_000 } as const

export interface ShareRequestsOptions {
  readonly shared: SharedFiles
  readonly pages: LinkPages
  readonly alias: string
  /** The answer of LocalSend's `info`. */
  readonly info: object
  readonly pin: string | null
  /** When the share ends, by performance.now(); null without a limit. */
  readonly until: number | null
  readonly fingerprint: string | null
  /** A browser has a whole file or archive, or the rest of one. */
  taken(shared: Shared): void
}

/**
 * Answers the requests to a share: its pages for browsers, and LocalSend's download API. Without a PIN the link holds a
 * session; with one, the PIN opens a session. Nothing is listed or sent outside a session.
 */
export class ShareRequests {
  readonly #options: ShareRequestsOptions
  readonly #sessions = new LinkSessions()
  readonly #pins: PinGuard
  readonly #archives: Archives
  /** The path of the link. */
  readonly path: string

  constructor(options: ShareRequestsOptions) {
    this.#options = options
    this.#pins = new PinGuard(options.pin)
    this.#archives = new Archives(options.shared)
    this.path = options.pin === null ? `/${this.#sessions.open()}/` : '/'
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.canParse(`http://localhost${request.url ?? ''}`)
      ? new URL(`http://localhost${request.url ?? ''}`)
      : null
    if (url === null) {
      sendTrouble(request, response, this.#options.pages, 'incomplete')
      return
    }
    if (url.pathname.startsWith(API_PREFIX) || url.pathname === INFO_PATH_1)
      return this.#answerApi(url, request, response)
    const isForm = request.method === 'POST' && url.pathname === '/'
    if (isForm && this.#options.pin !== null) return this.#answerForm(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
      return
    }
    const asset = this.#options.pages.asset(url.pathname)
    if (asset !== null) {
      sendText(response, 200, asset)
      return
    }
    const [session = '', ...rest] = url.pathname.slice(1).split('/')
    if (session !== '' && this.#sessions.has(session)) {
      if (rest.length === 0) {
        redirect(response, `/${session}/`)
        return
      }
      return this.#answerSession(rest, url, request, response)
    }
    if (this.#options.pin === null) {
      sendTrouble(request, response, this.#options.pages, 'incomplete')
      return
    }
    sendPage(response, 401, this.#options.pages.pin(this.#options.alias, null, languagesOf(request)))
  }

  async #answerSession(
    [name = '', id = '']: readonly string[],
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { shared, alias } = this.#options
    if (name === '') {
      this.#answerList(url, request, response)
      return
    }
    if (name === 'all.zip') {
      await this.#archives.answer(request, response, alias)
      if (request.method === 'GET') this.#take(request, { path: null, bytes: shared.totals.bytes })
      return
    }
    const file = name === 'files' ? shared.get(id) : null
    if (file === null) {
      sendTrouble(request, response, this.#options.pages, 'incomplete')
      return
    }
    return this.#answerFile(file, request, response)
  }

  async #answerFile(file: SourceEntry, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const bytes = await answerFile(request, response, file, fileTypeOf(file.path))
      const isWhole = request.method === 'GET' && response.statusCode < 400
      if (isWhole && bytes > 0) this.#take(request, { path: file.path, bytes })
    } catch (error) {
      if (response.headersSent) throw error
      response.removeHeader('ETag')
      sendTrouble(request, response, this.#options.pages, troubleOf(error))
    }
  }

  #answerList(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { shared, alias, fingerprint, until, pages } = this.#options
    const asked = Number(url.searchParams.get('from') ?? 0)
    const from = Number.isSafeInteger(asked) && asked > 0 && asked < shared.files.length ? asked : 0
    const files = shared.files.slice(from, from + PAGE_FILES)
    const next = from + PAGE_FILES
    const html = pages.share(
      {
        ...{ alias, fingerprint, totals: shared.totals },
        files: files.map(({ path, size, index }) => ({ path, size, href: hrefOf(index, path) })),
        before: from === 0 ? null : `?from=${Math.max(0, from - PAGE_FILES)}`,
        after: next < shared.files.length ? `?from=${next}` : null,
        archive: 'all.zip',
        secondsLeft: until === null ? null : Math.max(0, (until - performance.now()) / 1000),
      },
      languagesOf(request),
    )
    sendPage(response, 200, html)
  }

  async #answerForm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const tooLarge = (): PenstockError => new PenstockError('protocol', { detail: 'form too large' })
    const body = await readBody(request, { ...FORM, tooLarge })
    const given = new URLSearchParams(body.toString('utf8')).get('pin') ?? ''
    const verdict = this.#check(request, given)
    if (verdict === 'right') {
      redirect(response, `/${this.#sessions.open()}/`)
      return
    }
    const { pages, alias } = this.#options
    const problem = verdict === 'needed' ? null : verdict
    sendPage(response, verdict === 'locked' ? 429 : 401, pages.pin(alias, problem, languagesOf(request)))
  }

  /** LocalSend's download API. A session comes from the link, or from the PIN. */
  async #answerApi(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams: query } = url
    switch (`${request.method ?? ''} ${url.pathname}`) {
      case `GET ${INFO_PATH_1}`:
      case `GET ${API_PREFIX}/info`: {
        sendJson(response, 200, this.#options.info)
        return
      }
      case `POST ${API_PREFIX}/prepare-download`: {
        this.#prepare(query, request, response)
        return
      }
      case `GET ${API_PREFIX}/download`: {
        const file = this.#options.shared.get(query.get('fileId') ?? '')
        if (file === null || !this.#sessions.has(query.get('sessionId') ?? '')) {
          sendJson(response, 403, { message: 'no such session or file' })
          return
        }
        return this.#answerFile(file, request, response)
      }
      default: {
        sendJson(response, 404, { message: 'not found' })
        return
      }
    }
  }

  #prepare(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    const given = query.get('sessionId') ?? ''
    const session = given !== '' && this.#sessions.has(given) ? given : this.#openFor(query, request)
    switch (session) {
      case 'none':
        return sendJson(response, 403, { message: 'open the whole link' })
      case 'needed':
      case 'wrong':
        return sendJson(response, 401, { message: session === 'wrong' ? 'invalid PIN' : 'PIN required' })
      case 'locked':
        return sendJson(response, 429, { message: 'too many attempts' })
      default: {
        const files = Object.fromEntries(
          this.#options.shared.files.map((file) => [file.index, describe(file)]),
        )
        return sendJson(response, 200, { info: this.#options.info, sessionId: session, files })
      }
    }
  }

  /** A new session for the right PIN. */
  #openFor(query: URLSearchParams, request: IncomingMessage): string {
    if (this.#options.pin === null) return 'none'
    const verdict = this.#check(request, query.get('pin') ?? '')
    return verdict === 'right' ? this.#sessions.open() : verdict
  }

  #check({ socket }: IncomingMessage, pin: string): ReturnType<PinGuard['check']> {
    return this.#pins.check({ address: plainAddress(socket.remoteAddress ?? ''), known: null }, pin)
  }

  #take({ socket }: IncomingMessage, what: Pick<Shared, 'path' | 'bytes'>): void {
    this.#options.taken({ address: plainAddress(socket.remoteAddress ?? ''), ...what })
  }
}

/** Ends with the name, by which programs without a screen save it. */
function hrefOf(index: number, path: string): string {
  return `files/${index}/${encodeURIComponent(plainName(path.slice(path.lastIndexOf('/') + 1)))}`
}

/** As LocalSend's download API lists a file. */
function describe({ index, path, size, mtimeNs }: SourceEntry): object {
  const metadata = { modified: timeText(mtimeNs) }
  return { id: String(index), fileName: path, size, fileType: fileTypeOf(path), metadata }
}
