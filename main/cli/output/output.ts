import type { Writable } from 'node:stream'
import { eastAsianWidth } from 'get-east-asian-width'
import type { Problem } from '../../contract/errors.ts'
import {
  catalogue,
  escapeHidden,
  explain,
  format,
  reasonText,
  sentence,
  visible,
  type Catalogue,
  type Language,
  type Params,
  type ReadTransfer,
} from '../../messages/index.ts'
import type { Reason } from '../../contract/technique.ts'
import type { PartialDelivery, TransferView } from '../../contract/transfer.ts'

/** A line of `--json`: a name and plain data. */
export interface JsonEvent {
  readonly event: string
  readonly [key: string]: unknown
}

/** Files of a command that failed: `savedAs` stay, as do those `delivered` at the receiver. */
type KnownFiles = Partial<PartialDelivery & Pick<TransferView, 'savedAs'>>

/** JSON numbers are exact only up to 2^53; a bigint is written as a string. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** The streams of a process, or those of a test. */
export interface OutputStreams {
  readonly stdout: Writable
  readonly stderr: Writable
}

/**
 * Output of a command: text to standard output and problems to standard error; with `--json` one object per line on standard
 * output and nothing else there.
 */
export class Output {
  readonly json: boolean
  readonly language: Language
  readonly words: Catalogue
  readonly #streams: OutputStreams
  #broken = false
  #failed = false
  readonly #onBroken = new Set<() => void>()

  constructor(streams: OutputStreams, json: boolean, language: Language) {
    this.#streams = streams
    this.json = json
    this.language = language
    this.words = catalogue(language)
    streams.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#broken) return
      this.#broken = true
      if (!isReaderGone(error)) {
        this.#failed = true
        const why = error.code === 'ENOSPC' ? this.words.output.noSpace : error.message
        this.note(`penstock: ${this.text(this.words.output.failed, { why })}`)
      }
      this.#break()
    })
    streams.stderr.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#failed || isReaderGone(error)) return
      this.#failed = true
      this.#break()
    })
  }

  #break(): void {
    for (const listener of this.#onBroken) listener()
    this.#onBroken.clear()
  }

  /** Calls the listener once when the output can no longer be written or its reader has closed it. */
  onBroken(listener: () => void): void {
    if (this.#broken || this.#failed) listener()
    else this.#onBroken.add(listener)
  }

  /** Whether output was lost, to a full disk or a failing terminal. A reader that closed it loses nothing. */
  get failed(): boolean {
    return this.#failed
  }

  get stderr(): Writable {
    return this.#streams.stderr
  }

  /** Fills in a template of the catalogue. */
  text(template: string, params: Params = {}): string {
    return format(template, params, this.language)
  }

  reason(reason: Reason): string {
    return reasonText(reason, this.language)
  }

  /** Prints a line for people on standard output; nothing with `--json`. */
  print(line: string): void {
    if (!this.json && !this.#broken) this.#streams.stdout.write(`${line}\n`)
  }

  /** Prints a line for people on standard error, such as progress and notices. */
  note(line: string): void {
    this.#streams.stderr.write(`${line}\n`)
  }

  /** Prints a line of `--json`; nothing without it. */
  event(event: JsonEvent): void {
    if (this.json && !this.#broken)
      this.#streams.stdout.write(`${escapeHidden(JSON.stringify(event, plain))}\n`)
  }

  /** The closing line of `--json` for a transfer, or for a command (null), that failed; `known` describes its files. */
  failure(transferId: string | null, problem: Problem, known: KnownFiles = {}): void {
    this.event({
      event: 'failed',
      transferId,
      problem: { code: problem.code, params: problem.params ?? {} },
      message: this.sentence(problem),
      ...known,
    })
  }

  /** The closing line of `--json` for a command that was interrupted before it had a transfer. */
  cancelled(problem: Problem): void {
    this.event({
      event: 'cancelled',
      transferId: null,
      by: 'here',
      problem: { code: problem.code, params: problem.params ?? {} },
      message: this.sentence(problem),
    })
  }

  /** Prints the two sentences of a problem on standard error. */
  problem(problem: Problem, transfer?: ReadTransfer): void {
    const { summary, next } = explain(problem, this.language, transfer)
    this.note(`penstock: ${summary}\n  ${next}`)
  }

  /** What happened, without the next step: for a line of a table. */
  explain(problem: Problem, transfer?: ReadTransfer): string {
    return explain(problem, this.language, transfer).summary
  }

  /** What happened and what to do next, in one line. */
  sentence(problem: Problem, transfer?: ReadTransfer): string {
    return sentence(problem, this.language, transfer)
  }

  /** Resolves when all output of both streams has left the process or failed. Never rejects. */
  async flush(): Promise<void> {
    const { stdout, stderr } = this.#streams
    await flushed(stdout)
    await flushed(stderr)
  }
}

/** The reader closed its end (`| head`): not a failure of the work. */
function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
}

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    // Error listeners run before the next turn.
    const next = (): void => {
      setImmediate(resolve)
    }
    if (stream.writableLength === 0) next()
    else stream.write('', next)
  })
}

/** Columns of a text on a terminal: two for East Asian characters and emoji, none for marks. */
function columns(text: string): number {
  let width = 0
  for (const character of text.replace(/\p{Mark}|\u200d|\ufe0f/gu, '')) {
    width += eastAsianWidth(character.codePointAt(0) ?? 0)
  }
  return width
}

/** Lines of a table with aligned columns, two spaces apart. Hidden characters in cells are made visible. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [headers, ...rows].map((row) => row.map(visible))
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => columns(line[column] ?? ''))))
  return lines.map((line) =>
    line
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - columns(cell))))
      .join('  ')
      .trimEnd(),
  )
}
