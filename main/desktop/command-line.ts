import { app } from 'electron'
import { run } from '../cli/run.ts'

/** Says that the command line is meant and not the window. */
const SWITCH = '--cli'

/**
 * What starts this program without a screen: no display is opened, and no web page is ever loaded that a sandbox and
 * its helpers would be for. The installed `penstock` command gives the same.
 */
const SCREENLESS = [
  SWITCH,
  '--ozone-platform=headless',
  '--disable-gpu',
  '--no-sandbox',
  '--no-zygote',
  '--log-level=3',
] as const

/**
 * The command line's words in the arguments of this process: what follows `--`, so that Chromium takes none of it for
 * a switch of its own.
 * @returns null where the window is meant
 */
export function commandLineWords(argv: readonly string[]): readonly string[] | null {
  const end = argv.indexOf('--')
  const switches = end < 0 ? argv : argv.slice(0, end)
  if (!switches.includes(SWITCH)) return null
  return end < 0 ? [] : argv.slice(end + 1)
}

/** Runs the command line in this process, which ends with its exit code. */
export async function runCommandLine(words: readonly string[]): Promise<never> {
  const itself = app.isPackaged ? [] : [app.getAppPath()]
  process.exit(await run(words, { file: process.execPath, args: [...SCREENLESS, ...itself, '--'] }))
}
