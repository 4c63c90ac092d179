import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NotDelivered } from '../../contract/report.ts'
import type { Totals } from '../../contract/transfer.ts'
import type { ShareEnd, ShareOptions, Share, Shared } from '../api.ts'
import type { Identity } from '../device/identity.ts'
import { linksTo } from './addresses.ts'
import { type LinkServer, startLinkServer } from './server.ts'
import { ShareRequests } from './share-requests.ts'
import { SharedFiles } from './shared-files.ts'

/** What a share needs from its environment. */
export interface ShareHost {
  readonly identity: Identity
  readonly alias: string
  /** The answer of LocalSend's `info`. */
  readonly info: object
}

/** Searches for the files and serves them. Throws the errors of the search, `port-in-use`, `no-permission`. */
export async function startShare(host: ShareHost, options: ShareOptions): Promise<RunningShare> {
  const shared = await SharedFiles.find(options.paths, options.exclude ?? [], options.signal)
  return RunningShare.start(host, options, shared)
}

/** A share that browsers can open; see {@link Share}. */
export class RunningShare implements Share {
  readonly totals: Totals
  readonly notDelivered: readonly NotDelivered[]
  readonly links: readonly string[]
  readonly fingerprint: string | null
  readonly port: number
  readonly ended: Promise<ShareEnd>
  readonly #server: LinkServer
  readonly #listeners: Set<(shared: Shared) => void>
  #end: (end: ShareEnd) => void = () => undefined
  #timer: NodeJS.Timeout | null = null

  private constructor(
    shared: SharedFiles,
    server: LinkServer,
    links: readonly string[],
    fingerprint: string | null,
    listeners: Set<(shared: Shared) => void>,
  ) {
    this.totals = shared.totals
    this.notDelivered = shared.notDelivered
    this.#server = server
    this.port = server.port
    this.links = links
    this.fingerprint = fingerprint
    this.#listeners = listeners
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  static async start(host: ShareHost, options: ShareOptions, shared: SharedFiles): Promise<RunningShare> {
    const { seconds, secure, pin } = options
    const listeners = new Set<(shared: Shared) => void>()
    const until = seconds === null ? null : performance.now() + seconds * 1000
    const fingerprint = secure ? host.identity.fingerprint : null
    const requests = new ShareRequests({
      ...{ shared, pages: options.pages, pin, until, fingerprint },
      ...{ alias: host.alias, info: host.info },
      taken: (one) => {
        for (const listener of [...listeners]) listener(one)
      },
    })
    const server = await startLinkServer({
      identity: secure ? host.identity : null,
      ...{ host: options.host, port: options.port },
      handle: (request: IncomingMessage, response: ServerResponse) => requests.answer(request, response),
    })
    const where = { host: options.host, port: server.port, secure }
    const links = linksTo(where, requests.path)
    const share = new RunningShare(shared, server, links, fingerprint, listeners)
    if (seconds !== null) {
      share.#timer = setTimeout(() => void share.#finish('expired'), seconds * 1000)
    }
    return share
  }

  onShared(listener: (shared: Shared) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): Promise<void> {
    return this.#finish('stopped')
  }

  async #finish(end: ShareEnd): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#server.close()
    this.#end(end)
  }
}
