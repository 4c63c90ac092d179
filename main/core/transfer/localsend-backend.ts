import type { Readable } from 'node:stream'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { IncomingOffer, ManifestEntry } from '../../contract/transfer.ts'
import type { ReceiveOptions } from '../api.ts'
import type { Trust } from '../device/trust.ts'
import { CommitPlanner } from '../files/commit-plan.ts'
import { nearPath } from '../files/names.ts'
import { foldsNames } from '../files/room.ts'
import type { StagingArea } from '../files/staging-area.ts'
import type { LocalSendFile } from '../wire/localsend/messages.ts'
import type { IncomingBackend, LocalSendOffer, OfferVerdict } from '../wire/localsend/upload-session.ts'
import { BodyFeed } from './body-feed.ts'
import { IncomingTransfer, newOfferId, PREVIEW_ENTRIES } from './incoming.ts'
import { totalsOf } from './manifest.ts'

/** LocalSend carries no permissions: what arrives gets the usual ones of a new file. */
const FILE_MODE = 0o644

interface Arriving {
  readonly transfer: IncomingTransfer
  readonly feed: BodyFeed
  readonly byId: ReadonlyMap<string, ManifestEntry>
}

/** What the backend needs of the receiver that it belongs to. */
export interface BackendHost {
  readonly options: ReceiveOptions
  readonly trust: Trust
  readonly staging: StagingArea
  announce(transfer: IncomingTransfer): void
  /** Ends the session of a transfer that was cancelled here. */
  drop(sessionId: string): void
}

/** Takes in what LocalSend devices send: bodies into staging, then the same commit as for a Penstock. */
export class LocalSendBackend implements IncomingBackend {
  readonly #host: BackendHost
  readonly #arriving = new Map<string, Arriving>()

  constructor(host: BackendHost) {
    this.#host = host
  }

  async offer(offer: LocalSendOffer): Promise<OfferVerdict> {
    const { options, staging: area } = this.#host
    const planner = new CommitPlanner(await foldsNames(options.dir))
    const byId = new Map<string, ManifestEntry>()
    const refused: SkippedFile[] = []
    for (const file of offer.files) {
      const entry = entryOf(file, byId.size)
      const problem = planner.add(entry)
      if (problem) refused.push({ path: entry.path, problem, kind: 'failure' })
      else byId.set(file.id, entry)
    }
    const entries = [...byId.values()]
    const { identity } = offer.peer
    const { alias } = offer.info
    const { trust } = this.#host
    const shown: IncomingOffer = {
      offerId: newOfferId(),
      transferId: offer.sessionId,
      peer: {
        ...trust.of(identity, 'https'),
        alias,
        kind: 'localsend',
        host: offer.address,
      },
      totals: totalsOf(entries),
      security: 'https',
      title: planner.title,
      preview: entries.slice(0, PREVIEW_ENTRIES).map(({ path, type, size }) => ({ path, type, size })),
      folder: options.dir,
    }
    const { topEntries } = planner
    const transfer = new IncomingTransfer(
      {
        offer: shown,
        identity,
        always: trust.alwaysAcceptOf(identity, alias, 'https'),
        entries,
        plan: planner.build(),
        refused,
        topEntries,
        peerTechnique: null,
      },
      options,
      area,
    )
    const leave = (): void => {
      transfer.peerLeft({ code: 'cancelled-by-peer' })
    }
    offer.signal.addEventListener('abort', leave, { once: true })
    const admission = transfer.admit()
    this.#host.announce(transfer)
    try {
      const staging = await admission
      offer.signal.removeEventListener('abort', leave)
      const feed = new BodyFeed('https', staging, entries)
      this.#arriving.set(offer.sessionId, { transfer, feed, byId })
      transfer.begin(feed)
      void transfer.ended.then((end) => {
        this.#arriving.delete(offer.sessionId)
        if (end.kind !== 'done') this.#host.drop(offer.sessionId)
      })
      return { accept: true, accepted: [...byId.keys()] }
    } catch (error) {
      return { accept: false, problem: toProblem(error) }
    }
  }

  async body(sessionId: string, fileId: string, stream: Readable): Promise<void> {
    const arriving = this.#arriving.get(sessionId)
    const entry = arriving?.byId.get(fileId)
    if (!arriving || !entry) throw new PenstockError('cancelled-here')
    await arriving.feed.take(entry, stream)
  }

  async finished(sessionId: string): Promise<void> {
    const arriving = this.#arriving.get(sessionId)
    if (!arriving) return
    arriving.feed.complete()
    const end = await arriving.transfer.ended
    if (end.kind !== 'done') throw new PenstockError(end.problem.code, end.problem.params)
  }

  cancelled(sessionId: string): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft({ code: 'cancelled-by-peer' })
  }

  failed(sessionId: string, problem: PenstockError): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft(problem.toProblem())
  }
}

function entryOf(file: LocalSendFile, index: number): ManifestEntry {
  const modified = Date.parse(file.metadata?.modified ?? '')
  const milliseconds = Number.isFinite(modified) ? modified : Date.now()
  return {
    index,
    type: 'file',
    path: nearPath(file.fileName),
    size: file.size,
    mode: FILE_MODE,
    mtimeNs: BigInt(Math.trunc(milliseconds)) * 1_000_000n,
  }
}
