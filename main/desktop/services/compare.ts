import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Comparing, Comparison, CompareProgress } from '../../contract/compare.ts'
import type { Device } from '../../contract/device.ts'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import type { RequestOf } from '../../contract/ipc.ts'
import {
  comparePreset,
  durabilitiesOf,
  openPenstock,
  startLocalTarget,
  writeBigFile,
  type CompareTarget,
  type Penstock,
} from '../../core/index.ts'
import { comparisonCsv } from '../../messages/index.ts'
import { ownCommand } from '../own-command.ts'

export interface ComparingOptions {
  /** State folder of this application, for its identity. */
  readonly stateDir: string
  /** A listed device by its id. Throws `peer-not-found`. */
  readonly find: (id: string) => Device
  /** This device's name, shown at the other end. */
  readonly alias: () => string
  readonly changed: (comparing: Comparing) => void
  readonly onProgrammingError: (error: unknown) => void
}

interface Running {
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/**
 * Runs the comparison that the window shows. It has a separate state folder, so that rounds do not fill the history, but
 * this application's identity, so that "always accept" applies to each round.
 */
export class ComparisonRunner {
  readonly #options: ComparingOptions
  #now: Comparing | null = null
  #running: Running | null = null

  constructor(options: ComparingOptions) {
    this.#options = options
  }

  get now(): Comparing | null {
    return this.#now
  }

  /** Starts a comparison; no effect if one is running. Throws `peer-not-found`, `usage`. */
  start(request: RequestOf<'startCompare'>): void {
    if (this.#running !== null) return
    if (request.path !== null && !isAbsolute(request.path))
      throw new PenstockError('usage', { detail: 'path' })
    if (request.to !== null && request.preset === 'durability')
      throw new PenstockError('usage', { why: 'durability-here' })
    const device = request.to === null ? null : this.#options.find(request.to)
    const abort = new AbortController()
    this.#publish({ kind: 'preparing' })
    const ended = this.#run(request, device, abort.signal)
      .then(
        (comparison) => {
          this.#publish({ kind: 'done', comparison })
        },
        (error: unknown) => {
          if (abort.signal.aborted) this.#publish({ kind: 'stopped', progress: this.#progress() })
          else this.#publish({ kind: 'failed', problem: toProblem(error) })
        },
      )
      .finally(() => {
        this.#running = null
      })
    this.#running = { abort, ended }
  }

  /** Stops the running comparison and waits for its clean-up. */
  async stop(): Promise<void> {
    if (this.#running === null) return
    if (this.#now?.kind !== 'stopping') this.#publish({ kind: 'stopping', progress: this.#progress() })
    this.#running.abort.abort()
    await this.#running.ended
  }

  /** Writes the figures, or the window's picture of them. Throws `usage` if there are none. */
  async save(path: string, request: RequestOf<'saveCompare'>): Promise<void> {
    if (request.as === 'png') {
      await writeFile(path, Buffer.from(request.base64, 'base64'))
      return
    }
    if (this.#now?.kind !== 'done') throw new PenstockError('usage', { detail: 'saveCompare' })
    await writeFile(path, comparisonCsv(this.#now.comparison))
  }

  #progress(): CompareProgress | null {
    return this.#now?.kind === 'running' || this.#now?.kind === 'stopping' ? this.#now.progress : null
  }

  #publish(comparing: Comparing): void {
    this.#now = comparing
    this.#options.changed(comparing)
  }

  async #run(
    request: RequestOf<'startCompare'>,
    device: Device | null,
    signal: AbortSignal,
  ): Promise<Comparison> {
    const parent = request.preset === 'durability' ? this.#options.stateDir : tmpdir()
    const place = await mkdtemp(join(parent, 'penstock-compare-'))
    try {
      const penstock = await openPenstock({
        stateDir: join(place, 'state'),
        alias: this.#options.alias(),
        onProgrammingError: this.#options.onProgrammingError,
        ...(device === null ? {} : { identityDir: this.#options.stateDir }),
      })
      try {
        return await this.#between(penstock, request, device, place, signal)
      } finally {
        await penstock.close()
      }
    } finally {
      await rm(place, { recursive: true, force: true })
    }
  }

  async #between(
    penstock: Penstock,
    request: RequestOf<'startCompare'>,
    device: Device | null,
    place: string,
    signal: AbortSignal,
  ): Promise<Comparison> {
    if (device !== null) return this.#measure(penstock, request, elsewhere(device), place, signal)
    const durabilities = durabilitiesOf(request.preset)
    const target = await startLocalTarget(ownCommand(), penstock, place, false, durabilities)
    try {
      return await this.#measure(penstock, request, target, place, signal)
    } finally {
      await target.close()
    }
  }

  async #measure(
    penstock: Penstock,
    { preset, runs, path, sizeBytes }: RequestOf<'startCompare'>,
    target: CompareTarget,
    place: string,
    signal: AbortSignal,
  ): Promise<Comparison> {
    const sent = path ?? join(place, 'file')
    if (path === null) await writeBigFile(sent, sizeBytes, signal)
    return comparePreset(penstock, target, {
      ...{ preset, path: sent, techniques: null, runs, check: false, pin: null, signal },
      onProgress: (progress) => {
        if (!signal.aborted)
          this.#publish({ kind: 'running', progress: { ...progress, rows: [...progress.rows] } })
      },
    })
  }
}

/** Files received by another device stay there, and it does not send its figures. */
function elsewhere(device: Device): CompareTarget {
  return {
    deviceOf: () => device,
    peer: device.alias,
    fileSystem: null,
    report: () => Promise.resolve(null),
    clear: () => Promise.resolve(),
  }
}
