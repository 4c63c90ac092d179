import { run } from '../cli/run.ts'
import { ownCommand } from './own-command.ts'

/** Runs the command line in this process, which ends with its exit code. */
export async function runCommandLine(words: readonly string[]): Promise<never> {
  process.exit(await run(words, ownCommand()))
}
