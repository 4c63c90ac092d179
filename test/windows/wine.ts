import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const POLL_MS = 100
const lineSchema = z.looseObject({ event: z.string() })
export type Line = z.infer<typeof lineSchema>

function named(name: string): string {
  const value = process.env[name]
  assert.ok(value, `Expected ${name}: run this by "npm run test:all -- wine"`)
  return value
}

/** The program that runs those of Windows. */
export function wine(): string {
  return named('PENSTOCK_WINE')
}

/** A program of this project in one file, as Windows' programs see it; build/windows/wine.mjs has the names. */
export function bundle(name: string): string {
  return windowsPath(join(named('PENSTOCK_WINE_BUNDLES'), `${name}.mjs`))
}

/** A path of this machine as Windows' programs see it. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`
}

/** A folder of this test's own. */
export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'penstock-windows-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

export interface Program {
  /** What it has printed so far. */
  text(): Promise<string>
  kill(): void
  /** Exit code, and both outputs. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly output: string
    readonly problems: string
  }>
}

/** Starts Windows' Node with these arguments; its outputs are files, because under Wine it cannot write to a pipe. */
export async function windowsNode(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const out = await folder(t)
  const [output, problems] = [join(out, 'output'), join(out, 'problems')]
  const files = [openSync(output, 'w'), openSync(problems, 'w')] as const
  const child = spawn(named('PENSTOCK_WINE'), [named('PENSTOCK_WINE_NODE'), ...args], {
    env: {
      ...process.env,
      // Of the runner here: what runs there reports in its own way.
      NODE_TEST_CONTEXT: undefined,
      PENSTOCK_ADDON: windowsPath(named('PENSTOCK_WINE_ADDON')),
      ...env,
    },
    stdio: ['ignore', ...files],
  })
  for (const file of files) closeSync(file)
  const closed = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const read = (path: string): Promise<string> => readFile(path, 'utf8')
  const ended = closed.then(async () => ({
    code: child.exitCode,
    output: await read(output),
    problems: await read(problems),
  }))
  return { text: () => read(output), kill: () => void child.kill('SIGKILL'), ended }
}

function linesOf(text: string): Line[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split(/\r?\n/u)
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)))
}

/** The command line on Windows' Node, with a state folder of its own. */
export async function windowsPenstock(t: TestContext, args: readonly string[]) {
  const state = windowsPath(await folder(t))
  const program = [bundle('penstock'), ...args, '--json', '--state', state]
  const running = await windowsNode(t, program)
  const ended = running.ended.then(({ code, output, problems }) => ({
    code,
    problems,
    lines: linesOf(output),
  }))
  let over = false
  void ended.finally(() => (over = true)).catch(() => undefined)
  return {
    ended,
    /** Resolves with the first line of this event. */
    async seen(event: string): Promise<Line> {
      for (;;) {
        const last = over
        const found = linesOf(await running.text()).find((line) => line.event === event)
        if (found) return found
        if (last) assert.fail(`Expected ${event} but it ended: ${JSON.stringify(await ended)}`)
        await sleep(POLL_MS)
      }
    },
  }
}
