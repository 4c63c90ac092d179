import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { typeSecret } from './secret-line.ts'

/** Standard input; `setRawMode` where it is a terminal. */
export type TerminalInput = Readable & { readonly setRawMode?: (on: boolean) => unknown }

/** Input that pauses for this long has been read to its end. */
const IDLE_MS = 50
/** Time after a question that was withdrawn in which input is discarded: the answer to it may still come. */
const QUIET_MS = 1000
/** A line that is longer is not an answer. */
const LINE_LIMIT = 4096
const INTERRUPT_KEY = '\x03'

interface Pause<T> {
  /** Milliseconds without input. */
  readonly ms: () => number
  readonly result: T
}

/**
 * Asks questions at a terminal, one at a time. An answer counts only where it was typed after its question was shown: what
 * was typed before is discarded, in the stream, in the terminal, and in the line that the terminal is still editing.
 */
export class Prompt {
  readonly #input: TerminalInput
  readonly #output: Writable
  readonly #interrupted: () => void
  #quietUntil = 0

  /** @param interrupted called for Ctrl-C where the terminal does not turn it into a signal */
  constructor(input: TerminalInput, output: Writable, interrupted: () => void) {
    this.#input = input
    this.#output = output
    this.#interrupted = interrupted
    // A terminal that hangs up is the end of the input, which the next read reports.
    input.on('error', () => undefined)
  }

  /**
   * Asks for a line.
   * @param introduce called immediately before the question is shown
   * @returns the line without white space around it, or null where the signal aborted or the input ended
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
   * Asks for a line that is not shown while it is typed.
   * @returns the line as it was typed, or null where the signal aborted, the input ended or Ctrl-C was pressed
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

  /** Reads what was typed already, and what is typed in the pause after a question that was withdrawn. */
  async #discard(signal: AbortSignal): Promise<void> {
    const quiet = (): number => Math.max(IDLE_MS, this.#quietUntil - performance.now())
    const take = (text: string): undefined => {
      if (text.includes(INTERRUPT_KEY)) this.#interrupted()
    }
    await this.#read(signal, take, { ms: quiet, result: undefined })
  }

  /** Hands each piece of input to `take` until that has a result; null where the signal aborts or the input ends. */
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
      // A timer also fires where the process was busy and has not looked at the input: an immediate runs after a look.
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
   * Runs work while the terminal shows nothing of what is typed and passes on every key at once, the line being edited
   * included. Node restores the terminal when the process exits; a signal that Node does not see is passed on after it.
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

/** Looked at again: the signal may have changed while the user was thinking. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

/** A queue for questions: a terminal can ask one at a time. Of a question that is withdrawn while it waits, nothing is kept. */
export class Questions {
  readonly #waiting = new Set<() => void>()
  #isAsking = false
  #asked = 0

  /** Runs work in its turn, with the number of its question; null where the signal aborts before. */
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

  /** True once it is this question's turn, false where the signal aborts before. */
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

  /** The turn goes to the next question without a gap that a new one could take. */
  #passOn(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#isAsking = false
    else next()
  }
}
