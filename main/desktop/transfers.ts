import { PenstockError } from '../contract/errors.ts'
import type { Snapshot } from '../contract/ipc.ts'
import type { Transfer } from '../core/api.ts'

/** How often what moves is looked at, in milliseconds. */
const SAMPLE_MS = 100

/** Of the paths where files were saved, the window names one where there is one only. */
const NAMED_PATHS = 2

interface Tracked {
  readonly key: string
  readonly transfer: Transfer
  /** The id that both ends report. */
  readonly transferId: string
  /** What the window was told last, in a form that can be compared. */
  told: string
}

/** The transfers that the window lists, sampled while they move. */
export class Transfers {
  readonly #changed: (snapshot: Snapshot) => void
  readonly #tracked = new Map<string, Tracked>()
  /** Ends of transfers that this application also is the other end of, by transfer id. */
  readonly #otherEnds = new Map<string, Tracked>()
  #timer: NodeJS.Timeout | null = null

  constructor(changed: (snapshot: Snapshot) => void) {
    this.#changed = changed
  }

  /** Lists a transfer; returns its key. */
  add(transfer: Transfer): string {
    const tracked = this.#follow(transfer)
    this.#tracked.set(tracked.key, tracked)
    this.#report(tracked)
    return tracked.key
  }

  /** A transfer at the other end of one that is listed. */
  addOtherEnd(transfer: Transfer): void {
    const tracked = this.#follow(transfer)
    this.#otherEnds.set(tracked.transferId, tracked)
  }

  all(): readonly Snapshot[] {
    return [...this.#tracked.values()].map((tracked) => this.#snapshot(tracked))
  }

  /** Throws `internal` where there is none of this key. */
  get(key: string): Transfer {
    return this.#find(key).transfer
  }

  /** Where the files of a transfer lie, of this end or the other; null where neither is here. */
  whereIs(key: string): string | null {
    const { view } = this.#snapshot(this.#find(key))
    return view.savedAs[0] ?? view.folder
  }

  /** Takes one off the list that has ended. */
  forget(key: string): void {
    const { transfer, transferId } = this.#find(key)
    const { kind } = transfer.view().state
    if (kind === 'preparing' || kind === 'offered' || kind === 'running' || kind === 'committing') {
      throw new PenstockError('busy')
    }
    this.#tracked.delete(key)
    if (transfer.role === 'sender') this.#otherEnds.delete(transferId)
  }

  #find(key: string): Tracked {
    const tracked = this.#tracked.get(key)
    if (!tracked) throw new PenstockError('internal', { message: 'no such transfer' })
    return tracked
  }

  #follow(transfer: Transfer): Tracked {
    const { transferId } = transfer.view()
    const tracked: Tracked = { key: `${transfer.role}:${transfer.id}`, transfer, transferId, told: '' }
    const look = (): void => {
      this.#look(transferId)
    }
    // The sender's last word on its technique may come a moment after the end.
    transfer.onChange(look)
    void transfer.ended.then(look)
    this.#timer ??= setInterval(() => {
      this.#sample()
    }, SAMPLE_MS)
    return tracked
  }

  #look(transferId: string): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.transferId === transferId) this.#report(tracked)
    }
  }

  #sample(): void {
    let active = false
    for (const tracked of this.#tracked.values()) {
      const { kind } = tracked.transfer.view().state
      if (kind === 'running' || kind === 'committing') this.#report(tracked, true)
      active ||= kind === 'preparing' || kind === 'offered' || kind === 'running' || kind === 'committing'
    }
    if (!active && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
  }

  /** `moving`: the time that passes is news by itself. */
  #report(tracked: Tracked, moving = false): void {
    const snapshot = this.#snapshot(tracked)
    const told = JSON.stringify({ ...snapshot, sampledAt: 0 })
    if (told === tracked.told && !moving) return
    tracked.told = told
    this.#changed(snapshot)
  }

  #snapshot(tracked: Tracked): Snapshot {
    const { view, ...rest } = this.#whole(tracked)
    return { ...rest, view: { ...view, savedAs: view.savedAs.slice(0, NAMED_PATHS) } }
  }

  #whole({ key, transfer, transferId }: Tracked): Snapshot {
    const own = transfer.view()
    // The other ends are all receivers: a peer that names its transfer like one of them does not become part of it.
    const theirs = (transfer.role === 'sender' && this.#otherEnds.get(transferId)?.transfer.view()) || null
    const sampledAt = Date.now()
    if (theirs === null) {
      const { peerTechnique: technique, peerFellBackFrom: fellBackFrom, peerCopies: copies } = own
      const otherEnd = technique === null ? null : { technique, fellBackFrom, copies }
      return { key, view: own, otherEnd, sampledAt }
    }
    const technique =
      theirs.state.kind === 'done' ? theirs.state.report.technique : (theirs.choice?.technique ?? null)
    const fellBackFrom = own.peerFellBackFrom
    const view = { ...own, folder: theirs.folder, savedAs: theirs.savedAs }
    return { key, view, otherEnd: { technique, fellBackFrom, copies: theirs.copies }, sampledAt }
  }
}
