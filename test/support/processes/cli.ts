import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { commandOf } from './process.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const lineSchema = z.looseObject({ event: z.string() })
export type Line = z.infer<typeof lineSchema>

/** A command line of its own process, with what it printed. */
export interface Running {
  readonly child: ChildProcess
  readonly lines: readonly Line[]
  /** Resolves with the first line of one of these events, also an earlier one. */
  seen(...events: string[]): Promise<Line>
  /** Resolves with the exit code, or the signal's name. */
  readonly exit: Promise<number | string>
}

/** Starts `penstock ARGS --json`; `wrapper` is a program that runs it, such as strace. */
export function penstock(args: readonly string[], wrapper: readonly string[] = []): Running {
  const [program = '', ...rest] = [...wrapper, ...commandOf([...args, '--json'])]
  return listenTo(spawn(program, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Reads what a command line started with `--json` prints. */
export function listenTo(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  let problems = ''
  child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(lineSchema.parse(JSON.parse(text)))
    for (const wake of [...waiting]) wake()
  })
  const exit = once(child, 'close').then(([code, signal]): number | string =>
    typeof code === 'number' ? code : String(signal),
  )
  const seen = (...events: string[]): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(({ event }) => events.includes(event))
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void exit.then((code) => {
        look()
        reject(new Error(`Expected ${events.join(' or ')} but it ended with ${code}: ${problems}`))
      })
    })
  return { child, lines, seen, exit }
}

/** The arguments that send a file or folder to a receiver on this machine. */
export function sendTo(port: number | string, path: string, state: string): readonly string[] {
  return ['send', path, '--to', `127.0.0.1:${port}`, '--state', state]
}

const listeningSchema = z.looseObject({ port: z.number(), dataPort: z.number().nullable() })

/** A receiver in a process of its own that accepts everything; resolves once it listens. */
export async function receiver(
  dir: string,
  state: string,
  args: readonly string[] = [],
): Promise<Running & { readonly port: number; readonly dataPort: number | null }> {
  const fixed = ['--dir', dir, '--state', state, '--port', '0', '--accept', 'all', '--hidden']
  const running = penstock(['receive', ...fixed, ...args])
  return { ...running, ...(await portsOf(running)) }
}

/** The ports that a receiver listens on, once it does. */
export async function portsOf(running: Running) {
  const { port, dataPort } = listeningSchema.parse(await running.seen('listening'))
  return { port, dataPort }
}

const notDeliveredSchema = z.looseObject({
  event: z.literal('report'),
  notDelivered: z.array(
    z.looseObject({ path: z.string(), by: z.string(), reason: z.looseObject({ code: z.string() }) }),
  ),
})

/** What the closing report of a command line lists as not delivered: path, by and code of each. */
export function notDelivered({ lines }: Pick<Running, 'lines'>): string[] {
  return notDeliveredSchema
    .parse(lines.at(-1))
    .notDelivered.map(({ path, by, reason }) => [path, by, reason.code].join(' '))
}
