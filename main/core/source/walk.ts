import { basename } from 'node:path'
import { addon } from '../../../native/index.ts'
import type { LeftOutEntry, Manifest } from '../../../native/manifest.ts'
import type { NotDelivered, Note } from '../../contract/report.ts'
import type { Totals } from '../../contract/transfer.ts'
import { allEntries, type SourceEntry } from './entries.ts'
import { type GivenPath, lookAt, unusable } from './given-paths.ts'

/** What is sent. The manifest may be read while it grows. */
export interface Source {
  readonly manifest: Manifest
  /** Notes for the report: what the user excluded, and what entries have and do not keep. */
  readonly notes: readonly Note[]
  /** What was found and is not sent, in the order of the given paths; complete after the search. */
  readonly notDelivered: readonly NotDelivered[]
  /** Searches for the entries, once. Throws the reason of either signal when it aborts. */
  search(stop: AbortSignal): Promise<void>
}

/** A given path that cannot be examined. */
interface Unusable {
  /** Number of usable paths before it. */
  readonly before: number
  readonly item: NotDelivered
}

/** A search for what to send, on a thread of the addon's. */
export class Walk implements Source {
  readonly manifest = addon.createManifest()
  readonly #paths: readonly string[]
  readonly #signal: AbortSignal
  readonly #exclude: readonly string[]
  readonly #unusable: Unusable[] = []

  /** @param exclude patterns of what is left out, as {@link Manifest.walk} takes them */
  constructor(paths: readonly string[], signal: AbortSignal, exclude: readonly string[] = []) {
    this.#paths = paths
    this.#signal = signal
    this.#exclude = exclude
  }

  get notes(): readonly Note[] {
    const { excluded: count, notKept } = this.manifest.leftOut()
    const some = Object.entries(notKept).filter(([, entries]) => entries > 0)
    return [
      ...(count === 0 ? [] : [excludedNote(this.#exclude, count)]),
      ...(some.length === 0 ? [] : [notKeptNote(this.#paths, some)]),
    ]
  }

  get notDelivered(): readonly NotDelivered[] {
    const leftOut = this.manifest
      .leftOut()
      .entries.map((entry) => ({ before: entry.top, item: itemOf(entry) }))
    // A stable sort: a path that cannot be examined precedes what belongs to the usable path after it.
    return [...this.#unusable, ...leftOut].sort((a, b) => a.before - b.before).map(({ item }) => item)
  }

  /**
   * Links below the paths are never followed; a path that is itself a link is sent as its target, under the link's name. What
   * cannot be sent is listed in `notDelivered`; a path that does not exist is listed under the path itself.
   */
  async search(stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([this.#signal, stop])
    const end = (): void => {
      this.manifest.stop()
    }
    signal.addEventListener('abort', end, { once: true })
    try {
      const tops = await this.#tops(signal)
      await this.manifest.walk(
        tops.map(({ name, absolutePath }) => ({ name, path: absolutePath })),
        this.#exclude,
      )
    } finally {
      signal.removeEventListener('abort', end)
    }
    signal.throwIfAborted()
  }

  async #tops(signal: AbortSignal): Promise<readonly GivenPath[]> {
    const tops: GivenPath[] = []
    const taken = new Set<string>()
    for (const given of this.#paths) {
      signal.throwIfAborted()
      try {
        const top = await lookAt(given, taken)
        taken.add(top.name)
        tops.push(top)
      } catch (error) {
        this.#unusable.push({ before: tops.length, item: unusable(given, error) })
      }
    }
    return tops
  }
}

function excludedNote(exclude: readonly string[], count: number): Note {
  return { code: 'excluded', path: exclude.join(', '), params: { count } }
}

function notKeptNote(paths: readonly string[], counts: readonly (readonly [string, number])[]): Note {
  const path = paths.map((one) => basename(one)).join(', ')
  return { code: 'attributes-not-kept', path, params: Object.fromEntries(counts) }
}

function itemOf({ path, code, params, by }: LeftOutEntry): NotDelivered {
  return { path, reason: { code, params }, by }
}

/** The totals of a manifest for a report. */
export function totalsOf(manifest: Manifest): Totals {
  const { files, directories, symlinks, bytes } = manifest.totals()
  return { files, directories, symlinks, bytes }
}

/** All entries of some paths as objects: parents before their children, indexes in order from 0. */
export interface Walked {
  readonly entries: readonly SourceEntry[]
  readonly notDelivered: readonly NotDelivered[]
  readonly notes: readonly Note[]
  readonly totals: Totals
}

/** The result of a whole {@link Walk}. */
export async function walk(
  paths: readonly string[],
  signal: AbortSignal,
  exclude: readonly string[] = [],
): Promise<Walked> {
  const walking = new Walk(paths, signal, exclude)
  await walking.search(signal)
  return {
    entries: await allEntries(walking.manifest),
    notDelivered: walking.notDelivered,
    notes: walking.notes,
    totals: totalsOf(walking.manifest),
  }
}
