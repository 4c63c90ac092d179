import { execFileSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { median } from './rounds.ts'

const STARTER = fileURLToPath(new URL('../../build/setup/penstock.mjs', import.meta.url))

/** Milliseconds from the start of a process to its exit, medians. */
export interface Startup {
  /** `node -e 0` */
  readonly node: number
  /** `penstock help` in a checkout that is set up. */
  readonly help: number
}

function timed(args: readonly string[]): number {
  const begun = performance.now()
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  return performance.now() - begun
}

/** Runs both in turn; the first round, which may build the command line, does not count. */
export function startup(rounds: number, log: (text: string) => void): Startup {
  const node: number[] = []
  const help: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const bare = timed(['-e', '0'])
    const whole = timed([STARTER, 'help'])
    if (round === 0) continue
    node.push(bare)
    help.push(whole)
  }
  const found = { node: median(node), help: median(help) }
  log(`start-up: node ${found.node.toFixed(0)} ms, penstock help ${found.help.toFixed(0)} ms`)
  return found
}
