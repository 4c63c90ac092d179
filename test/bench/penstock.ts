import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ADDRESS, on, type Side } from './network.ts'
import { keep, now, secondsBetween } from './programs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SAMPLE_MS = 10

const lineSchema = z.looseObject({ event: z.string() })
const cpuSchema = z.object({ user: z.number(), system: z.number() })
const reportSchema = z.looseObject({
  event: z.literal('report'),
  files: z.number(),
  bytes: z.number(),
  seconds: z.number(),
  technique: z.string().nullable(),
  processCpuSeconds: cpuSchema,
  syscalls: z.record(z.string(), z.number()),
})
/** The closing line of `penstock send --json` and `receive --json`. */
export type Report = z.infer<typeof reportSchema>

interface Line {
  readonly at: bigint
  readonly event: string
  readonly text: string
}

interface Sample {
  readonly at: bigint
  /** CPU time of the main thread, in nanoseconds. */
  readonly main: number
  /** Anonymous memory of the process, in bytes. */
  readonly anonymous: number
}

function sampleOf(pid: number): Sample | null {
  try {
    const [main = '0'] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')
    const kilobytes = /^RssAnon:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { at: now(), main: Number(main), anonymous: Number(kilobytes ?? 0) * 1024 }
  } catch {
    return null
  }
}

/** A command line of Penstock in a process of its own, watched from outside. */
export class Process {
  readonly child: ChildProcess
  readonly begun = now()
  readonly lines: Line[] = []
  readonly samples: Sample[] = []
  readonly #timer: NodeJS.Timeout
  #problems = ''

  constructor(side: Side, args: readonly string[]) {
    const command = [process.execPath, 'build/setup/penstock.mjs', ...args, '--json']
    const [program = '', ...rest] = [...on(side), ...command]
    const child = keep(spawn(program, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }))
    this.child = child
    child.stderr.on('data', (chunk: Buffer) => (this.#problems += chunk.toString()))
    createInterface({ input: child.stdout }).on('line', (text) => {
      const at = now()
      this.lines.push({ at, text, event: lineSchema.parse(JSON.parse(text)).event })
    })
    this.#timer = setInterval(() => {
      const sample = sampleOf(child.pid ?? 0)
      if (sample) this.samples.push(sample)
    }, SAMPLE_MS)
    child.once('exit', () => clearInterval(this.#timer))
  }

  /** The next line of this event behind the first `after` lines. */
  async line(event: string, after = 0): Promise<Line> {
    for (;;) {
      const found = this.lines.slice(after).find((line) => line.event === event)
      if (found) return found
      if (this.child.exitCode !== null) {
        throw new Error(`penstock ended with ${this.child.exitCode} before ${event}: ${this.#problems}`)
      }
      await sleep(5)
    }
  }

  /** Share of a span that the main thread was busy. */
  mainShare(seconds: number, until: bigint): number {
    const from = until - BigInt(Math.round(seconds * 1e9))
    const inside = this.samples.filter(({ at }) => at >= from - 12_000_000n && at <= until + 12_000_000n)
    const [first, last] = [inside[0], inside.at(-1)]
    if (!first || !last || last.at <= first.at) return NaN
    return (last.main - first.main) / Number(last.at - first.at)
  }

  get peakAnonymous(): number {
    return Math.max(0, ...this.samples.map(({ anonymous }) => anonymous))
  }
}

/** The cost of one transfer. */
export interface Sent {
  readonly report: Report
  readonly received: Report
  readonly sender: Process
  /** When the sender received "done". */
  readonly doneAt: bigint
  /** From the start of the sender's program to its end. */
  readonly wall: number
  /** The main threads' share of the time that bytes moved. */
  readonly mainShares: { readonly sender: number; readonly receiver: number }
}

/** A receiver that stays up, as a user's would. */
export class Receiver {
  readonly process: Process
  readonly #state: string
  readonly #port: number

  private constructor(state: string, dir: string, port: number, args: readonly string[]) {
    this.#state = state
    this.#port = port
    const where = ['--dir', dir, '--state', join(state, 'receiver'), '--port', String(port), '--hidden']
    this.process = new Process('b', ['receive', ...where, '--clear', '--accept', 'all', ...args])
  }

  static async start(state: string, dir: string, port: number, args: readonly string[]): Promise<Receiver> {
    const receiver = new Receiver(state, dir, port, args)
    await receiver.process.line('listening')
    return receiver
  }

  async send(source: string, args: readonly string[]): Promise<Sent> {
    const before = this.process.lines.length
    const where = ['--to', `${ADDRESS.b}:${this.#port}`, '--state', join(this.#state, 'sender')]
    const sender = new Process('a', ['send', source, ...where, ...args])
    const ended = once(sender.child, 'exit')
    const done = await sender.line('report')
    const received = await this.process.line('report', before)
    const end = now()
    await ended
    const wall = secondsBetween(sender.begun, now())
    const report = reportSchema.parse(JSON.parse(done.text))
    const theirs = reportSchema.parse(JSON.parse(received.text))
    return {
      report,
      received: theirs,
      sender,
      doneAt: done.at,
      wall,
      mainShares: {
        sender: sender.mainShare(report.seconds, done.at),
        receiver: this.process.mainShare(theirs.seconds, end),
      },
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.process.child, 'exit')
    this.process.child.kill('SIGINT')
    await ended
  }
}
