import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { INTERFACE, on, type Side } from './network.ts'

const SOURCES = fileURLToPath(new URL('limit/', import.meta.url))
/** A run that takes longer has hung. */
const RUN_LIMIT_MS = 180_000

/** The small programs of this folder, compiled. */
export interface Tools {
  readonly folder: string
  readonly limit: string
  readonly timed: string
  readonly firstPacket: string
  readonly memory: string
}

/** Compiles the programs in `limit/` into a folder. */
export function compileTools(folder: string): Tools {
  mkdirSync(folder, { recursive: true })
  const compile = (name: string): string => {
    const program = join(folder, name)
    execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, join(SOURCES, `${name}.c`)])
    return program
  }
  return {
    folder,
    limit: compile('limit'),
    timed: compile('timed'),
    firstPacket: compile('first-packet'),
    memory: compile('memory'),
  }
}

/** Nanoseconds of the monotonic clock, which the small programs print too. */
export function now(): bigint {
  return process.hrtime.bigint()
}

const usageSchema = z.object({
  user: z.number(),
  system: z.number(),
  code: z.number(),
  begin: z.coerce.bigint(),
  end: z.coerce.bigint(),
})
/** The cost of a command and all its children. */
export type Usage = z.infer<typeof usageSchema>

const started = new Set<ChildProcess>()

/** Ends the processes that a run has left. */
export function endAll(): void {
  for (const child of started) child.kill('SIGKILL')
}

/** Registers a process, so that it ends with the bench. */
export function keep<T extends ChildProcess>(child: T): T {
  started.add(child)
  child.once('exit', () => started.delete(child))
  return child
}

/** A command under `timed`, on one side. */
export interface Timed {
  readonly child: ChildProcess
  /** Resolves when it has ended; rejects if its exit code is not among the good ones. */
  usage(): Promise<Usage>
  /** Ends a server and returns its cost. */
  stop(): Promise<Usage>
}

let runs = 0

export function timed(tools: Tools, side: Side, command: readonly string[]): Timed {
  runs += 1
  const out = join(tools.folder, `usage-${runs}.json`)
  const words = join(tools.folder, `words-${runs}.txt`)
  const log = openSync(words, 'w')
  const [program = '', ...args] = [...on(side), tools.timed, out, ...command]
  const child = keep(spawn(program, args, { stdio: ['ignore', log, log] }))
  closeSync(log)
  const ended = once(child, 'exit')
  const read = async (good: (code: number) => boolean): Promise<Usage> => {
    const late = sleep(RUN_LIMIT_MS, 'late', { ref: false })
    if ((await Promise.race([ended, late])) === 'late') child.kill('SIGTERM')
    await ended
    const usage = usageSchema.parse(JSON.parse(existsSync(out) ? readFileSync(out, 'utf8') : '{"code":-1}'))
    if (good(usage.code)) return usage
    throw new Error(
      `${command.join(' ')} ended with ${usage.code}: ${readFileSync(words, 'utf8').slice(-500)}`,
    )
  }
  return {
    child,
    usage: () => read((code) => code === 0),
    stop: async () => {
      // A server's process for one client ends, and is counted, a moment after that client.
      await sleep(300)
      child.kill('SIGTERM')
      return read(() => true)
    },
  }
}

const LISTENING = '0A'

/** Resolves once something listens on that port in the network of that process. */
export async function listening(child: ChildProcess, port: number): Promise<void> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (let tries = 0; tries < 500; tries += 1) {
    if (child.exitCode !== null) throw new Error(`ended before it listened on ${port}`)
    const tables = ['tcp', 'tcp6'].map((name) => `/proc/${child.pid ?? 0}/net/${name}`)
    const lines = tables.flatMap((path) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []))
    const found = lines.some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/u)
      return local.endsWith(wanted) && state === LISTENING
    })
    if (found) return
    await sleep(10)
  }
  throw new Error(`nothing listens on ${port}`)
}

/** Waits for the first TCP segment that passes the receiver's interface; resolves with a promise of its time. */
export async function firstPacket(tools: Tools): Promise<{ readonly at: Promise<bigint> }> {
  const command = [...on('b'), tools.firstPacket, INTERFACE.b]
  const child = keep(spawn('ip', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] }))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ready = await lines.next()
  if (ready.value !== 'ready') throw new Error('the first packet cannot be watched for')
  const at = lines.next().then(({ value }) => {
    if (typeof value !== 'string') throw new Error('no packet was seen')
    return BigInt(value)
  })
  at.catch(() => undefined)
  return { at }
}

/** Makes this much free memory fast to allocate. */
export function touchMemory(tools: Tools, bytes: number): void {
  execFileSync(tools.memory, ['touch', String(Math.ceil(bytes))])
}

/** Holds memory until the process ends; resolves once it has it. */
export async function holdMemory(tools: Tools, bytes: number): Promise<void> {
  const child = keep(
    spawn(tools.memory, ['hold', String(Math.floor(bytes))], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  await once(child.stdout, 'data')
}

/** Seconds between two times of the monotonic clock. */
export function secondsBetween(from: bigint, until: bigint): number {
  return Number(until - from) / 1e9
}
