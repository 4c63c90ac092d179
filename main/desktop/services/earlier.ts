import type { Earlier } from '../../contract/ipc.ts'
import type { HistoryEntry } from '../../contract/history.ts'
import type { Penstock } from '../../core/index.ts'

/** How many of the newest are listed. */
const LISTED = 200

/** The transfers of earlier runs, from the history as it was when this application started. */
export class EarlierTransfers {
  readonly #entries: Promise<readonly HistoryEntry[]>

  constructor(penstock: Pick<Penstock, 'history'>) {
    // A history that cannot be read hides what was; it must not keep the window from opening.
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

  /** Where the files of one are; null where it is not listed or its files are not on this machine. */
  async whereIs(key: string): Promise<string | null> {
    const entry = (await this.#entries).find((one) => keyOf(one) === key)
    return entry ? placeOf(entry) : null
  }
}

/** A sender may use an id twice; the time tells such entries apart. */
function keyOf({ at, role, transferId }: Pick<HistoryEntry, 'at' | 'role' | 'transferId'>): string {
  return `earlier:${at}:${role}:${transferId}`
}

function placeOf({ paths, folder }: Pick<HistoryEntry, 'paths' | 'folder'>): string | null {
  return paths[0] ?? folder
}
