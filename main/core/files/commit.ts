import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  addon,
  type CommitEntry,
  type CommitOutcome,
  type Displaced,
  type Folder,
  type ReplaceRule,
} from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { ConflictRule, Durability, SkippedFile } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { type CommitPlan, modeFor, type PlannedFolder, type TopEntry } from './commit-plan.ts'
import { MAX_NUMBER, REPLACE_RULES } from './conflict.ts'
import { errnoOf, problemOfErrno, problemOfError } from './errno.ts'
import { numbered } from './names.ts'
import type { Arrived } from './placement.ts'
import type { Staging } from './staging.ts'

export interface CommitOptions {
  readonly staging: Staging
  /** What is to be made of the manifest. */
  readonly plan: CommitPlan
  /** Where its files are now; those that are not placed lie in staging, file N under the name `N`. */
  readonly arrived: Arrived
  /** Indexes of files that did not arrive; their names are not made. */
  readonly failed: ReadonlySet<number>
  readonly onConflict: ConflictRule
  readonly durability: Durability
  /** Honoured until the first name appears in the target; from then on the commit is carried through. */
  readonly signal: AbortSignal
}

export interface Committed {
  /** Absolute paths of the top entries as they are now, in the manifest's order. */
  readonly savedAs: readonly string[]
  /** What did not get its name; not those of `failed`. */
  readonly skipped: readonly SkippedFile[]
  /** Files, folders and links that are in the target now. */
  readonly deliveredFiles: number
  readonly deliveredBytes: number
}

const ENTRIES_PER_BATCH = 1000
const BATCHES_AT_ONCE = 2

/**
 * A step for the addon together with the entry that it delivers; folders that no entry describes have none.
 */
interface Step {
  readonly native: CommitEntry
  readonly path: string
  readonly entry: ManifestEntry | null
}

/** How a folder is filled. */
interface Filling {
  readonly replace: ReplaceRule
  /** Folders that are there were made for this transfer. */
  readonly ours: boolean
  delivered(entry: ManifestEntry): void
  taken(step: Step): Promise<void> | void
}

type Handle = (step: Step, outcome: CommitOutcome) => Promise<void> | void

class Commit {
  readonly #options: CommitOptions
  readonly #target: Folder
  readonly #staging: Folder
  readonly #displaced: ReadonlyMap<number, Displaced>
  readonly #saved = new Map<string, string>()
  readonly #skipped: SkippedFile[] = []
  #files = 0
  #bytes = 0

  constructor(options: CommitOptions) {
    this.#options = options
    this.#target = options.staging.target
    this.#staging = options.staging.folder
    this.#displaced = new Map(options.arrived.displaced.map((one) => [one.index, one]))
  }

  async run(): Promise<Committed> {
    const { plan, durability, onConflict, signal } = this.#options
    this.#skipped.push(...plan.skipped)
    const folders = plan.tops.filter((top) => top.folders.length > 0)
    const files = plan.tops.filter((top) => top.folders.length === 0)
    const merged = new Set<TopEntry>()
    for (const top of onConflict === 'keep-both' ? [] : folders)
      if (await this.#isTaken(top.name)) merged.add(top)
    const whole = folders.filter((top) => !merged.has(top))

    const built: Built[] = []
    for (const top of whole) built.push(await this.#build(top))
    // Content and trees first: a name must never outlive a crash that the content behind it did not.
    if (durability === 'commit' || durability === 'through') await addon.syncFileSystem(this.#staging)
    signal.throwIfAborted()
    for (const top of built) await this.#moveWhole(top)
    for (const top of merged) await this.#merge(top)
    await this.#placeFiles(files)
    if (durability === 'commit' || durability === 'through') {
      if (merged.size > 0) await addon.syncFileSystem(this.#target)
      await addon.syncFolder(this.#target)
    }
    return {
      savedAs: plan.tops.flatMap(({ name }) => this.#saved.get(name) ?? []),
      skipped: this.#skipped,
      deliveredFiles: this.#files,
      deliveredBytes: this.#bytes,
    }
  }

  /** Makes a top folder with all in it below the staging folder. */
  async #build(top: TopEntry): Promise<Built> {
    const { tree } = this.#options.staging
    const { arrived } = this.#options
    const delivered: ManifestEntry[] = []
    const waiting: ManifestEntry[] = []
    for (const file of top.files) {
      if (!arrived.isPlaced(file.index)) waiting.push(file)
      else if (this.#isInPlace(file)) delivered.push(file)
      else await this.#takeAway(file)
    }
    const { made } = await this.#fill(
      tree,
      { ...top, files: waiting },
      {
        replace: 'never',
        ours: true,
        delivered: (entry) => delivered.push(entry),
        taken: (step) => this.#fail(step.path, 'EEXIST'),
      },
    )
    const [root, ...inner] = made
    // The top folder keeps its 0700 until it has moved: a folder that is not writable cannot be moved.
    await this.#finishFolders(tree, inner)
    return { top, delivered, root: root ?? null }
  }

  /** Whether a placed file is whole under its name. */
  #isInPlace({ index }: ManifestEntry): boolean {
    return !this.#displaced.has(index) && !this.#options.failed.has(index)
  }

  /** Takes away what is there of a placed file that is not whole. */
  async #takeAway({ index, path }: ManifestEntry): Promise<void> {
    const displaced = this.#displaced.get(index)
    if (displaced) this.#fail(path, displaced.code)
    // Under a name that it did not get lies another file.
    if (displaced?.named !== false) await addon.removeFile(this.#options.staging.tree, path)
  }

  async #moveWhole({ top, delivered, root }: Built): Promise<void> {
    const { onConflict, staging } = this.#options
    const { tree } = staging
    const last = onConflict === 'keep-both' ? MAX_NUMBER : 1
    for (let count = 1; count <= last; count += 1) {
      const name = count === 1 ? top.name : numbered(top.name, count, false)
      try {
        await addon.renameNoReplace(tree, top.name, this.#target, name)
      } catch (error) {
        const errno = errnoOf(error)
        if (errno === 'EEXIST' && count < last) continue
        for (const entry of delivered) this.#fail(entry.path, errno)
        return
      }
      this.#saved.set(top.name, join(staging.targetPath, name))
      for (const entry of delivered) this.#deliver(entry)
      if (root) await this.#finishFolders(this.#target, [{ ...root, path: name }])
      return
    }
  }

  /** Adds a top folder to one of the same name, entry by entry. Folders that were there keep their mode. */
  async #merge(top: TopEntry): Promise<void> {
    const { onConflict, staging } = this.#options
    const before = this.#files
    const { made } = await this.#fill(this.#target, top, {
      replace: REPLACE_RULES[onConflict],
      ours: false,
      delivered: (entry) => {
        this.#deliver(entry)
      },
      taken: (step) => this.#taken(step),
    })
    await this.#finishFolders(this.#target, made)
    if (this.#files > before) this.#saved.set(top.name, join(staging.targetPath, top.name))
  }

  async #fill(into: Folder, top: TopEntry, on: Filling): Promise<{ made: PlannedFolder[] }> {
    const made: PlannedFolder[] = []
    const byPath = new Map(top.folders.map((folder) => [folder.path, folder]))
    const folders = top.folders.map(({ path, mode, entry }): Step => ({
      native: { kind: 'directory', path, mode },
      path,
      entry,
    }))
    await this.#runBatches(into, folders, ({ path, entry }, outcome) => {
      if (outcome.kind === 'failed') {
        this.#fail(path, outcome.code)
        return
      }
      const folder = byPath.get(path)
      if ((outcome.kind === 'done' || on.ours) && folder) made.push(folder)
      if (entry) on.delivered(entry)
    })
    const rest = this.#arrivedOf([...top.files, ...top.links]).map((entry) =>
      stepFor(entry, entry.path, on.replace),
    )
    await this.#runBatches(into, rest, (step, outcome) => {
      if (outcome.kind === 'kept-existing') return on.taken(step)
      if (outcome.kind === 'failed' && outcome.code === 'EEXIST') return on.taken(step)
      if (outcome.kind === 'failed') this.#fail(step.path, outcome.code)
      else if (step.entry) on.delivered(step.entry)
      return undefined
    })
    return { made }
  }

  /** Top entries that are files. Those whose name is taken go round again with the next number. */
  async #placeFiles(tops: readonly TopEntry[]): Promise<void> {
    const { onConflict, staging } = this.#options
    let waiting = this.#arrivedOf(tops.flatMap(({ files }) => files))
    for (let count = 1; waiting.length > 0; count += 1) {
      const again: ManifestEntry[] = []
      const steps = waiting.map((entry) =>
        stepFor(
          entry,
          count === 1 ? entry.path : numbered(entry.path, count, true),
          REPLACE_RULES[onConflict],
        ),
      )
      await this.#runBatches(this.#target, steps, async (step, outcome) => {
        const { entry } = step
        if (!entry) return
        const taken =
          outcome.kind === 'kept-existing' || (outcome.kind === 'failed' && outcome.code === 'EEXIST')
        if (taken && onConflict === 'keep-both' && count < MAX_NUMBER) again.push(entry)
        else if (taken) await this.#taken(step)
        else if (outcome.kind === 'failed') this.#fail(entry.path, outcome.code)
        else {
          this.#saved.set(entry.path, join(staging.targetPath, step.native.path))
          this.#deliver(entry)
        }
      })
      waiting = again
    }
  }

  /** Sets modes and times, deepest first, so that no later step alters them again. */
  async #finishFolders(root: Folder, folders: readonly PlannedFolder[]): Promise<void> {
    const steps = folders.toReversed().map(({ path, mode, mtimeNs, entry }): Step => ({
      native: { kind: 'directory-times', path, mode, mtimeNs },
      path: entry?.path ?? path,
      entry,
    }))
    await this.#runBatches(root, steps, (step, outcome) => {
      if (outcome.kind === 'failed') this.#fail(step.path, outcome.code)
    })
  }

  /** Batches of files go two at once: the system takes longer for one than this program for the next. */
  async #runBatches(root: Folder, steps: readonly Step[], handle: Handle): Promise<void> {
    const running: {
      readonly batch: readonly Step[]
      readonly outcomes: Promise<readonly CommitOutcome[]>
    }[] = []
    try {
      for (let at = 0; at < steps.length || running.length > 0; at += ENTRIES_PER_BATCH) {
        const batch = steps.slice(at, at + ENTRIES_PER_BATCH)
        if (batch.length > 0) running.push({ batch, outcomes: this.#start(root, batch) })
        // Links are made under one name in staging, and a folder comes before what is in it.
        const alone = batch.some(({ native }) => native.kind !== 'file')
        while (running.length > (alone || batch.length === 0 ? 0 : BATCHES_AT_ONCE - 1)) {
          const [first] = running
          if (first) await settle(first.batch, await first.outcomes, handle)
          running.shift()
        }
      }
    } finally {
      // After a failure nothing may still be at work in a folder that is about to be removed.
      await Promise.allSettled(running.map(({ outcomes }) => outcomes))
    }
  }

  #start(root: Folder, batch: readonly Step[]): Promise<readonly CommitOutcome[]> {
    const outcomes = addon.commit(
      root,
      this.#staging,
      batch.map(({ native }) => native),
    )
    outcomes.catch(() => undefined)
    return outcomes
  }

  /** A name that is taken: by a folder where a file should be it is a failure, else the user's own rule. */
  async #taken(step: Step): Promise<void> {
    const { onConflict } = this.#options
    const byRule = onConflict === 'skip' || onConflict === 'newer'
    const kind = byRule && !(await this.#isFolder(step.native.path)) ? 'policy' : 'failure'
    this.#skipped.push({
      path: step.path,
      problem: { code: 'name-taken', params: { path: step.path } },
      kind,
    })
  }

  async #isTaken(name: string): Promise<boolean> {
    try {
      await lstat(join(this.#options.staging.targetPath, name))
      return true
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false
      throw problemOfError(error, { path: name })
    }
  }

  async #isFolder(path: string): Promise<boolean> {
    try {
      return (await lstat(join(this.#options.staging.targetPath, path))).isDirectory()
    } catch {
      return false
    }
  }

  /** Whoever carried the others has reported them. */
  #arrivedOf(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
    const { failed } = this.#options
    return failed.size === 0 ? entries : entries.filter(({ index }) => !failed.has(index))
  }

  #deliver(entry: ManifestEntry): void {
    this.#files += 1
    this.#bytes += entry.size
  }

  #fail(path: string, errno: string): void {
    this.#skipped.push({ path, problem: problemOfErrno(errno, { path }).toProblem(), kind: 'failure' })
  }
}

async function settle(
  batch: readonly Step[],
  outcomes: readonly CommitOutcome[],
  handle: Handle,
): Promise<void> {
  for (const [index, step] of batch.entries()) {
    const outcome = outcomes[index]
    if (!outcome)
      throw new PenstockError('internal', { message: 'the addon gave fewer outcomes than entries' })
    // Most of a hundred thousand need no wait.
    const more = handle(step, outcome)
    if (more) await more
  }
}

/** A top folder that is ready to be moved. */
interface Built {
  readonly top: TopEntry
  readonly delivered: readonly ManifestEntry[]
  readonly root: PlannedFolder | null
}

function stepFor(entry: ManifestEntry, path: string, replace: ReplaceRule): Step {
  const { index, size, mtimeNs } = entry
  const native: CommitEntry =
    entry.type === 'symlink'
      ? { kind: 'symlink', path, target: entry.target ?? '', mtimeNs, replace }
      : { kind: 'file', path, stagingName: String(index), size, mode: modeFor(entry), mtimeNs, replace }
  return { native, path: entry.path, entry }
}

/**
 * Gives what lies in staging its names in the target: a new top folder by one rename, once it is whole; files
 * one by one. Nothing that is there is replaced unless `onConflict` says so. Modes and times are the
 * manifest's. With `commit` and `through` all of it is durable when this resolves. The staging folder is
 * removed then; when this throws (`io`, `no-permission`, `disk-full`, or the signal's reason) it is left to
 * the caller.
 */
export async function commitTransfer(options: CommitOptions): Promise<Committed> {
  try {
    const committed = await new Commit(options).run()
    await options.staging.discard()
    return committed
  } catch (error) {
    options.signal.throwIfAborted()
    throw problemOfError(error, { path: options.staging.targetPath })
  }
}
