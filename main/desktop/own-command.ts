import { app } from 'electron'
import type { SelfCommand } from '../core/index.ts'
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

/** What starts this program's command line as another process. */
export function ownCommand(): SelfCommand {
  const itself = app.isPackaged ? [] : [app.getAppPath()]
  return { file: process.execPath, args: [...SCREENLESS, ...itself, '--'] }
}
