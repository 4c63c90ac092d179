import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { PenstockError } from '../../contract/errors.ts'
import { PIN_VARIABLE } from '../../contract/environment.ts'

/** How to start this program's command line as a child process. */
export interface SelfCommand {
  readonly file: string
  readonly args: readonly string[]
}

const listening = z.object({ event: z.literal('listening'), port: z.int().min(1).max(65535) })
const line = z.looseObject({ event: z.string() })
export type ChildLine = z.infer<typeof line>

/** A receiver that runs as a child process, by the same command line. */
export interface ChildReceiver {
  readonly port: number
  /** Resolves at its exit, with the exit code and all lines. */
  readonly ended: Promise<{ readonly exit: number | null; readonly lines: readonly ChildLine[] }>
  /** The first line, past or future, for which `wanted` is true; null if there is none within the limit. */
  line(wanted: (line: ChildLine) => boolean, limitMs: number): Promise<ChildLine | null>
  /** Ends it with SIGTERM, after the limit with SIGKILL. */
  stop(limitMs: number): Promise<void>
}

/** Time for a receiver to begin to listen, in milliseconds. */
const START_LIMIT_MS = 30_000
/** Characters kept of a child's output other than `--json` lines, for the message of its failure. */
const KEPT_TEXT = 4000

/** A line of the child's output; null if it is not a `--json` line. */
function readLine(text: string): ChildLine | null {
  try {
    const parsed = line.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/**
 * Starts `receive --json …` and waits until it listens. It accepts everything from one device, over loopback, and refuses
 * all others. Other output than `--json` lines is not an error.
 * @param sender fingerprint of that device
 * @throws PenstockError `receiver-ended` with its output, if it cannot be started, exits, or does not listen in time
 */
export async function startReceiver(
  self: SelfCommand,
  sender: string,
  args: readonly string[],
  limitMs = START_LIMIT_MS,
): Promise<ChildReceiver> {
  const admission = ['--loopback', '--only', sender, '--accept', 'all', '--clear', '--port', '0']
  const child = spawnReceiver(self, ['receive', '--json', ...admission, ...args])
  // No receiver may outlive this process.
  const onExit = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', onExit)
  let complaints = ''
  const complain = (text: string): void => {
    complaints = (complaints + text).slice(-KEPT_TEXT)
  }
  child.stderr.setEncoding('utf8').on('data', complain)
  const lines: ChildLine[] = []
  const onLine = new Set<(line: ChildLine) => void>()
  const ended = new Promise<{ exit: number | null; lines: readonly ChildLine[] }>((resolve) => {
    child.once('close', (exit) => {
      process.off('exit', onExit)
      resolve({ exit, lines })
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new PenstockError('receiver-ended', { message: why.trim() }))
    }
    const timer = setTimeout(() => {
      fail(complaints)
    }, limitMs)
    child.on('error', (error) => {
      fail(error.message)
    })
    createInterface({ input: child.stdout }).on('line', (text) => {
      const parsed = readLine(text)
      if (parsed === null) {
        complain(`${text}\n`)
        return
      }
      lines.push(parsed)
      for (const listener of onLine) listener(parsed)
      const first = listening.safeParse(parsed)
      if (!first.success) return
      clearTimeout(timer)
      resolve(first.data.port)
    })
    void ended.then(() => {
      fail(complaints)
    })
  })
  return {
    port,
    ended,
    line(wanted, limitMs) {
      const there = lines.find(wanted)
      if (there !== undefined) return Promise.resolve(there)
      return new Promise((resolve) => {
        const finish = (found: ChildLine | null): void => {
          clearTimeout(timer)
          onLine.delete(listener)
          resolve(found)
        }
        const listener = (line: ChildLine): void => {
          if (wanted(line)) finish(line)
        }
        const timer = setTimeout(finish, limitMs, null)
        onLine.add(listener)
      })
    },
    async stop(limitMs) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
      await ended
      clearTimeout(timer)
    },
  }
}

function spawnReceiver({ file, args }: SelfCommand, more: readonly string[]) {
  try {
    return spawn(file, [...args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, [PIN_VARIABLE]: undefined },
    })
  } catch (error) {
    // Some failures are thrown, others arrive as events.
    throw new PenstockError(
      'receiver-ended',
      { message: error instanceof Error ? error.message : '' },
      { cause: error },
    )
  }
}
