import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { typeSecret } from './secret-line.ts'

/** Standard input; `setRawMode` exists if it is a terminal. */
export type TerminalInput = Readable & { readonly setRawMode?: (on: boolean) => unknown }

/** After a pause this long in milliseconds, the pending input has been read. */
const IDLE_MS = 50
/** Milliseconds after a withdrawn question in which input is discarded, because its answer may still arrive. */
const QUIET_MS = 1000
/** A longer line is not an answer. */
const LINE_LIMIT = 4096
const INTERRUPT_KEY = '\x03'

interface Pause<T> {
  /** Milliseconds without input. */
  readonly ms: () => number
  readonly result: T
}

/**
 * Asks questions at a terminal, one at a time. An answer counts only if it was typed after its question was shown: earlier
 * input is discarded from the stream, the terminal, and the line that the terminal is editing.
 */
export class Prompt {
  readonly #input: TerminalInput
  readonly #output: Writable
  readonly #interrupted: () => void
  #quietUntil = 0

  /** @param interrupted called for Ctrl-C if the terminal does not convert it to a signal */
  constructor(input: TerminalInput, output: Writable, interrupted: () => void) {
    this.#input = input
    this.#output = output
    this.#interrupted = interrupted
    // A hang-up of the terminal is the end of the input, which the next read reports.
    input.on('error', () => undefined)
  }

  /**
   * Prompts for a line.
   * @param introduce called immediately before the question is shown
   * @returns the trimmed line, or null if the signal aborted or the input ended
   */
  async line(
    question: string,
    signal: AbortSignal,
    introduce: () => void = () => undefined,
  ): Promise<string | null> {
    await this.#raw(() => this.#discard(signal))
    if (signal.aborted) return null
    introduce()
    this.#output.write(question)
    let line = ''
    const answer = await this.#read<string>(signal, (text) => {
      line = (line + text).slice(0, LINE_LIMIT)
      const end = line.indexOf('\n')
      return end < 0 ? undefined : line.slice(0, end).trim()
    })
    if (isAborted(signal)) this.#quietUntil = performance.now() + QUIET_MS
    return answer
  }

  /**
   * Prompts for a line without echo.
   * @returns the line as typed, or null if the signal aborted, the input ended or Ctrl-C was pressed
   */
  async secret(question: string, signal: AbortSignal): Promise<string | null> {
    return this.#raw(async () => {
      await this.#discard(signal)
      if (signal.aborted) return null
      this.#output.write(question)
      let line = ''
      const end = await this.#read(signal, (keys) => {
        const typed = typeSecret(line, keys)
        if (typed.kind !== 'typing') return typed
        line = typed.text
        return undefined
      })
      this.#output.write('\n')
      if (end?.kind === 'interrupted') this.#interrupted()
      return end?.kind === 'done' ? end.text : null
    })
  }

  /** Discards pending input, and input in the pause after a withdrawn question. */
  async #discard(signal: AbortSignal): Promise<void> {
    const quiet = (): number => Math.max(IDLE_MS, this.#quietUntil - performance.now())
    const take = (text: string): undefined => {
      if (text.includes(INTERRUPT_KEY)) this.#interrupted()
    }
    await this.#read(signal, take, { ms: quiet, result: undefined })
  }

  /** Passes each piece of input to `take` until it returns a result; null if the signal aborts or the input ends. */
  async #read<T>(
    signal: AbortSignal,
    take: (text: string) => T | undefined,
    pause?: Pause<T>,
  ): Promise<T | null> {
    const input = this.#input
    if (signal.aborted || input.readableEnded || input.destroyed) return null
    const decoder = new StringDecoder('utf8')
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      let lastLook: NodeJS.Immediate | undefined
      const stopWaiting = (): void => {
        clearTimeout(timer)
        clearImmediate(lastLook)
      }
      const finish = (result: T | null): void => {
        stopWaiting()
        signal.removeEventListener('abort', onEnd)
        input.off('data', onData).off('end', onEnd).off('close', onEnd).pause()
        resolve(result)
      }
      const onEnd = (): void => {
        finish(null)
      }
      // A timer also fires if the process was busy and has not polled the input; an immediate runs after a poll.
      const wait = (): void => {
        if (pause === undefined) return
        timer = setTimeout(() => (lastLook = setImmediate(finish, pause.result)), pause.ms())
      }
      const onData = (chunk: Buffer | string): void => {
        stopWaiting()
        const result = take(typeof chunk === 'string' ? chunk : decoder.write(chunk))
        if (result === undefined) wait()
        else finish(result)
      }
      wait()
      signal.addEventListener('abort', onEnd)
      input.on('data', onData).on('end', onEnd).on('close', onEnd).resume()
    })
  }

  /**
   * Runs work with the terminal in raw mode: no echo, and every key arrives at once, including the line being edited. Node
   * restores the terminal when the process exits. A signal that bypasses Node is forwarded after the restore.
   */
  async #raw<T>(work: () => Promise<T>): Promise<T> {
    const input = this.#input
    if (input.setRawMode === undefined) return work()
    const onQuit = (): void => {
      input.setRawMode?.(false)
      process.kill(process.pid, 'SIGQUIT')
    }
    process.once('SIGQUIT', onQuit)
    input.setRawMode(true)
    try {
      return await work()
    } finally {
      input.setRawMode(false)
      process.off('SIGQUIT', onQuit)
    }
  }
}

/** A function, because the signal may abort while the prompt waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

/** A queue for questions: a terminal can show one at a time. A question withdrawn while it waits is dropped. */
export class Questions {
  readonly #waiting = new Set<() => void>()
  #isAsking = false
  #asked = 0

  /** Runs work in its turn, with the number of its question; null if the signal aborts before. */
  async next<T>(signal: AbortSignal, work: (number: number) => Promise<T>): Promise<T | null> {
    if (signal.aborted) return null
    if (this.#isAsking && !(await this.#turn(signal))) return null
    this.#isAsking = true
    try {
      this.#asked += 1
      return await work(this.#asked)
    } finally {
      this.#passOn()
    }
  }

  /** Resolves with true at this question's turn, with false if the signal aborts before. */
  #turn(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isTurn: boolean): void => {
        this.#waiting.delete(begin)
        signal.removeEventListener('abort', leave)
        resolve(isTurn)
      }
      const begin = (): void => {
        end(true)
      }
      const leave = (): void => {
        end(false)
      }
      this.#waiting.add(begin)
      signal.addEventListener('abort', leave)
    })
  }

  /** Passes the turn to the next question directly, so that a new one cannot take it. */
  #passOn(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#isAsking = false
    else next()
  }
}
