import { PenstockError } from '../../../contract/errors.ts'
import type { NotDelivered } from '../../../contract/report.ts'
import type { IncomingOffer, ManifestEntry, Totals } from '../../../contract/transfer.ts'
import type { CommitPlan, CommitPlanner } from '../../target/commit-plan.ts'
import { HERE, safePath, underNearPath } from '../../target/names.ts'
import { readLines } from '../../protocol/penstock/lines.ts'
import {
  decodeLine,
  type ManifestEnd,
  OFFER_LIMITS,
  REFUSED_CODES,
  type RefusedEntry,
} from '../../protocol/penstock/offer.ts'
import type { OfferTicket } from '../../protocol/http/handlers.ts'
import { ByteStore } from './byte-store.ts'
import { IMPLIED_FOLDER_BYTES, ImpliedFolders, NAMED_FOLDER_BYTES } from './implied-folders.ts'

/** Limits of the preview: entries, and characters of their paths. */
const PREVIEW = { entries: 10_000, characters: 512 * 1024 } as const
/** Memory of a preview entry without its path, in bytes. */
const PREVIEW_ENTRY_BYTES = 128

type Preview = IncomingOffer['preview']

/** The entries of an accepted offer: those that may be created here, and those that may not. */
export interface TakenManifest {
  readonly entries: readonly ManifestEntry[]
  readonly refused: readonly RefusedEntry[]
  readonly notDelivered: readonly NotDelivered[]
  readonly plan: CommitPlan
}

/** The number of entries of each type, and their bytes. */
export function totalsOf(entries: Iterable<ManifestEntry>): Totals {
  const totals = { ...NOTHING }
  for (const entry of entries) count(totals, entry)
  return totals
}

const NOTHING: Totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }

function count(totals: { -readonly [K in keyof Totals]: number }, { type, size }: ManifestEntry): void {
  if (type === 'file') totals.files++
  else if (type === 'directory') totals.directories++
  else totals.symlinks++
  totals.bytes += size
}

/** The summary for the user, built while entries are read. */
export class OfferSummary {
  readonly totals = { ...NOTHING }
  readonly #ticket: Pick<OfferTicket, 'hold'>
  readonly #preview: Preview[number][] = []
  readonly #folders = new ImpliedFolders()
  #room: number = PREVIEW.characters
  #top = ''
  #tops = 0
  #title = ''

  constructor(ticket: Pick<OfferTicket, 'hold'>) {
    this.#ticket = ticket
  }

  get preview(): Preview {
    return this.#preview
  }

  /** Name of the first top entry; empty if there is none. */
  get title(): string {
    return this.#title
  }

  /** Number of runs of entries with the same top name: the number of top entries, if each is contiguous. */
  get topEntries(): number {
    return this.#tops
  }

  /** Counts an entry and its memory. Throws the errors of {@link OfferTicket.hold}. */
  add(entry: ManifestEntry): void {
    count(this.totals, entry)
    const { path, type, size } = entry
    // A path that is too deep or too long to be created implies no folders.
    if (!safePath(path, HERE).ok) return
    const isFolder = type === 'directory'
    const implied = this.#folders.add(path, isFolder)
    if (implied > 0) this.#ticket.hold(implied * IMPLIED_FOLDER_BYTES)
    if (isFolder) this.#ticket.hold(NAMED_FOLDER_BYTES)
    const [top = ''] = path.split('/', 1)
    if (top !== this.#top) this.#tops += 1
    this.#top = top
    this.#title ||= top
    if (this.#preview.length >= PREVIEW.entries || path.length > this.#room) return
    this.#room -= path.length
    this.#ticket.hold(PREVIEW_ENTRY_BYTES + 2 * path.length)
    this.#preview.push({ path, type, size })
  }
}

/** A manifest before its offer is accepted: the received bytes, compressed, so that an entry costs about twenty bytes. */
export interface HeldManifest extends Pick<OfferSummary, 'totals' | 'preview' | 'title' | 'topEntries'> {
  /** The technique that the sender intends to use. */
  readonly technique: ManifestEnd['technique']
  /** Bytes that the files occupy: fewer than their sizes if they have holes. */
  readonly allocatedBytes: number
  /** Connections to the data port. */
  readonly streams: number
  /** Creates the entries. Bad names are left out and listed in `refused`; too many of them throw `unsafe-name`. */
  take(planner: CommitPlanner): Promise<TakenManifest>
}

/**
 * Reads the lines after the offer up to the end line, and counts their memory. Throws `protocol` if the manifest is not well
 * formed, has no end, or does not match its own totals; `too-many-files` if it is too long.
 */
export async function holdManifest(
  pieces: AsyncIterable<readonly string[]>,
  ticket: Pick<OfferTicket, 'hold'>,
  summary: OfferSummary = new OfferSummary(ticket),
): Promise<HeldManifest> {
  const store = new ByteStore((bytes) => ticket.hold(bytes))
  let entries = 0
  let characters = 0
  for await (const lines of pieces) {
    for (const line of lines) {
      if (line === '') continue
      const decoded = decodeLine(line, entries)
      if ('end' in decoded) return held(decoded, { store, summary, entries })
      entries += 1
      if (entries > OFFER_LIMITS.entries)
        throw new PenstockError('too-many-files', { limit: OFFER_LIMITS.entries })
      characters += line.length
      if (characters > OFFER_LIMITS.characters) throw new PenstockError('offer-too-large')
      summary.add(underNearPath(decoded))
      store.append(Buffer.from(`${line}\n`))
    }
  }
  throw new PenstockError('protocol', { detail: 'manifest has no end' })
}

function held(
  { end, totals, technique, streams }: ManifestEnd,
  {
    store,
    summary,
    entries,
  }: { readonly store: ByteStore; readonly summary: OfferSummary; readonly entries: number },
): HeldManifest {
  if (end !== entries) throw new PenstockError('protocol', { detail: 'manifest is cut' })
  const { preview, title, topEntries } = summary
  if (summary.totals.files !== totals.files || summary.totals.bytes !== totals.bytes) {
    throw new PenstockError('protocol', { detail: 'manifest does not add up to its totals' })
  }
  const { allocated = totals.bytes, ...counts } = totals
  return {
    totals: counts,
    allocatedBytes: Math.min(allocated, totals.bytes),
    preview,
    title,
    topEntries,
    technique,
    streams,
    take: (planner) => takeAll(store, planner),
  }
}

async function takeAll(store: ByteStore, planner: CommitPlanner): Promise<TakenManifest> {
  const entries: ManifestEntry[] = []
  const refused: RefusedEntry[] = []
  const notDelivered: NotDelivered[] = []
  let index = 0
  for await (const lines of readLines(store.blocks(), OFFER_LIMITS.line)) {
    for (const line of lines) {
      const decoded = decodeLine(line, index)
      if ('end' in decoded) throw new PenstockError('internal', { message: 'an end among the held entries' })
      index += 1
      const entry = underNearPath(decoded)
      const added = planner.add(entry)
      if ('entry' in added) {
        entries.push(added.entry)
        continue
      }
      const { problem } = added
      const code = REFUSED_CODES.find((name) => name === problem.code) ?? 'unsafe-name'
      refused.push({ index: entry.index, code })
      notDelivered.push({ path: decoded.path, reason: problem, by: 'failure' })
      if (refused.length > OFFER_LIMITS.refused) throw new PenstockError('unsafe-name', { name: entry.path })
    }
  }
  return { entries, refused, notDelivered, plan: planner.build() }
}
