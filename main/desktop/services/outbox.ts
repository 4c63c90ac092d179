import type { Batch, Snapshot } from '../../contract/ipc.ts'

/** A frame of a 60 Hz screen: the window gets at most one message per frame. */
const FRAME_MS = 16

/** Collects messages for the window and sends them in one batch per frame. */
export class Outbox {
  readonly #deliver: (batch: Batch) => void
  #rest: Omit<Batch, 'transfers'> = {}
  readonly #transfers = new Map<string, Snapshot>()
  #timer: NodeJS.Timeout | null = null

  constructor(deliver: (batch: Batch) => void) {
    this.#deliver = deliver
  }

  put(part: Omit<Batch, 'transfers'>): void {
    this.#rest = { ...this.#rest, ...part }
    this.#schedule()
  }

  putTransfer(snapshot: Snapshot): void {
    this.#transfers.set(snapshot.key, snapshot)
    this.#schedule()
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#flush()
    }, FRAME_MS)
  }

  #flush(): void {
    this.#timer = null
    const transfers = [...this.#transfers.values()]
    const batch: Batch = transfers.length === 0 ? this.#rest : { ...this.#rest, transfers }
    this.#rest = {}
    this.#transfers.clear()
    this.#deliver(batch)
  }
}
