import { spawn, type ChildProcess } from 'node:child_process'
import { commandOf } from './process.ts'

/** A command line on a terminal of its own (util-linux `script`). */
export interface OnTerminal {
  /** Everything the terminal has shown, what it echoed included. */
  screen(): string
  type(keys: string): void
  /** Resolves when the terminal shows this; the search begins after the match of the last call. */
  seen(what: RegExp): Promise<RegExpExecArray>
  /** Resolves with the exit code of the command and whether the terminal shows what is typed afterwards. */
  readonly ended: Promise<{ readonly exit: number; readonly echo: boolean }>
}

const running = new Set<ChildProcess>()

/** Ends the terminals that are still open, so that a test that failed does not keep its process alive. */
export function closeTerminals(): void {
  for (const child of running) child.kill('SIGKILL')
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Starts `penstock ARGS` on a terminal. Its process id is shown first, as `pid N`. */
export function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): OnTerminal {
  return commandOnTerminal(commandOf(args), [], env)
}

/** As `onTerminal`, for any command; `wrapper` is what starts the terminal, such as runuser. */
export function commandOnTerminal(
  command: readonly string[],
  wrapper: readonly string[],
  env: Readonly<Record<string, string>>,
): OnTerminal {
  // Ctrl-C reaches this shell too; without a trap it ends before it shows the exit code. `script` runs the shell in SHELL,
  // which differs between machines.
  const inner = `sh -c 'echo pid $$; exec "$@"' - ${command.map(quoted).join(' ')}`
  const line = `trap : INT QUIT; ${inner}; echo "exit $?"; stty -a`
  const [program, ...words] = [...wrapper, 'script', '-qec', line, '/dev/null']
  const child = spawn(program ?? 'script', words, {
    env: { ...process.env, SHELL: '/bin/sh', LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  let shown = ''
  let found = 0
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    for (const look of waiting) look()
  })
  const seen = (what: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = what.exec(shown.slice(found))
        if (match === null) return
        waiting.delete(look)
        found += match.index + match[0].length
        resolve(match)
      }
      waiting.add(look)
      child.once('close', () => {
        look()
        reject(new Error(`Expected ${String(what)} but the terminal showed ${shown}`))
      })
      look()
    })
  const ended = new Promise<{ exit: number; echo: boolean }>((resolve, reject) => {
    child.once('close', () => {
      const exit = /exit (\d+)\r?\n/u.exec(shown)?.[1]
      if (exit === undefined) reject(new Error(`Expected an exit code but the terminal showed ${shown}`))
      else resolve({ exit: Number(exit), echo: /\sicanon\s/u.test(shown) && /\secho\s/u.test(shown) })
    })
  })
  return {
    screen: () => shown,
    type: (keys) => child.stdin.write(keys),
    seen,
    ended,
  }
}
