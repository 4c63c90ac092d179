import { ensureBundle } from './compile/bundle.mjs'
import { electronEnvironment, ensureLibraries, hasDisplay, onDisplay } from './electron/display.mjs'
import { resolveElectron } from './electron/electron.mjs'
import { ensureReady } from './ensure.mjs'
import { ROOT } from './paths.mjs'
import { become } from './process.mjs'
import { giveUp } from './print.mjs'

/**
 * `node build/setup/run.mjs [--electron] -- COMMAND…`: sets up what is missing, then runs the command in the project's
 * folder. With --electron it also builds the application, sets ELECTRON_EXEC_PATH and provides a display.
 */
const split = process.argv.indexOf('--')
const command = split < 0 ? [] : process.argv.slice(split + 1)
if (command.length === 0) giveUp('Name a command after --')
const withElectron = process.argv.slice(2, split).includes('--electron')

await ensureReady()
if (withElectron) {
  const electron = await resolveElectron({ install: true })
  if (electron === null) giveUp('no Electron can be had on this machine')
  const toDo = ensureLibraries({ virtualDisplay: !hasDisplay() })
  if (toDo !== null) giveUp(`Electron needs system libraries. ${toDo}`)
  await ensureBundle()
  const [program, ...args] = onDisplay(command)
  become(program, args, { cwd: ROOT, env: { ...electronEnvironment(), ELECTRON_EXEC_PATH: electron } })
} else {
  const [program, ...args] = command
  become(program, args, { cwd: ROOT })
}
