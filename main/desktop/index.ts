import { app, Menu, powerMonitor } from 'electron'
import { openedSchema } from '../contract/ipc.ts'
import { defaultStateFolder } from '../core/index.ts'
import { openedBy } from './arguments.ts'
import { answerFrom } from './ipc/handlers.ts'
import { registerScheme, servePage } from './window/page.ts'
import { Shell } from './shell.ts'
import { refusePermissions } from './window/window.ts'

/** Exit status where the application cannot start because of a programming error. */
const EXIT_INTERNAL = 70

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

const opened = openedBy(process.argv, process.cwd(), app.isPackaged ? null : app.getAppPath())
const shell = new Shell(defaultStateFolder())

/** What ends the application from outside. A question is asked only where a person closes it. */
function followEnds(): void {
  const shutDown = (): void => {
    shell.closing.take('shutdown')
  }
  // Electron installs handlers of its own before it is ready; these replace them.
  for (const signal of SIGNALS) process.on(signal, shutDown)
  powerMonitor.on('shutdown', shutDown)
  app.on('before-quit', (event) => {
    event.preventDefault()
    shell.closing.take('quit')
  })
}

async function run(): Promise<void> {
  await app.whenReady()
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
  refusePermissions()
  servePage()
  answerFrom(shell.start(), shell)
  shell.opened.add(opened)
  shell.window.show()
  app.on('second-instance', (_event, _argv, _folder, handedOver: unknown) => {
    shell.closing.take('show')
    const another = openedSchema.safeParse(handedOver)
    if (another.success) shell.opened.add(another.data)
  })
  app.on('activate', () => {
    shell.closing.take('show')
  })
  followEnds()
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    shell.lastResort.take(event, error)
  })
}
app.setName('Penstock')
const state = process.env['PENSTOCK_STATE']
if (state !== undefined && state !== '') app.setPath('userData', defaultStateFolder())
registerScheme()
// Where the system allows no sandbox (as root, in a container), the starter says so and asks for none.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
// One application for each state folder; two on one machine can run beside each other on folders of their own.
// The running instance receives the arguments of this start.
if (app.requestSingleInstanceLock(opened)) {
  run().catch((error: unknown) => {
    shell.lastResort.take('start', error)
    // Without a window nothing could end it.
    app.exit(EXIT_INTERNAL)
  })
} else app.quit()
