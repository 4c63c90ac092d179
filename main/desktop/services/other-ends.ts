import type { CopyCount } from '../../contract/report.ts'
import type { Technique } from '../../contract/technique.ts'
import type { TransferView } from '../../contract/transfer.ts'
import type { Transfer } from '../../core/index.ts'

/** The part of a sender's card that comes from the receiver. */
export interface OtherEnd {
  readonly technique: Technique | null
  readonly copies: CopyCount | null
  readonly folder: string | null
  readonly savedAs: readonly string[]
}

export interface OtherEndsHooks {
  /** Whether a sender of this transfer is listed; otherwise the receiver is not followed. */
  readonly isWanted: (transferId: string) => boolean
  /** The receiver of this transfer has changed. */
  readonly changed: (transferId: string) => void
  /** A receiver threw while it was sampled. */
  readonly failed: (error: unknown) => void
}

type Shown = Pick<TransferView, 'state' | 'choice' | 'copies' | 'folder' | 'savedAs'>

interface Known {
  /** Null once it has ended. */
  live: Transfer | null
  end: OtherEnd
}

/** Receivers in this application that are the other end of a listed sender, by transfer id. */
export class OtherEnds {
  readonly #hooks: OtherEndsHooks
  readonly #known = new Map<string, Known>()

  constructor(hooks: OtherEndsHooks) {
    this.#hooks = hooks
  }

  /** Follows a receiver until it ends. Keeps only what the sender's card shows. */
  add(transfer: Transfer): void {
    try {
      const { transferId, ...view } = transfer.view()
      if (!this.#hooks.isWanted(transferId)) return
      const known: Known = { live: transfer, end: otherEndOf(view) }
      this.#known.set(transferId, known)
      const changed = (): void => {
        this.#refresh(known, transfer)
        if (this.#known.get(transferId) === known) this.#hooks.changed(transferId)
      }
      transfer.onChange(changed)
      void transfer.ended.then(() => {
        changed()
        known.live = null
      })
    } catch (error) {
      this.#hooks.failed(error)
    }
  }

  /** The current state of a transfer's receiver; null if it is not in this application. */
  get(transferId: string): OtherEnd | null {
    const known = this.#known.get(transferId)
    if (known === undefined) return null
    if (known.live !== null) this.#refresh(known, known.live)
    return known.end
  }

  forget(transferId: string): void {
    this.#known.delete(transferId)
  }

  /** A receiver that throws keeps its last state and is not sampled again. */
  #refresh(known: Known, transfer: Transfer): void {
    try {
      known.end = otherEndOf(transfer.view())
    } catch (error) {
      if (known.live !== null) this.#hooks.failed(error)
      known.live = null
    }
  }
}

function otherEndOf({ state, choice, copies, folder, savedAs }: Shown): OtherEnd {
  const technique = state.kind === 'done' ? state.report.technique : (choice?.technique ?? null)
  return { technique, copies, folder, savedAs }
}
