import type { SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { HERE, linkStaysInside, type NameFolding, NameRegistry, type NameRules, safePath } from './names.ts'

/** A folder to be made; `entry` is null where the manifest has no line for it and only something below it. */
export interface PlannedFolder {
  readonly path: string
  readonly mode: number
  readonly mtimeNs: bigint
  readonly entry: ManifestEntry | null
}

/** One top entry of the target: a folder with what is below it, or a file. */
export interface TopEntry {
  readonly name: string
  /**
   * Parents before their children; empty where the top entry is a file. The first is the top folder itself.
   */
  readonly folders: readonly PlannedFolder[]
  readonly files: readonly ManifestEntry[]
  readonly links: readonly ManifestEntry[]
}

export interface CommitPlan {
  readonly tops: readonly TopEntry[]
  readonly skipped: readonly SkippedFile[]
}

const ENTRIES_PER_TURN = 1000
/** For folders that no entry describes, and for peers that know no permissions. */
const DEFAULT_FOLDER_MODE = 0o755
const DEFAULT_FILE_MODE = 0o644

/**
 * Permission bits to be set: never setuid, setgid or sticky; a mode of 0 means that the sender knows none.
 */
export function modeFor(entry: Pick<ManifestEntry, 'mode' | 'type'>): number {
  const bits = entry.mode & 0o777
  if (bits !== 0) return bits
  return entry.type === 'directory' ? DEFAULT_FOLDER_MODE : DEFAULT_FILE_MODE
}

class TopBuilder {
  readonly name: string
  readonly files: ManifestEntry[] = []
  readonly links: ManifestEntry[] = []
  readonly #folders = new Map<string, PlannedFolder>()

  constructor(name: string) {
    this.name = name
  }

  add(entry: ManifestEntry, components: readonly string[]): void {
    for (let depth = 1; depth < components.length; depth += 1)
      this.#implied(components.slice(0, depth).join('/'))
    if (entry.type === 'file') this.files.push(entry)
    else if (entry.type === 'symlink') this.links.push(entry)
    else
      this.#folders.set(entry.path, { path: entry.path, mode: modeFor(entry), mtimeNs: entry.mtimeNs, entry })
  }

  build(): TopEntry {
    const folders = [...this.#folders.values()].sort(
      (left, right) => depthOf(left.path) - depthOf(right.path),
    )
    return { name: this.name, folders, files: this.files, links: this.links }
  }

  #implied(path: string): void {
    if (this.#folders.has(path)) return
    const mtimeNs = BigInt(Date.now()) * 1_000_000n
    this.#folders.set(path, { path, mode: DEFAULT_FOLDER_MODE, mtimeNs, entry: null })
  }
}

function depthOf(path: string): number {
  return path.split('/').length
}

/**
 * Groups a manifest by top entry and leaves out what may not be made: unsafe or colliding names and links
 * that point outside their top entry. Files in `failed` are left out silently: whoever carried them has
 * reported them.
 */
export async function planCommit(
  entries: readonly ManifestEntry[],
  failed: ReadonlySet<number>,
  folding: NameFolding,
  rules: NameRules = HERE,
): Promise<CommitPlan> {
  const registry = new NameRegistry(folding)
  const tops = new Map<string, TopBuilder>()
  const skipped: SkippedFile[] = []
  let sinceTurn = 0
  for (const entry of entries) {
    sinceTurn += 1
    if (sinceTurn % ENTRIES_PER_TURN === 0) await new Promise(setImmediate)
    if (failed.has(entry.index)) continue
    const safe = safePath(entry.path, rules)
    const problem = safe.ok ? registry.add(entry) : safe.problem
    if (!safe.ok || problem) {
      if (problem) skipped.push({ path: entry.path, problem, kind: 'failure' })
      continue
    }
    const target = entry.target ?? ''
    if (entry.type === 'symlink' && !linkStaysInside(entry.path, target)) {
      const params = { path: entry.path, target }
      skipped.push({ path: entry.path, problem: { code: 'link-outside', params }, kind: 'policy' })
      continue
    }
    const name = safe.components[0] ?? entry.path
    const top = tops.get(name) ?? new TopBuilder(name)
    tops.set(name, top)
    top.add(entry, safe.components)
  }
  return { tops: [...tops.values()].map((top) => top.build()), skipped }
}
