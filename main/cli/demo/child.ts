import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { PenstockError } from '../../contract/errors.ts'
import type { SelfCommand } from '../context.ts'
import { PIN_VARIABLE } from '../pin.ts'

const listening = z.object({ event: z.literal('listening'), port: z.int().min(1).max(65535) })
const line = z.looseObject({ event: z.string() })
export type ChildLine = z.infer<typeof line>

/** A receiver that runs as a child of this process, by the same command line. */
export interface ChildReceiver {
  readonly port: number
  /** Resolves when it has ended, with its exit code and all its lines. */
  readonly ended: Promise<{ readonly exit: number | null; readonly lines: readonly ChildLine[] }>
  /** The first line, past or to come, that `wanted` is true of; null where none comes within the limit. */
  line(wanted: (line: ChildLine) => boolean, limitMs: number): Promise<ChildLine | null>
  /** Ends it: politely, and after the limit by force. */
  stop(limitMs: number): Promise<void>
}

/**
 * Starts `receive --json …` and waits until it listens. It accepts everything from one device, over loopback, and refuses all others.
 * @param sender fingerprint of that device
 * @throws PenstockError `internal` with what it wrote on standard error, where it ends before
 */
export async function startReceiver(
  self: SelfCommand,
  sender: string,
  args: readonly string[],
): Promise<ChildReceiver> {
  const admission = ['--loopback', '--only', sender, '--accept', 'all', '--clear', '--port', '0']
  const child = spawn(self.file, [...self.args, 'receive', '--json', ...admission, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [PIN_VARIABLE]: undefined },
  })
  // Whatever ends this process must not leave a receiver behind.
  const onExit = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', onExit)
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const lines: ChildLine[] = []
  const onLine = new Set<(line: ChildLine) => void>()
  const ended = new Promise<{ exit: number | null; lines: readonly ChildLine[] }>((resolve) => {
    child.once('close', (exit) => {
      process.off('exit', onExit)
      resolve({ exit, lines })
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    createInterface({ input: child.stdout }).on('line', (text) => {
      const parsed = line.safeParse(JSON.parse(text))
      if (!parsed.success) return
      lines.push(parsed.data)
      for (const listener of onLine) listener(parsed.data)
      const first = listening.safeParse(parsed.data)
      if (first.success) resolve(first.data.port)
    })
    void ended.then(() => {
      reject(new PenstockError('internal', { message: `receiver: ${complaints.trim()}` }))
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
