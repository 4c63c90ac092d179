import { PenstockError } from '../contract/errors.ts'
import type { OtherEnd, Snapshot } from '../contract/ipc.ts'
import type { TransferView } from '../contract/transfer.ts'
import type { Transfer } from '../core/api.ts'
import { countCopies, type RouteOfBytes } from '../core/report/copies.ts'
import { copiesOf, routeTo } from './live-copies.ts'

/** How often what moves is looked at, in milliseconds. */
const SAMPLE_MS = 100

interface Tracked {
  readonly key: string
  readonly transfer: Transfer
  route: RouteOfBytes | null
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

  /** Lists a transfer with the device at `host`; resolves with its key. */
  add(transfer: Transfer, host: string | null): string {
    const tracked = this.#follow(transfer, host)
    this.#tracked.set(tracked.key, tracked)
    this.#report(tracked)
    return tracked.key
  }

  /** A transfer at the other end of one that is listed. */
  addOtherEnd(transfer: Transfer): void {
    this.#otherEnds.set(transfer.id, this.#follow(transfer, '127.0.0.1'))
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
    const { transfer } = this.#find(key)
    const { kind } = transfer.view().state
    if (kind === 'preparing' || kind === 'offered' || kind === 'running' || kind === 'committing') {
      throw new PenstockError('busy')
    }
    this.#tracked.delete(key)
    this.#otherEnds.delete(transfer.id)
  }

  #find(key: string): Tracked {
    const tracked = this.#tracked.get(key)
    if (!tracked) throw new PenstockError('internal', { message: 'no such transfer' })
    return tracked
  }

  #follow(transfer: Transfer, host: string | null): Tracked {
    const tracked: Tracked = { key: `${transfer.role}:${transfer.id}`, transfer, route: null, told: '' }
    const look = (): void => {
      this.#look(transfer.id)
    }
    const end = transfer.onChange(look)
    void transfer.ended.then(() => {
      end()
      look()
    })
    if (host !== null) {
      void routeTo(host).then((route) => {
        tracked.route = route
        look()
      })
    }
    this.#timer ??= setInterval(() => {
      this.#sample()
    }, SAMPLE_MS)
    return tracked
  }

  #look(transferId: string): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.transfer.id === transferId) this.#report(tracked)
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

  #snapshot({ key, transfer, route }: Tracked): Snapshot {
    const other = this.#otherEnds.get(transfer.id)
    const own = transfer.view()
    const theirs = other && other.transfer !== transfer ? other.transfer.view() : null
    const view = theirs === null ? own : { ...own, folder: theirs.folder, savedAs: theirs.savedAs }
    return {
      key,
      view,
      copies: copiesOf(own, route),
      otherEnd: theirs === null ? toldEnd(own, route) : endOf(theirs, other?.route ?? null),
      sampledAt: Date.now(),
    }
  }
}

function endOf(view: TransferView, route: RouteOfBytes | null): OtherEnd {
  const technique =
    view.state.kind === 'done' ? view.state.report.technique : (view.choice?.technique ?? null)
  return { technique, copies: copiesOf(view, route) }
}

/** The other device's end by what it said when the transfer began; null where it said nothing. */
function toldEnd(
  { role, peerTechnique, security }: TransferView,
  route: RouteOfBytes | null,
): OtherEnd | null {
  if (peerTechnique === null) return null
  // Its interface is not known from here; a receiver's copies do not hang on it, a sender's may.
  const itsRoute = { scatterGather: null, virtual: route?.virtual ?? false }
  const otherRole = role === 'sender' ? 'receiver' : 'sender'
  return { technique: peerTechnique, copies: countCopies(otherRole, peerTechnique, security, itsRoute) }
}
