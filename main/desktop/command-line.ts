import { app } from 'electron'
import { run } from '../cli/run.ts'
import { COMMAND_LINE_SWITCH } from './arguments.ts'

/**
 * What starts this program without a screen: no display is opened, and no web page is ever loaded that a sandbox and
 * its helpers would be for. The installed `penstock` command gives the same.
 */
const SCREENLESS = [
  COMMAND_LINE_SWITCH,
  '--ozone-platform=headless',
  '--disable-gpu',
  '--no-sandbox',
  '--no-zygote',
  '--log-level=3',
] as const

/** Runs the command line in this process, which ends with its exit code. */
export async function runCommandLine(words: readonly string[]): Promise<never> {
  const itself = app.isPackaged ? [] : [app.getAppPath()]
  process.exit(await run(words, { file: process.execPath, args: [...SCREENLESS, ...itself, '--'] }))
}
