import { type Conveyance, type NotDelivered, PLAIN_BODY, TLS_BODY } from '../../contract/report.ts'
import type { Readable } from 'node:stream'
import { PenstockError, type Problem, toProblem } from '../../contract/errors.ts'
import type { IncomingOffer, ManifestEntry, Totals } from '../../contract/transfer.ts'
import type { Trust } from '../device/trust.ts'
import { CommitPlanner, type TargetNames } from '../target/commit-plan.ts'
import { FreeNames } from '../target/free-names.ts'
import { HERE, safePath, underNearPath } from '../target/names.ts'
import { roomIn } from '../target/room.ts'
import { timeOf } from '../protocol/localsend/times.ts'
import type { LocalSendFile } from '../protocol/localsend/messages.ts'
import type { RequestPeer } from '../protocol/http/handlers.ts'
import type { IncomingBackend, LocalSendOffer, OfferVerdict } from './upload-session.ts'
import { ReceivingBody } from './body-carrier.ts'
import { IncomingTransfer } from './incoming.ts'
import { type IncomingHost, newOfferId } from './incoming-request.ts'
import { OfferSummary, type TakenManifest } from './offers/manifest.ts'

/** LocalSend transfers no permissions: received files get those of an ordinary new file. */
const FILE_MODE = 0o666

/** The files of an offer, by whether they can be received. */
interface Sorted {
  /** Files with usable names, by the sender's id. */
  readonly entries: ReadonlyMap<string, ManifestEntry>
  /** Files with unusable names: the answer to their upload is the problem. */
  readonly failing: ReadonlyMap<string, Problem>
  readonly manifest: TakenManifest
}

interface Arriving extends Pick<Sorted, 'entries' | 'failing'> {
  readonly transfer: IncomingTransfer
  readonly carrier: ReceivingBody
}

/** What the backend needs from its receiver. */
export interface BackendHost extends IncomingHost {
  readonly trust: Trust
  announce(transfer: IncomingTransfer): void
  /** Ends the session of a transfer that was cancelled on this side. */
  drop(sessionId: string): void
}

/** Receives uploads of LocalSend devices: each body into staging, then to its name. */
export class LocalSendBackend implements IncomingBackend {
  readonly #host: BackendHost
  readonly #arriving = new Map<string, Arriving>()

  constructor(host: BackendHost) {
    this.#host = host
  }

  text({ info, peer, address, text }: Parameters<NonNullable<IncomingBackend['text']>>[0]): boolean {
    const { onText } = this.#host.options
    onText?.({ alias: info.alias, host: address, fingerprint: peer.identity?.fingerprint ?? '', text })
    return onText !== undefined
  }

  async offer(offer: LocalSendOffer): Promise<OfferVerdict> {
    const { options } = this.#host
    const accepted: { files: Pick<Sorted, 'entries' | 'failing'> } = { files: NOTHING_SORTED }
    const { transfer, problem } = this.#transfer(offer, (folding) => {
      const sorted = sort(offer.files, new CommitPlanner(folding))
      accepted.files = sorted
      return Promise.resolve(sorted.manifest)
    })
    if (problem) {
      this.#host.announce(transfer)
      transfer.decline(problem)
      return { accept: false, problem }
    }
    const leave = (): void => {
      transfer.peerLeft({ code: 'cancelled-by-peer' })
    }
    offer.signal.addEventListener('abort', leave, { once: true })
    if (offer.signal.aborted) leave()
    const admission = transfer.admit()
    this.#host.announce(transfer)
    try {
      const { staging, manifest } = await admission
      const { entries, failing } = accepted.files
      const { onConflict, durability } = options
      const carrier = new ReceivingBody(
        { staging, onConflict, durability },
        manifest.entries,
        conveyanceOf(offer.peer),
      )
      this.#arriving.set(offer.sessionId, { transfer, carrier, entries, failing })
      transfer.begin(carrier)
      void transfer.ended.then((end) => {
        this.#arriving.delete(offer.sessionId)
        if (end.kind !== 'done') this.#host.drop(offer.sessionId)
      })
      return { accept: true, accepted: [...entries.keys(), ...failing.keys()] }
    } catch (error) {
      return { accept: false, problem: toProblem(error) }
    } finally {
      offer.signal.removeEventListener('abort', leave)
    }
  }

  /** Shows an offer that is refused for its size. It was not read, so its only name is the address. */
  tooLarge(peer: RequestPeer, problem: Problem): void {
    const { options, trust } = this.#host
    const { identity, address } = peer
    const conveyance = conveyanceOf(peer)
    const offer: IncomingOffer = {
      offerId: newOfferId(),
      transferId: newOfferId(),
      peer: {
        ...trust.of(identity, conveyance, { alias: address, host: address, port: null }),
        ...PHONE,
        host: address,
      },
      ...{ totals: NOTHING, ...conveyance, title: '', preview: [], folder: options.dir },
      room: roomIn(options.dir, 0),
    }
    const take = (): Promise<never> => Promise.reject(new PenstockError(problem.code))
    const rest = { always: null, take, topEntries: 0, peerTechnique: null }
    const transfer = new IncomingTransfer({ offer, identity, ...rest }, this.#host)
    this.#host.announce(transfer)
    transfer.decline(problem)
  }

  /** The transfer of an offer; a problem if none of its names can be used. */
  #transfer(
    offer: LocalSendOffer,
    take: (folding: TargetNames) => Promise<TakenManifest>,
  ): { readonly transfer: IncomingTransfer; readonly problem: Problem | null } {
    const { options, trust } = this.#host
    const { identity } = offer.peer
    const appearance = { alias: offer.info.alias, host: offer.address, port: null }
    const conveyance = conveyanceOf(offer.peer)
    const summary = new OfferSummary(offer.ticket)
    let unusable: Problem = { code: 'nothing-to-send' }
    for (const file of offer.files) {
      const entry = entryOf(file, 0)
      const safe = safePath(entry.path, HERE)
      if (safe.ok) summary.add(entry)
      else if (unusable.code === 'nothing-to-send') unusable = safe.problem
    }
    const { totals, title, preview, topEntries } = summary
    const shown: IncomingOffer = {
      offerId: newOfferId(),
      transferId: offer.sessionId,
      peer: { ...trust.of(identity, conveyance, appearance), ...PHONE, host: offer.address },
      totals,
      ...conveyance,
      title: title || (offer.files[0]?.fileName ?? ''),
      preview,
      folder: options.dir,
      room: roomIn(options.dir, totals.bytes),
    }
    const always = trust.alwaysAcceptOf(identity, conveyance, appearance)
    const request = { offer: shown, identity, always, take, topEntries, peerTechnique: null }
    const transfer = new IncomingTransfer(request, this.#host)
    return { transfer, problem: totals.files > 0 ? null : unusable }
  }

  async body(sessionId: string, fileId: string, stream: Readable): Promise<void> {
    const arriving = this.#arriving.get(sessionId)
    const problem = arriving?.failing.get(fileId)
    if (problem) throw new PenstockError(problem.code, problem.params)
    const entry = arriving?.entries.get(fileId)
    if (!arriving || !entry) throw new PenstockError('cancelled-here')
    await arriving.carrier.take(entry, stream)
  }

  finished(sessionId: string): void {
    this.#arriving.get(sessionId)?.carrier.complete()
  }

  cancelled(sessionId: string): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft({ code: 'cancelled-by-peer' })
  }

  failed(sessionId: string, problem: PenstockError): void {
    this.#arriving.get(sessionId)?.transfer.peerLeft(problem.toProblem())
  }
}

const PHONE = { kind: 'localsend' } as const

function conveyanceOf({ encrypted }: RequestPeer): Conveyance {
  return encrypted ? TLS_BODY : PLAIN_BODY
}

const NOTHING: Totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }
const NOTHING_SORTED: Pick<Sorted, 'entries' | 'failing'> = { entries: new Map(), failing: new Map() }

function sort(files: readonly LocalSendFile[], planner: CommitPlanner): Sorted {
  const entries = new Map<string, ManifestEntry>()
  const failing = new Map<string, Problem>()
  const notDelivered: NotDelivered[] = []
  const names = new FreeNames(planner)
  for (const file of files) {
    const added = names.add(entryOf(file, entries.size))
    if ('entry' in added) {
      entries.set(file.id, added.entry)
      continue
    }
    // A file left out of the answer counts as not selected. This one must count as failed.
    failing.set(file.id, added.problem)
    notDelivered.push({ path: file.fileName, reason: added.problem, by: 'failure' })
  }
  const manifest = { entries: [...entries.values()], refused: [], notDelivered, plan: planner.build() }
  return { entries, failing, manifest }
}

function entryOf(file: LocalSendFile, index: number): ManifestEntry {
  return underNearPath({
    ...{ index, type: 'file', path: file.fileName, size: file.size, mode: FILE_MODE },
    mtimeNs: timeOf(file.metadata?.modified ?? '') ?? BigInt(new Date().getTime()) * 1_000_000n,
  })
}
