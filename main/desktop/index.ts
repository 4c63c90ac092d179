import { app, Menu, powerMonitor } from 'electron'
import { openedSchema } from '../contract/ipc.ts'
import { defaultStateFolder } from '../core/index.ts'
import { openedBy } from './arguments.ts'
import { answerFrom } from './ipc/handlers.ts'
import { registerScheme, servePage } from './window/page.ts'
import { Shell } from './shell.ts'
import { refusePermissions } from './window/window.ts'

/** Exit status if the application cannot start because of a programming error. */
const EXIT_INTERNAL = 70

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

const opened = openedBy(process.argv, process.cwd(), app.isPackaged ? null : app.getAppPath())
const shell = new Shell(defaultStateFolder())

/** Handles ends from outside. A question is shown only if a person closes the application. */
function followEnds(): void {
  const shutDown = (): void => {
    shell.closing.take('shutdown')
  }
  // Electron installs its own handlers before it is ready; these replace them.
  for (const signal of SIGNALS) process.on(signal, shutDown)
  // A write beyond the limit of a file's size then fails with EFBIG, as under Node, which ignores the signal.
  process.on('SIGXFSZ', () => undefined)
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
// If the system does not allow a sandbox (as root, in a container), the launcher prints a notice and passes this switch.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
// One application per state folder; several can run on one machine with separate state folders. The running instance
// receives the arguments of this start.
if (app.requestSingleInstanceLock(opened)) {
  run().catch((error: unknown) => {
    shell.lastResort.take('start', error)
    // Without a window the user could not end it.
    app.exit(EXIT_INTERNAL)
  })
} else app.quit()
