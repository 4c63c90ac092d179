import { spawn, type ChildProcess, type IOType } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureCommandLine } from '../../../build/setup/compile/command-line.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** The command line as users start it: built, which takes a fifth of the time of its sources to start. */
const PROGRAM = await ensureCommandLine()

export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly exit: number | string
  readonly out: string
  readonly err: string
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A file descriptor, or `pipe` (the default), which is read to its end. */
  readonly stdin?: IOType | number
  readonly stdout?: IOType | number
  readonly stderr?: IOType | number
  /** Modules that are loaded before the program. */
  readonly preload?: readonly string[]
  /** A program that starts it, such as `script`. */
  readonly wrapper?: readonly string[]
  /** Called with the process when it has started. */
  readonly started?: (child: ChildProcess) => void
  /** Time after which it is killed, in milliseconds (60 s). */
  readonly limitMs?: number
}

/** The command that starts the command line from any folder. */
export function commandOf(args: readonly string[], preload: readonly string[] = []): string[] {
  // What is loaded before it may be TypeScript.
  const loaders = preload.length > 0 ? [import.meta.resolve('tsx'), ...preload] : []
  return [process.execPath, ...loaders.flatMap((module) => ['--import', module]), PROGRAM, ...args]
}

/** Runs one command line in a process of its own to its end. */
export function runProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  const { stdin = 'ignore', stdout = 'pipe', stderr = 'pipe', limitMs = 60_000 } = options
  const [program = '', ...rest] = [...(options.wrapper ?? []), ...commandOf(args, options.preload)]
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      stdio: [stdin, stdout, stderr],
    })
    let out = ''
    let err = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text))
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ exit: code ?? String(signal), out, err })
    })
    options.started?.(child)
  })
}
