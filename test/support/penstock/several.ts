import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Penstock } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'

/** Penstocks of one test file, with their states in one temporary folder. */
export class Several {
  root = ''
  #open: Penstock[] = []

  /** Opens one with a state of its own. The first makes the folder. */
  async open(state: string, alias = state): Promise<Penstock> {
    if (this.root === '') this.root = await mkdtemp(join(tmpdir(), 'penstock-several-'))
    const penstock = await openPenstock({ stateDir: join(this.root, state), alias })
    this.#open.push(penstock)
    return penstock
  }

  /** Closes all and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#open.map((penstock) => penstock.close()))
    this.#open = []
    await rm(this.root, { recursive: true, force: true })
    this.root = ''
  }
}
