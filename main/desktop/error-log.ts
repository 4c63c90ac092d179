import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of one log file; one older file of the same size is kept. */
const MAX_BYTES = 1024 * 1024

/** Bytes of one entry: a stack can contain a message of any length. */
const MAX_ENTRY_BYTES = 64 * 1024

/**
 * The log of unexpected errors: `errors.log` in the state folder, and `errors.log.1` with older entries. Entries are written
 * synchronously, because the process may be about to end.
 */
export class ErrorLog {
  readonly path: string
  readonly #folder: string
  readonly #now: () => Date

  constructor(folder: string, now: () => Date = () => new Date()) {
    this.#folder = folder
    this.#now = now
    this.path = join(folder, 'errors.log')
  }

  /** Appends an entry with its time, cut at 64 KiB. Throws the errors of the file system. */
  append(text: string): void {
    const whole = Buffer.from(`${this.#now().toISOString()} ${text}\n`)
    const entry =
      whole.length <= MAX_ENTRY_BYTES
        ? whole
        : Buffer.concat([whole.subarray(0, MAX_ENTRY_BYTES - 1), Buffer.from('\n')])
    if (!existsSync(this.#folder)) mkdirSync(this.#folder, 0o700)
    const held = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
    if (held + entry.length > MAX_BYTES) renameSync(this.path, `${this.path}.1`)
    appendFileSync(this.path, entry, { mode: 0o600 })
  }
}
