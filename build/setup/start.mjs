import { ensureBundle } from './compile/bundle.mjs'
import { runCommandLine } from './compile/command-line.mjs'
import { electronEnvironment, electronFlags, ensureLibraries, hasDisplay } from './electron/display.mjs'
import { resolveElectron } from './electron/electron.mjs'
import { ensureReady } from './ensure.mjs'
import { ROOT } from './paths.mjs'
import { become } from './process.mjs'
import { giveUp, print } from './print.mjs'

const args = process.argv.slice(2)
await ensureReady()
if (hasDisplay()) {
  const electron = await resolveElectron({ install: true })
  if (electron === null)
    giveUp('no Electron can be had on this machine; the command line works: npm run penstock -- help')
  const toDo = ensureLibraries()
  if (toDo !== null) giveUp(`the application needs system libraries. ${toDo}`)
  await ensureBundle()
  become(electron, [...electronFlags(), ROOT, ...args], { env: electronEnvironment() })
} else {
  print('there is no display here, so no window; this is the demonstration on the command line instead')
  await runCommandLine(['demo', ...args])
}
