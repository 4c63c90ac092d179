import { createInterface } from 'node:readline'
import type { Context } from './context.ts'

/**
 * Asks a person on the terminal, on standard error so that results stay clean.
 * Resolves with the trimmed line, or null where the signal aborted or the input ended.
 */
export async function ask(context: Context, question: string, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null
  // `terminal: false` leaves line editing and Ctrl-C to the terminal itself; otherwise readline would swallow the signal.
  const lines = createInterface({ input: context.stdin, output: context.output.stderr, terminal: false })
  return new Promise((resolve) => {
    const end = (answer: string | null): void => {
      signal.removeEventListener('abort', onAbort)
      resolve(answer)
      lines.close()
    }
    const onAbort = (): void => {
      end(null)
    }
    signal.addEventListener('abort', onAbort)
    lines.once('close', onAbort)
    lines.question(question, (answer) => {
      end(answer.trim())
    })
  })
}

/** A queue for questions: a terminal can ask one at a time. */
export class Questions {
  #last: Promise<unknown> = Promise.resolve()

  async next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
