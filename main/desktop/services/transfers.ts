import { steadyNow } from '../../contract/clock.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Snapshot } from '../../contract/ipc.ts'
import type { Technique } from '../../contract/technique.ts'
import type { TerminalState, TransferState, TransferView } from '../../contract/transfer.ts'
import type { Transfer } from '../../core/index.ts'
import { OtherEnds } from './other-ends.ts'

/** Time between two samples of a running transfer, in milliseconds. */
const SAMPLE_MS = 100

/** The window names the saved path only if there is exactly one, so two are enough. */
const NAMED_PATHS = 2

export interface TransfersHooks {
  /** A listed transfer has a new snapshot. */
  readonly changed: (snapshot: Snapshot) => void
  /** A transfer threw while it was sampled. Called once for each transfer. */
  readonly failed: (error: unknown) => void
}

interface Listed {
  readonly key: string
  readonly transferId: string
  readonly role: Transfer['role']
  /** Null after its end, when only the snapshot is kept. */
  live: Transfer | null
  snapshot: Snapshot
  /** The last reported snapshot, without its time, for comparison. */
  reported: string
  hasThrown: boolean
}

/**
 * The transfers that the window lists. Running ones are sampled; of ended ones only the last snapshot is kept. An error in
 * one transfer keeps its last snapshot and does not affect the others.
 */
export class Transfers {
  readonly #hooks: TransfersHooks
  readonly #listed = new Map<string, Listed>()
  readonly #otherEnds: OtherEnds
  #timer: NodeJS.Timeout | null = null

  constructor(hooks: TransfersHooks) {
    this.#hooks = hooks
    this.#otherEnds = new OtherEnds({
      isWanted: (transferId) => this.#senderOf(transferId) !== undefined,
      changed: (transferId) => {
        this.#refreshSender(transferId)
      },
      failed: hooks.failed,
    })
  }

  /** Number of transfers that have not ended. */
  get active(): number {
    return [...this.#listed.values()].filter(({ live }) => live !== null).length
  }

  /** Lists a transfer; returns its key. A transfer whose first view throws is cancelled, and the error is thrown. */
  add(transfer: Transfer): string {
    const listed = this.#list(transfer)
    this.#listed.set(listed.key, listed)
    transfer.onChange(() => {
      this.#refresh(listed, transfer)
    })
    void transfer.ended.then((state) => {
      this.#end(listed, transfer, state)
    })
    this.#report(listed, listed.snapshot)
    this.#timer ??= setInterval(() => {
      this.#sample()
    }, SAMPLE_MS)
    return listed.key
  }

  /** Adds a receiver in this application. It is followed if it is the other end of a listed sender. */
  addOtherEnd(transfer: Transfer): void {
    this.#otherEnds.add(transfer)
  }

  /** The newest snapshot of each. */
  all(): readonly Snapshot[] {
    for (const listed of this.#listed.values()) if (listed.live !== null) this.#refresh(listed, listed.live)
    return [...this.#listed.values()].map(({ snapshot }) => snapshot)
  }

  /** No effect if it has ended. Throws `internal` if the key is unknown. */
  cancel(key: string): void {
    this.#find(key).live?.cancel()
  }

  /** No effect if it has ended. Throws `internal` if the key is unknown, `technique-unavailable`. */
  setTechnique(key: string, technique: Technique): void {
    this.#find(key).live?.setTechnique(technique)
  }

  /** The path of its files, at this end or the other; null if neither is on this machine. */
  whereIs(key: string): string | null {
    const { view } = this.#find(key).snapshot
    return view.savedAs[0] ?? view.folder
  }

  /** Removes an ended transfer from the list. Throws `busy` if it has not ended. */
  forget(key: string): void {
    const { live, role, transferId } = this.#find(key)
    if (live !== null) throw new PenstockError('busy')
    this.#listed.delete(key)
    if (role === 'sender') this.#otherEnds.forget(transferId)
  }

  #find(key: string): Listed {
    const listed = this.#listed.get(key)
    if (!listed) throw new PenstockError('internal', { message: 'no such transfer' })
    return listed
  }

  /** The other ends are all receivers, so only a sender can be paired with one. */
  #senderOf(transferId: string): Listed | undefined {
    return [...this.#listed.values()].find((one) => one.role === 'sender' && one.transferId === transferId)
  }

  #list(transfer: Transfer): Listed {
    try {
      const key = `${transfer.role}:${transfer.id}`
      const view = transfer.view()
      const snapshot = this.#snapshot(key, view)
      const live = isEnded(view.state) ? null : transfer
      const { transferId, role } = view
      return { key, transferId, role, live, snapshot, reported: '', hasThrown: false }
    } catch (error) {
      transfer.cancel()
      throw error
    }
  }

  #sample(): void {
    for (const listed of this.#listed.values()) {
      const { live, snapshot } = listed
      const { kind } = snapshot.view.state
      if (live !== null && (kind === 'running' || kind === 'committing')) this.#refresh(listed, live, true)
    }
    if (this.active > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #refreshSender(transferId: string): void {
    const listed = this.#senderOf(transferId)
    if (listed === undefined) return
    if (listed.live !== null) this.#refresh(listed, listed.live)
    else this.#report(listed, this.#snapshot(listed.key, listed.snapshot.view))
  }

  /**
   * Takes a new snapshot. A transfer may still change after its end: a sender learns the receiver's last technique then.
   *
   * @param moving report it even if only time has passed
   */
  #refresh(listed: Listed, transfer: Transfer, moving = false): void {
    if (this.#listed.get(listed.key) !== listed) return
    try {
      this.#report(listed, this.#snapshot(listed.key, transfer.view()), moving)
    } catch (error) {
      if (listed.hasThrown) return
      listed.hasThrown = true
      this.#hooks.failed(error)
    }
  }

  /** If the view throws, the last snapshot gets the terminal state, so that an ended transfer is not shown as running. */
  #end(listed: Listed, transfer: Transfer, state: TerminalState): void {
    this.#refresh(listed, transfer)
    if (listed.live === null) return
    const { snapshot } = listed
    this.#report(listed, { ...snapshot, view: { ...snapshot.view, state }, sampledAt: steadyNow() })
  }

  #report(listed: Listed, snapshot: Snapshot, moving = false): void {
    const reported = JSON.stringify({ ...snapshot, sampledAt: 0 })
    listed.snapshot = snapshot
    if (isEnded(snapshot.view.state)) listed.live = null
    if (reported === listed.reported && !moving) return
    listed.reported = reported
    this.#hooks.changed(snapshot)
  }

  #snapshot(key: string, whole: TransferView): Snapshot {
    const view = { ...whole, savedAs: whole.savedAs.slice(0, NAMED_PATHS) }
    const sampledAt = steadyNow()
    const theirs = view.role === 'sender' ? this.#otherEnds.get(view.transferId) : null
    const { peerTechnique, peerFellBackFrom: fellBackFrom, peerCopies } = view
    if (theirs !== null) {
      const { technique, copies, folder } = theirs
      const savedAs = theirs.savedAs.slice(0, NAMED_PATHS)
      return {
        key,
        view: { ...view, folder, savedAs },
        otherEnd: { technique, fellBackFrom, copies },
        sampledAt,
      }
    }
    const otherEnd =
      peerTechnique === null ? null : { technique: peerTechnique, fellBackFrom, copies: peerCopies }
    return { key, view, otherEnd, sampledAt }
  }
}

function isEnded({ kind }: TransferState): boolean {
  return kind === 'done' || kind === 'refused' || kind === 'cancelled' || kind === 'failed'
}
