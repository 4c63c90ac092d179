import { steadyNow } from '../../contract/clock.ts'
import { LOCAL_COPY, type Note, type TransferReport } from '../../contract/report.ts'
import { basename, dirname, resolve } from 'node:path'
import { addon, type CopierSample } from '../../../native/index.ts'
import type { PeerSummary } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Technique } from '../../contract/technique.ts'
import type { Totals, TransferView } from '../../contract/transfer.ts'
import type { CopyOptions, Transfer } from '../api.ts'
import { type Committed, commitTransfer } from '../target/commit.ts'
import { planCommit } from '../target/commit-plan.ts'
import { NOTHING_PLACED } from '../target/placement.ts'
import { underNearPath } from '../target/names.ts'
import { ensureRoomForCopy } from '../target/room.ts'
import { LocalCarrier } from './local-carrier.ts'
import { refuseIntoItself, refuseOntoItself } from './same-place.ts'
import type { StagingArea } from '../target/staging-area.ts'
import { titleOf } from '../source/given-paths.ts'
import { nothingToSend } from '../source/nothing-to-send.ts'
import type { SourceEntry } from '../source/entries.ts'
import { walk } from '../source/walk.ts'
import { planCopy } from '../plan/copy-plan.ts'
import { makeLocalReport } from '../report/local-report.ts'
import { listed, notDeliveredOf } from '../transfer/delivery.ts'
import { failuresOf } from '../transfer/ends.ts'
import { StartedHere } from '../transfer/started-here.ts'
import type { ProgrammingErrors } from '../transfer/programming-errors.ts'

/** Entries passed to the addon at once; few enough not to block JavaScript for long. */
const ENTRIES_PER_PIECE = 1000

const NOTHING: Totals = { files: 0, directories: 0, symlinks: 0, bytes: 0 }
const NOTHING_COPIED = { bytes: 0, files: 0, choice: null, copies: null, counters: null }

/**
 * A copy of files and folders to a folder on this machine: walks, copies into staging, commits, and ends in one terminal
 * state.
 */
export class LocalCopy extends StartedHere implements Transfer {
  readonly peerIdentity = null
  readonly #options: CopyOptions
  readonly #area: StagingArea
  readonly #folder: string
  #movingSince: number | null = null
  #totals = NOTHING
  /** Names of the top entries that are copied. */
  #tops: readonly string[] = []
  #carrier: LocalCarrier | null = null
  #savedAs: readonly string[] = []

  constructor(options: CopyOptions, area: StagingArea, errors: ProgrammingErrors) {
    super(errors)
    this.#options = options
    this.#area = area
    this.#folder = resolve(options.dir)
  }

  protected stopMoving(): void {
    this.#carrier?.cancel()
  }

  setTechnique(technique: Technique): void {
    this.#carrier?.setTechnique(technique)
  }

  view(): TransferView {
    return {
      transferId: this.id,
      role: this.role,
      peer: this.#peer(),
      title: this.#tops[0] ?? titleOf(this.#options.paths[0] ?? ''),
      topEntries: this.#tops.length || this.#options.paths.length,
      totals: this.#totals,
      state: this.lifecycle.state,
      ...LOCAL_COPY,
      network: null,
      peerTechnique: null,
      peerFellBackFrom: null,
      limitedBy: null,
      startedAt: this.startedAt,
      movingSince: this.#movingSince,
      folder: this.#folder,
      savedAs: this.#savedAs,
      peerCopies: null,
      ...(this.#carrier?.view() ?? NOTHING_COPIED),
    }
  }

  #peer(): PeerSummary {
    return { alias: basename(this.#folder) || this.#folder, fingerprint: '', kind: 'folder' }
  }

  protected async run(): Promise<void> {
    try {
      this.lifecycle.apply({ kind: 'done', report: await this.#deliver() })
    } catch (error) {
      if (this.abort.signal.aborted) this.lifecycle.apply({ kind: 'cancelled' })
      this.lifecycle.fail(inOwnWords(error, this.#folder))
    }
  }

  async #deliver(): Promise<TransferReport> {
    const { paths, exclude } = this.#options
    const { signal } = this.abort
    const choice = planCopy(addon.copyTechniques(), this.#options.technique)
    if (choice === null) {
      throw new PenstockError('technique-unavailable', {
        technique: this.#options.technique === 'auto' ? 'clone' : this.#options.technique,
        detail: process.platform,
      })
    }
    await refuseIntoItself(paths, this.#folder)
    const walked = await walk(paths, signal, exclude)
    this.#totals = walked.totals
    if (walked.entries.length === 0) throw nothingToSend(walked.notDelivered)
    this.#tops = walked.entries.filter(({ path }) => !path.includes('/')).map(({ path }) => path)
    await refuseOntoItself(walked.entries, this.#folder)
    const staging = await this.#area.create(this.#folder)
    await this.#area.sweep(this.#folder)
    try {
      const sharesBlocks = await addon.sharesBlocks(staging.folder)
      const byReference = sharesBlocks && ['clone', 'copyrange'].includes(choice.technique)
      await ensureRoomForCopy(this.#folder, walked.entries, walked.totals.bytes, byReference)
      signal.throwIfAborted()
      const cpuAtStart = process.cpuUsage()
      const place = {
        sharesBlocks,
        sourceType: typeAt(walked.entries.find(({ type }) => type === 'file')?.absolutePath ?? this.#folder),
        targetType: typeAt(this.#folder),
      }
      const { failures, sample } = await this.#copy(
        new LocalCarrier(staging, choice, place, this.#options.durability),
        walked.entries,
      )
      this.lifecycle.apply({ kind: 'committing' })
      const { entries } = walked
      const failed = listed(notDeliveredOf(failures, (index) => entries[index]))
      const committed = await commitTransfer({
        staging,
        plan: await planCommit(entries.map(underNearPath), await staging.folding()),
        arrived: NOTHING_PLACED,
        failed: new Set(failures.map(({ index }) => index)),
        onConflict: this.#options.onConflict,
        durability: this.#options.durability,
        beforeFirstName: () => {
          signal.throwIfAborted()
        },
      })
      this.#savedAs = committed.savedAs
      const notDelivered = [...walked.notDelivered, ...failed, ...listed(committed.notDelivered)]
      return this.#report({ committed, notDelivered, notes: walked.notes, sample, cpuAtStart })
    } catch (error) {
      await staging.discard().catch(() => undefined)
      throw error
    }
  }

  async #copy(carrier: LocalCarrier, entries: readonly SourceEntry[]) {
    const { copier } = carrier
    this.#carrier = carrier
    this.#movingSince = steadyNow()
    this.lifecycle.apply({ kind: 'running' })
    for (let at = 0; at < entries.length; at += ENTRIES_PER_PIECE) {
      const piece = entries.slice(at, at + ENTRIES_PER_PIECE).filter(({ type }) => type === 'file')
      copier.addFiles(
        piece.map(({ index, absolutePath: path, root, size, mtimeNs }) => ({
          index,
          path,
          root,
          size,
          mtimeNs,
        })),
      )
      await new Promise(setImmediate)
    }
    copier.endOfFiles()
    const failures = failuresOf(await copier.ended, null)
    return { failures, sample: copier.sample() }
  }

  #report(done: {
    readonly committed: Committed
    readonly notDelivered: Parameters<typeof makeLocalReport>[0]['notDelivered']
    readonly notes: readonly Note[]
    readonly sample: CopierSample
    readonly cpuAtStart: NodeJS.CpuUsage
  }) {
    const carrier = this.#carrier
    if (carrier === null) throw new PenstockError('internal', { message: 'a copy is done that never began' })
    const { committed, notDelivered, notes, sample, cpuAtStart } = done
    return makeLocalReport({
      transferId: this.id,
      peer: this.#peer(),
      entries: committed.deliveredEntries,
      files: committed.deliveredFiles,
      bytes: committed.deliveredBytes,
      seconds: (steadyNow() - (this.#movingSince ?? steadyNow())) / 1000,
      notDelivered,
      notes: [...notes, ...committed.notes],
      durability: this.#options.durability,
      choice: carrier.planned,
      sample,
      cpuAtStart,
      ...carrier.place,
    })
  }
}

/** There is no receiver: a full disk is the one of the target folder. */
function inOwnWords(error: unknown, path: string): unknown {
  if (!(error instanceof PenstockError) || error.code !== 'disk-full') return error
  return new PenstockError('folder-full', { ...error.params, path }, { cause: error })
}

/** File system of a path; that of its folder if the path has disappeared. */
function typeAt(path: string): string {
  try {
    return addon.fileSystem(path).type
  } catch {
    return addon.fileSystem(dirname(path)).type
  }
}
