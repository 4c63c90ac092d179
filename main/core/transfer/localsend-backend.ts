import type { Readable } from 'node:stream'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
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
import { type IncomingRequest, IncomingTransfer, newOfferId, PREVIEW_ENTRIES } from './incoming.ts'
import { totalsOf } from './manifest.ts'

/** LocalSend carries no permissions: what arrives gets the usual ones of a new file. */
const FILE_MODE = 0o644

/** The files of an offer by what can be done with them. */
interface Sorted {
  /** Files that can have their names, by the sender's id. */
  readonly entries: ReadonlyMap<string, ManifestEntry>
  /** Files that cannot, because another one of this offer has the name: their upload is answered with the problem. */
  readonly failing: ReadonlyMap<string, Problem>
  /** All that cannot have their names, for the report. */
  readonly refused: readonly SkippedFile[]
  readonly planner: CommitPlanner
}

interface Arriving extends Pick<Sorted, 'entries' | 'failing'> {
  readonly transfer: IncomingTransfer
  readonly feed: BodyFeed
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

/** Takes what LocalSend devices send: each body into staging, then to its name. */
export class LocalSendBackend implements IncomingBackend {
  readonly #host: BackendHost
  readonly #arriving = new Map<string, Arriving>()

  constructor(host: BackendHost) {
    this.#host = host
  }

  async offer(offer: LocalSendOffer): Promise<OfferVerdict> {
    const { options, staging: area } = this.#host
    const sorted = sort(offer.files, new CommitPlanner(await foldsNames(options.dir)))
    const { entries, failing, refused } = sorted
    const transfer = new IncomingTransfer(this.#request(offer, sorted), options, area)
    if (entries.size === 0) {
      const problem = refused[0]?.problem ?? { code: 'nothing-to-send' }
      this.#host.announce(transfer)
      transfer.decline(problem)
      return { accept: false, problem }
    }
    const leave = (): void => {
      transfer.peerLeft({ code: 'cancelled-by-peer' })
    }
    offer.signal.addEventListener('abort', leave, { once: true })
    const admission = transfer.admit()
    this.#host.announce(transfer)
    try {
      const staging = await admission
      offer.signal.removeEventListener('abort', leave)
      const { onConflict, durability } = options
      const feed = new BodyFeed({ staging, onConflict, durability }, [...entries.values()])
      this.#arriving.set(offer.sessionId, { transfer, feed, entries, failing })
      transfer.begin(feed)
      void transfer.ended.then((end) => {
        this.#arriving.delete(offer.sessionId)
        if (end.kind !== 'done') this.#host.drop(offer.sessionId)
      })
      return { accept: true, accepted: [...entries.keys(), ...failing.keys()] }
    } catch (error) {
      return { accept: false, problem: toProblem(error) }
    }
  }

  #request(offer: LocalSendOffer, { entries, refused, planner }: Sorted): IncomingRequest {
    const { options, trust } = this.#host
    const { identity } = offer.peer
    const { alias } = offer.info
    const files = [...entries.values()]
    const shown: IncomingOffer = {
      offerId: newOfferId(),
      transferId: offer.sessionId,
      peer: { ...trust.of(identity, 'https'), alias, kind: 'localsend', host: offer.address },
      totals: totalsOf(files),
      security: 'https',
      title: planner.title || (refused[0]?.path ?? ''),
      preview: files.slice(0, PREVIEW_ENTRIES).map(({ path, type, size }) => ({ path, type, size })),
      folder: options.dir,
    }
    return {
      offer: shown,
      identity,
      always: trust.alwaysAcceptOf(identity, alias, 'https'),
      entries: files,
      plan: planner.build(),
      refused,
      topEntries: planner.topEntries,
      peerTechnique: null,
    }
  }

  async body(sessionId: string, fileId: string, stream: Readable): Promise<void> {
    const arriving = this.#arriving.get(sessionId)
    const problem = arriving?.failing.get(fileId)
    if (problem) throw new PenstockError(problem.code, problem.params)
    const entry = arriving?.entries.get(fileId)
    if (!arriving || !entry) throw new PenstockError('cancelled-here')
    await arriving.feed.take(entry, stream)
  }

  finished(sessionId: string): void {
    this.#arriving.get(sessionId)?.feed.complete()
  }

  cancelled(sessionId: string): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft({ code: 'cancelled-by-peer' })
  }

  failed(sessionId: string, problem: PenstockError): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft(problem.toProblem())
  }
}

function sort(files: readonly LocalSendFile[], planner: CommitPlanner): Sorted {
  const entries = new Map<string, ManifestEntry>()
  const failing = new Map<string, Problem>()
  const refused: SkippedFile[] = []
  for (const file of files) {
    const entry = entryOf(file, entries.size)
    const problem = planner.add(entry)
    if (problem) refused.push({ path: file.fileName, problem, kind: 'failure' })
    // A file that is left out of the answer counts as not selected. This one has to count as failed.
    if (problem?.code === 'name-collision') failing.set(file.id, problem)
    else if (!problem) entries.set(file.id, entry)
  }
  return { entries, failing, refused, planner }
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
