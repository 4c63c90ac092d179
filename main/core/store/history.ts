import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { historyEntrySchema, type HistoryEntry } from '../../contract/history.ts'
import { problemOfError } from '../errors/errno.ts'
import { writeAtomically } from './atomic-file.ts'
import { readStateFile } from './state-file.ts'
import { makeStateFolder } from './state-folder.ts'

/** Number of lines above which the file is rewritten, and how many of the newest it then keeps. */
export const HISTORY_LIMITS = { lines: 10_000, kept: 8_000 } as const

/** What has been sent and received: one JSON object per line, oldest first, append-only. */
export class History {
  readonly #path: string
  #lines: number
  #queue: Promise<void> = Promise.resolve()

  private constructor(path: string, lines: number) {
    this.#path = path
    this.#lines = lines
  }

  /** Opens `history.jsonl` in the state folder. Throws `state-unreadable`, `no-permission`. */
  static async open(stateDir: string): Promise<History> {
    await makeStateFolder(stateDir)
    const path = join(stateDir, 'history.jsonl')
    return new History(path, (await linesOf(path)).length)
  }

  /** Adds one line, after those of earlier calls. Throws `disk-full`, `no-permission`, `io`. */
  add(entry: HistoryEntry): Promise<void> {
    const added = this.#queue.then(() => this.#append(entry))
    this.#queue = added.catch(() => undefined)
    return added
  }

  /** The newest entries first, at most `limit`. Lines that cannot be parsed are skipped. */
  async list(limit: number): Promise<readonly HistoryEntry[]> {
    await this.#queue
    const entries: HistoryEntry[] = []
    for (const line of (await linesOf(this.#path)).toReversed()) {
      if (entries.length >= limit) break
      const entry = parseLine(line)
      if (entry) entries.push(entry)
    }
    return entries
  }

  async #append(entry: HistoryEntry): Promise<void> {
    try {
      const file = await open(this.#path, 'a+', 0o600)
      try {
        const { size } = await file.stat()
        // A crash may have left half a line; the new line must not continue it.
        const torn = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a
        await file.appendFile(`${torn ? '\n' : ''}${JSON.stringify(entry)}\n`)
      } finally {
        await file.close()
      }
      this.#lines += 1
      if (this.#lines > HISTORY_LIMITS.lines) await this.#compact()
    } catch (error) {
      throw problemOfError(error, { path: this.#path })
    }
  }

  async #compact(): Promise<void> {
    const kept = (await linesOf(this.#path)).slice(-HISTORY_LIMITS.kept)
    await writeAtomically(this.#path, `${kept.join('\n')}\n`)
    this.#lines = kept.length
  }
}

function parseLine(line: string): HistoryEntry | null {
  try {
    return historyEntrySchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readStateFile(path)
  return text === null ? [] : text.split('\n').filter((line) => line !== '')
}
