import { app } from 'electron'
import type { SelfCommand } from '../core/index.ts'
import { COMMAND_LINE_SWITCH } from './arguments.ts'

/**
 * Switches to start this program without a display. It loads no web page, so it needs no sandbox and no helper processes.
 * The installed `penstock` command passes the same switches.
 */
const SCREENLESS = [
  COMMAND_LINE_SWITCH,
  '--ozone-platform=headless',
  '--disable-gpu',
  '--no-sandbox',
  '--no-zygote',
  '--log-level=3',
] as const

/** The command that starts this program's command line as another process. */
export function ownCommand(): SelfCommand {
  const itself = app.isPackaged ? [] : [app.getAppPath()]
  return { file: process.execPath, args: [...SCREENLESS, ...itself, '--'] }
}
