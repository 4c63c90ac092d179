import type { Problem } from '../../contract/errors.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import {
  HERE,
  linkStaysInside,
  type NameFolding,
  NameRegistry,
  type NameRules,
  numbered,
  safePath,
  sentPath,
  topOf,
} from './names.ts'
import { MAX_NUMBER } from './conflict.ts'
import { NearNames, type RefusedNames } from './near-names.ts'
import { type EntryNotDelivered, entryNotDelivered } from './outcomes.ts'

/** A folder to create; `entry` is null if the manifest has no line for it, only for something below it. */
export interface PlannedFolder {
  readonly path: string
  readonly mode: number
  readonly mtimeNs: bigint
  readonly entry: ManifestEntry | null
}

/** One top entry of the target: a folder with its content, or a file. */
export interface TopEntry {
  readonly name: string
  /** The name under which it was sent. */
  readonly sent: string
  /** Parents before their children; empty if the top entry is a file. The first is the top folder itself. */
  readonly folders: readonly PlannedFolder[]
  readonly files: readonly ManifestEntry[]
  readonly links: readonly ManifestEntry[]
}

export interface CommitPlan {
  readonly tops: readonly TopEntry[]
  readonly notDelivered: readonly EntryNotDelivered[]
}

const ENTRIES_PER_TURN = 1000
/** For folders without an entry. */
const DEFAULT_FOLDER_MODE = 0o755

/**
 * Permission bits to set, as far as the umask or the default ACL of the folder permits: never setuid, setgid or sticky of the
 * sender.
 */
export function modeFor({ mode }: Pick<ManifestEntry, 'mode'>): number {
  return mode & 0o777
}

class TopBuilder {
  readonly name: string
  readonly sent: string
  readonly files: ManifestEntry[] = []
  readonly links: ManifestEntry[] = []
  readonly #folders = new Map<string, PlannedFolder>()

  constructor(name: string, sent: string) {
    this.name = name
    this.sent = sent
  }

  add(entry: ManifestEntry, components: readonly string[]): void {
    if (components.length > 1) this.#imply(entry.path.slice(0, entry.path.lastIndexOf('/')))
    if (entry.type === 'file') this.files.push(entry)
    else if (entry.type === 'symlink') this.links.push(entry)
    else
      this.#folders.set(entry.path, { path: entry.path, mode: modeFor(entry), mtimeNs: entry.mtimeNs, entry })
  }

  build(): TopEntry {
    const folders = [...this.#folders.values()].sort(
      (left, right) => depthOf(left.path) - depthOf(right.path),
    )
    return { name: this.name, sent: this.sent, folders, files: this.files, links: this.links }
  }

  /** Adds the folder of an entry and its parents. */
  #imply(path: string): void {
    if (this.#folders.has(path)) return
    const slash = path.lastIndexOf('/')
    if (slash > 0) this.#imply(path.slice(0, slash))
    const mtimeNs = BigInt(new Date().getTime()) * 1_000_000n
    this.#folders.set(path, { path, mode: DEFAULT_FOLDER_MODE, mtimeNs, entry: null })
  }
}

function depthOf(path: string): number {
  return path.split('/').length
}

/** What the target's file system does with names. */
export type TargetNames = NameFolding & RefusedNames

/** An entry with the path under which it is created, or why it cannot be created. */
export type Added = { readonly entry: ManifestEntry } | { readonly problem: Problem }

/** An entry under another path than the one under which it was sent. */
export function createdAs(sent: ManifestEntry, path: string): ManifestEntry {
  return { ...sent, path, sentAs: sentPath(sent) }
}

/** The path with a number in its last name: `a/b.txt` → `a/b (2).txt`. */
export function numberedPath(path: string, count: number, isFile: boolean): string {
  const slash = path.lastIndexOf('/')
  return path.slice(0, slash + 1) + numbered(path.slice(slash + 1), count, isFile)
}

/**
 * Groups a manifest by top entry, one entry at a time. Leaves out unsafe or colliding names and links that point outside
 * their top entry.
 */
export class CommitPlanner {
  readonly #registry: NameRegistry
  readonly #rules: NameRules
  readonly #near: NearNames
  /** Paths that entries have got in the place of those under which they were sent. */
  readonly #nearPaths = new Set<string>()
  readonly #tops = new Map<string, TopBuilder>()
  readonly #notDelivered: EntryNotDelivered[] = []

  constructor(names: TargetNames, rules: NameRules = HERE) {
    this.#registry = new NameRegistry(names)
    this.#rules = rules
    this.#near = new NearNames(names)
  }

  /** Number of top entries. */
  get topEntries(): number {
    return this.#tops.size
  }

  /** Name of the first top entry; empty if there is none. */
  get title(): string {
    const [first = ''] = this.#tops.keys()
    return first
  }

  /**
   * Adds the entry and returns it with the path under which it is created: near its own if the target does not take that.
   * Otherwise returns why it cannot have its name (`unsafe-name`, `name-too-long`, `name-collision`).
   */
  add(sent: ManifestEntry): Added {
    const near = this.#near.pathOf(sent.path)
    let entry = near === sent.path ? sent : createdAs(sent, near)
    for (let count = 2; ; count += 1) {
      const problem = this.#reserve(entry)
      if (problem === null) break
      if (!this.#isOverNear(sent, near, problem) || count > MAX_NUMBER) return { problem }
      entry = createdAs(sent, numberedPath(near, count, sent.type === 'file'))
    }
    if (entry !== sent) this.#nearPaths.add(entry.path)
    if (sent.type === 'directory') this.#near.settle(sent.path, entry.path)
    this.#plan(entry)
    return { entry }
  }

  #reserve(entry: ManifestEntry): Problem | null {
    const safe = safePath(entry.path, this.#rules)
    return safe.ok ? this.#registry.add(entry) : safe.problem
  }

  /** Whether an entry collides only because one of two was not created under its own name. */
  #isOverNear({ path }: ManifestEntry, near: string, { code, params }: Problem): boolean {
    if (code !== 'name-collision') return false
    return near !== path || this.#nearPaths.has(String(params?.['other']))
  }

  #plan(entry: ManifestEntry): void {
    const components = entry.path.split('/')
    const name = components[0] ?? entry.path
    const top = this.#tops.get(name) ?? new TopBuilder(name, topOf(sentPath(entry)))
    this.#tops.set(name, top)
    const target = entry.target ?? ''
    if (entry.type !== 'symlink' || linkStaysInside(entry.path, target)) top.add(entry, components)
    else {
      const params = { path: sentPath(entry), target }
      this.#notDelivered.push(entryNotDelivered(entry, { code: 'link-outside', params }, 'policy'))
    }
  }

  build(): CommitPlan {
    return { tops: [...this.#tops.values()].map((top) => top.build()), notDelivered: this.#notDelivered }
  }
}

/** The plan for a complete manifest; entries that cannot have their names are in `notDelivered`. */
export async function planCommit(
  entries: readonly ManifestEntry[],
  names: TargetNames,
  rules: NameRules = HERE,
): Promise<CommitPlan> {
  const planner = new CommitPlanner(names, rules)
  const refused: EntryNotDelivered[] = []
  for (const [at, entry] of entries.entries()) {
    if (at % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await new Promise(setImmediate)
    const added = planner.add(entry)
    if ('problem' in added) refused.push(entryNotDelivered(entry, added.problem))
  }
  const { tops, notDelivered } = planner.build()
  return { tops, notDelivered: [...refused, ...notDelivered] }
}
