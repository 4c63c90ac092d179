import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { commandOf } from './process.ts'

const PROBE = fileURLToPath(new URL('heap-probe.ts', import.meta.url))
const listening = z.object({ event: z.literal('listening'), port: z.number() })

/** The PIN of every {@link MeasuredReceiver}. */
export const PIN = '4711'

/** A receiver in a process of its own whose heap a test can measure. Ends with the test. */
export class MeasuredReceiver {
  readonly port: number
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  #memory: (bytes: number) => void = () => undefined

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, port: number) {
    this.port = port
    this.#child = child
    createInterface({ input: child.stderr }).on('line', (line) => {
      const bytes = /^memory (\d+)$/u.exec(line)?.[1]
      if (bytes !== undefined) this.#memory(Number(bytes))
    })
  }

  /** `options` are added to its command line. */
  static async start(t: TestContext, options: readonly string[]): Promise<MeasuredReceiver> {
    const root = await mkdtemp(join(tmpdir(), 'penstock-measured-'))
    await writeFile(join(root, 'pin'), PIN)
    const [program = '', ...args] = commandOf(
      [
        ...['receive', '--dir', join(root, 'in'), '--state', join(root, 'state'), '--json', '--loopback'],
        ...['--port', '0', '--data-port', '0', '--pin-file', join(root, 'pin'), ...options],
      ],
      [PROBE],
    )
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    t.after(async () => {
      const ended = once(child, 'close')
      child.kill('SIGTERM')
      await ended
      await rm(root, { recursive: true, force: true })
    })
    const lines = createInterface({ input: child.stdout })
    const [first] = await once(lines, 'line')
    lines.on('line', () => undefined)
    return new MeasuredReceiver(child, listening.parse(JSON.parse(String(first))).port)
  }

  /** Bytes in use after garbage has been collected. */
  async memory(): Promise<number> {
    const reported = new Promise<number>((resolve) => (this.#memory = resolve))
    this.#child.kill('SIGUSR2')
    return reported
  }

  /** Growth over this many calls of `round`, in bytes; some calls before them warm it up. */
  async growth(rounds: number, round: () => Promise<void>): Promise<number> {
    for (let n = 0; n < Math.ceil(rounds / 5); n += 1) await round()
    const before = await this.memory()
    for (let n = 0; n < rounds; n += 1) await round()
    return (await this.memory()) - before
  }
}
