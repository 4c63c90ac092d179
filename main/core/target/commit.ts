import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  addon,
  type Displaced,
  type EntryChange,
  type EntryNote,
  type Folder,
  type ReplaceRule,
} from '../../../native/index.ts'
import type { ConflictRule, Durability, Note } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import type { CommitPlan, PlannedFolder, TopEntry } from './commit-plan.ts'
import { type HandleStep, runSteps, type Step, stepFor } from './commit-steps.ts'
import { MAX_NUMBER, REPLACE_RULES } from './conflict.ts'
import { Durable, type LostFiles } from './durable.ts'
import { errnoOf, isFolderGone, problemOfError } from '../errors/errno.ts'
import { numbered, sentPath } from './names.ts'
import { type EntryNotDelivered, Outcomes } from './outcomes.ts'
import type { Arrived } from './placement.ts'
import { inTree, type Staging, targetProblem } from './staging.ts'

export interface CommitOptions {
  readonly staging: Staging
  /** What to create from the manifest. */
  readonly plan: CommitPlan
  /** Where its files are; those not placed lie in staging, file N under the name `N`. */
  readonly arrived: Arrived
  /** Indexes of files that did not arrive; their names are not created. */
  readonly failed: ReadonlySet<number>
  readonly onConflict: ConflictRule
  readonly durability: Durability
  /**
   * Called once, before the first name appears in the target. If it throws or rejects, the commit does not begin; afterwards
   * the commit runs to its end.
   */
  beforeFirstName(): Promise<void> | void
}

export interface Committed {
  /** Absolute paths of the top entries in the target, in the manifest's order. */
  readonly savedAs: readonly string[]
  /** What did not get its name, except those of `failed`. */
  readonly notDelivered: readonly EntryNotDelivered[]
  /** Deviations that lose no data. */
  readonly notes: readonly Note[]
  /** Those of entries, for the other side. */
  readonly changes: readonly EntryNote[]
  /** Number of files, folders and links in the target. */
  readonly deliveredEntries: number
  /** Number of files among them. */
  readonly deliveredFiles: number
  readonly deliveredBytes: number
}

/** How to fill a folder. */
interface Filling {
  readonly replace: ReplaceRule
  /** Existing folders were created by this transfer. */
  readonly ours: boolean
  delivered(entry: ManifestEntry): void
  taken(step: Step): Promise<void> | void
}

class Commit {
  readonly #options: CommitOptions
  readonly #target: Folder
  readonly #staging: Folder
  readonly #displaced: ReadonlyMap<number, Displaced>
  /** Of placed files. */
  readonly #changes = new Map<number, readonly EntryChange[]>()
  readonly #saved = new Map<string, string>()
  readonly #outcomes = new Outcomes()
  readonly #durable: Durable
  /** Indexes of files that did not arrive or could not be written to the disk. */
  readonly #missing: Set<number>

  constructor(options: CommitOptions) {
    this.#options = options
    this.#target = options.staging.target
    this.#staging = options.staging.folder
    this.#displaced = new Map(options.arrived.displaced.map((one) => [one.index, one]))
    for (const { index, ...change } of options.arrived.changes) {
      this.#changes.set(index, [...(this.#changes.get(index) ?? []), change])
    }
    this.#durable = new Durable(options.durability, options.staging)
    this.#missing = new Set(options.failed)
  }

  async run(): Promise<Committed> {
    const { plan, onConflict } = this.#options
    const folders = plan.tops.filter((top) => top.folders.length > 0)
    const files = plan.tops.filter((top) => top.folders.length === 0)
    // Where a folder may be merged, another transfer may create it at any moment: each entry follows the rule.
    const [whole, merged] = onConflict === 'keep-both' ? [folders, []] : [[], folders]

    const built: Built[] = []
    for (const top of whole) built.push(await this.#build(top))
    // Content and trees first: after a crash there must be no name without its content.
    await this.#lose(await this.#durable.content(), built)
    this.#options.staging.assertPresent()
    await this.#options.beforeFirstName()
    for (const top of built) await this.#moveWhole(top)
    for (const top of merged) await this.#merge(top)
    await this.#placeFiles(files)
    await this.#durable.names()
    return {
      savedAs: plan.tops.flatMap(({ name }) => this.#saved.get(name) ?? []),
      notDelivered: [...plan.notDelivered, ...this.#outcomes.notDelivered],
      notes: [...this.#outcomes.notes, ...this.#durable.notes],
      changes: this.#outcomes.changes,
      deliveredEntries: this.#outcomes.entries,
      deliveredFiles: this.#outcomes.files,
      deliveredBytes: this.#outcomes.bytes,
    }
  }

  /** Leaves out the files that could not be written to the disk. */
  async #lose(lost: LostFiles, built: readonly Built[]): Promise<void> {
    if (lost.size === 0) return
    for (const { files } of this.#options.plan.tops) {
      for (const file of files) {
        const { index, path } = file
        const errno = lost.get(String(index)) ?? lost.get(inTree(path))
        if (errno === undefined || this.#missing.has(index)) continue
        this.#missing.add(index)
        this.#outcomes.fail(file, errno)
      }
    }
    for (const { delivered } of built) {
      for (const entry of delivered) {
        if (entry.type === 'file' && this.#missing.has(entry.index))
          await addon.removeFile(this.#options.staging.tree, entry.path)
      }
    }
  }

  /** Builds a top folder with its content below the staging folder. */
  async #build(top: TopEntry): Promise<Built> {
    const { tree } = this.#options.staging
    const { arrived } = this.#options
    const delivered: ManifestEntry[] = []
    const waiting: ManifestEntry[] = []
    for (const file of top.files) {
      if (!arrived.isPlaced(file.index)) waiting.push(file)
      else if (this.#isInPlace(file)) {
        delivered.push(file)
        this.#outcomes.change(file, this.#changes.get(file.index))
      } else await this.#takeAway(file)
    }
    const { made } = await this.#fill(
      tree,
      { ...top, files: waiting },
      {
        replace: 'never',
        ours: true,
        delivered: (entry) => delivered.push(entry),
        taken: ({ entry }) => {
          if (entry) this.#outcomes.fail(entry, 'EEXIST')
        },
      },
    )
    const [root, ...inner] = made
    // The top folder keeps mode 0700 until it has moved: a folder that is not writable cannot be moved.
    await this.#finishFolders(tree, inner)
    return { top, delivered, root: root ?? null }
  }

  /** Whether a placed file is complete under its name. */
  #isInPlace({ index }: ManifestEntry): boolean {
    return !this.#displaced.has(index) && !this.#missing.has(index)
  }

  /** Removes what exists of an incomplete placed file. */
  async #takeAway(file: ManifestEntry): Promise<void> {
    const { index, path } = file
    const displaced = this.#displaced.get(index)
    if (displaced && !this.#options.failed.has(index)) this.#outcomes.fail(file, displaced.code)
    // A name that the file did not get belongs to another file.
    if (displaced?.named !== false) await addon.removeFile(this.#options.staging.tree, path)
  }

  async #moveWhole({ top, delivered, root }: Built): Promise<void> {
    const { staging } = this.#options
    const { tree } = staging
    for (let count = 1; count <= MAX_NUMBER; count += 1) {
      const name = count === 1 ? top.name : numbered(top.name, count, false)
      try {
        await addon.renameNoReplace(tree, top.name, this.#target, name)
      } catch (error) {
        const errno = errnoOf(error)
        if (errno === 'EEXIST' && count < MAX_NUMBER) continue
        for (const entry of this.#arrivedOf(delivered)) this.#outcomes.fail(entry, errno)
        return
      }
      this.#saved.set(top.name, join(staging.targetPath, name))
      this.#durable.named(name)
      for (const entry of this.#arrivedOf(delivered)) this.#outcomes.deliver(entry)
      if (root) await this.#finishFolders(this.#target, [{ ...root, path: name }])
      return
    }
  }

  /** Creates a top folder, or merges it into one of the same name, entry by entry. Existing folders keep their mode. */
  async #merge(top: TopEntry): Promise<void> {
    const { onConflict, staging } = this.#options
    const before = this.#outcomes.entries
    const { made } = await this.#fill(this.#target, top, {
      replace: REPLACE_RULES[onConflict],
      ours: false,
      delivered: (entry) => {
        this.#durable.named(entry.path)
        this.#outcomes.deliver(entry)
      },
      taken: (step) => this.#taken(step),
    })
    for (const { path } of made) this.#durable.named(path)
    // Before their modes are set, which may prevent opening them.
    await this.#durable.names()
    await this.#finishFolders(this.#target, made)
    if (this.#outcomes.entries > before) this.#saved.set(top.name, join(staging.targetPath, top.name))
  }

  async #fill(into: Folder, top: TopEntry, on: Filling): Promise<{ made: PlannedFolder[] }> {
    const made: PlannedFolder[] = []
    const byPath = new Map(top.folders.map((folder) => [folder.path, folder]))
    const folders = top.folders.map(({ path, mode, entry }): Step => ({
      native: { kind: 'directory', path, mode },
      path,
      entry,
    }))
    await this.#run(into, folders, ({ path, entry }, outcome) => {
      if (outcome.kind === 'failed') {
        this.#outcomes.failFolder(path, entry, outcome.code)
        return
      }
      const folder = byPath.get(path)
      if ((outcome.kind === 'done' || on.ours) && folder) made.push(folder)
      if (entry) on.delivered(entry)
    })
    const rest = this.#arrivedOf([...top.files, ...top.links]).map((entry) =>
      stepFor(entry, entry.path, on.replace),
    )
    await this.#run(into, rest, (step, outcome) => {
      if (outcome.kind === 'kept-existing') return on.taken(step)
      if (outcome.kind === 'failed' && outcome.code === 'EEXIST') return on.taken(step)
      if (!step.entry) return undefined
      if (outcome.kind === 'failed') this.#outcomes.failStep(step.entry, outcome)
      else {
        this.#outcomes.change(step.entry, outcome.changes)
        on.delivered(step.entry)
      }
      return undefined
    })
    return { made }
  }

  /** Places the top entries that are files. If a name is taken, tries again with the next number. */
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
      await this.#run(this.#target, steps, async (step, outcome) => {
        const { entry } = step
        if (!entry) return
        const taken =
          outcome.kind === 'kept-existing' || (outcome.kind === 'failed' && outcome.code === 'EEXIST')
        if (taken && onConflict === 'keep-both' && count < MAX_NUMBER) again.push(entry)
        else if (taken) await this.#taken(step)
        else if (outcome.kind === 'failed') this.#outcomes.failStep(entry, outcome)
        else {
          this.#outcomes.change(entry, outcome.changes)
          this.#saved.set(entry.path, join(staging.targetPath, step.native.path))
          this.#durable.named(step.native.path)
          this.#outcomes.deliver(entry)
        }
      })
      waiting = again
    }
  }

  /** Sets modes and times, deepest first, so that no later step changes them. */
  async #finishFolders(root: Folder, folders: readonly PlannedFolder[]): Promise<void> {
    const steps = folders.toReversed().map(({ path, mode, mtimeNs, entry }): Step => ({
      native: { kind: 'directory-times', path, mode, mtimeNs },
      path: entry?.path ?? path,
      entry,
    }))
    await this.#run(root, steps, ({ entry }, outcome) => {
      if (!entry || outcome.kind === 'kept-existing') return
      // The folder is there with its content.
      this.#outcomes.change(entry, outcome.kind === 'done' ? outcome.changes : nothingKept(outcome.code))
    })
  }

  #run(root: Folder, steps: readonly Step[], handle: HandleStep): Promise<void> {
    return runSteps(root, this.#staging, steps, handle)
  }

  /** Handles a taken name: a folder in the place of a file is a failure, anything else follows the user's rule. */
  async #taken(step: Step): Promise<void> {
    const { onConflict } = this.#options
    const byRule = onConflict === 'skip' || onConflict === 'newer'
    const by = byRule && !(await this.#isFolder(step.native.path)) ? 'policy' : 'failure'
    const { entry } = step
    if (!entry) return
    this.#outcomes.leaveOut(entry, { code: 'name-taken', params: { path: sentPath(entry) } }, by)
  }

  async #isFolder(path: string): Promise<boolean> {
    try {
      return (await lstat(join(this.#options.staging.targetPath, path))).isDirectory()
    } catch {
      return false
    }
  }

  /** The carrier has already reported the others. */
  #arrivedOf(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
    return this.#missing.size === 0 ? entries : entries.filter(({ index }) => !this.#missing.has(index))
  }
}

/** Neither the mode nor the time of a folder could be set. */
function nothingKept(errno: string): readonly EntryChange[] {
  return [
    { code: 'mode-not-kept', errno },
    { code: 'time-not-kept', errno },
  ]
}

/** A top folder ready to be moved. */
interface Built {
  readonly top: TopEntry
  readonly delivered: readonly ManifestEntry[]
  readonly root: PlannedFolder | null
}

/**
 * Moves what lies in staging to its names in the target: a new top folder by one rename, once it is complete, if the rule is
 * to keep both; files, and folders that may be merged, one by one. Existing entries are replaced only if `onConflict` allows it. Modes and times are the manifest's. With `commit` and
 * `through` everything is durable when this resolves, except as listed in `notes`. The staging folder is then removed. If
 * this throws (`io`, `no-permission`, `disk-full`, or the error of `beforeFirstName`), the caller removes it.
 */
export async function commitTransfer(options: CommitOptions): Promise<Committed> {
  try {
    const committed = await new Commit(options).run()
    return { ...committed, notes: [...committed.notes, ...(await options.staging.finish())] }
  } catch (error) {
    const { targetPath: path } = options.staging
    throw isFolderGone(errnoOf(error)) ? targetProblem(error, path) : problemOfError(error, { path })
  }
}
