import type { Earlier } from '../../contract/ipc.ts'
import type { HistoryEntry } from '../../contract/history.ts'
import type { Penstock } from '../../core/index.ts'

/** Number of transfers listed, newest first. */
const LISTED = 200

/** The transfers of earlier runs, from the history at the start of this application. */
export class EarlierTransfers {
  readonly #entries: Promise<readonly HistoryEntry[]>

  constructor(penstock: Pick<Penstock, 'history'>) {
    // An unreadable history must not prevent the window from opening.
    this.#entries = penstock.history(LISTED).catch(() => [])
  }

  /** Newest first. */
  async list(): Promise<Earlier[]> {
    return (await this.#entries).map(
      ({ at, role, peer, title, entries, bytes, outcome, problem, ...entry }) => ({
        key: keyOf({ at, role, transferId: entry.transferId }),
        at,
        role,
        peer,
        title,
        entries,
        bytes,
        outcome,
        problem,
        kept: placeOf(entry) !== null,
      }),
    )
  }

  /** Path of a transfer's files; null if it is not listed or its files are not on this machine. */
  async whereIs(key: string): Promise<string | null> {
    const entry = (await this.#entries).find((one) => keyOf(one) === key)
    return entry ? placeOf(entry) : null
  }
}

/** A sender may reuse an id; the time distinguishes such entries. */
function keyOf({ at, role, transferId }: Pick<HistoryEntry, 'at' | 'role' | 'transferId'>): string {
  return `earlier:${at}:${role}:${transferId}`
}

function placeOf({ paths, folder }: Pick<HistoryEntry, 'paths' | 'folder'>): string | null {
  return paths[0] ?? folder
}
