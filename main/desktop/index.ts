import { app, type BrowserWindow, Menu } from 'electron'
import { openedSchema } from '../contract/ipc.ts'
import { defaultStateFolder } from '../core/store/state-folder.ts'
import { openedBy } from './arguments.ts'
import { chooseNewFile, choosePaths, describe, showInFolder } from './dialogs.ts'
import { answerRequests, tell } from './ipc.ts'
import { OpenedQueue } from './opened.ts'
import { Outbox } from './outbox.ts'
import { registerScheme, servePage } from './page.ts'
import type { Services } from './services.ts'
import { openWindow, refusePermissions } from './window.ts'

let window: BrowserWindow | null = null
const opened = openedBy(process.argv, process.cwd(), app.isPackaged ? null : app.getAppPath())
const openedQueue = new OpenedQueue((one) => {
  tell(window, { opened: one })
})

function showWindow(): void {
  if (window === null) {
    window = openWindow()
    window.on('closed', () => {
      window = null
      openedQueue.windowGone()
    })
    return
  }
  if (window.isMinimized()) window.restore()
  window.focus()
}

/** Answers the window from the services; a request waits until they have started, and hears why they have not. */
function answerFrom(started: Promise<Services>): void {
  const nothing = {}
  answerRequests(() => window, {
    open: async () => {
      const whole = await (await started).whole()
      return { ...whole, opened: openedQueue.take() }
    },
    probe: async ({ address }) => (await started).probe(address),
    look: async () => {
      await (await started).look()
      return nothing
    },
    describe: ({ paths }) => describe(paths),
    choose: ({ what }) => choosePaths(window, what),
    send: async (request) => ({ key: (await started).send(request) }),
    copy: async (request) => ({ key: (await started).copy(request) }),
    cancel: async ({ key }) => {
      ;(await started).cancel(key)
      return nothing
    },
    setTechnique: async (request) => {
      ;(await started).setTechnique(request)
      return nothing
    },
    forget: async ({ key }) => {
      ;(await started).forget(key)
      return nothing
    },
    show: async ({ key }) => {
      showInFolder(await (await started).whereIs(key))
      return nothing
    },
    offered: async ({ offerId, from }) => (await started).offered(offerId, from),
    answerOffer: async (request) => {
      await (await started).answerOffer(request)
      return nothing
    },
    changeSettings: async (change) => (await started).changeSettings(change),
    tryHere: async () => (await started).tryHere(),
    startCompare: async (request) => {
      ;(await started).comparison.start(request)
      return nothing
    },
    stopCompare: async () => {
      await (await started).comparison.stop()
      return nothing
    },
    saveCompare: async (request) => {
      const path = await chooseNewFile(window, `penstock-compare.${request.as}`)
      if (path !== null) await (await started).comparison.save(path, request)
      return { path }
    },
  })
}

async function run(): Promise<void> {
  await app.whenReady()
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
  refusePermissions()
  servePage()
  const outbox = new Outbox((batch) => {
    tell(window, batch)
  })
  // Loaded late, so that a missing addon is told in the window and does not end the program before there is one.
  const started = import('./services.ts').then((loaded) =>
    loaded.Services.start(defaultStateFolder(), outbox),
  )
  // Whoever asks hears of it; nobody having asked yet is no reason to end.
  started.catch(() => undefined)
  answerFrom(started)
  openedQueue.add(opened)
  showWindow()
  app.on('second-instance', (_event, _argv, _folder, said: unknown) => {
    showWindow()
    const another = openedSchema.safeParse(said)
    if (another.success) openedQueue.add(another.data)
  })
  app.on('activate', showWindow)
  app.on('window-all-closed', () => {
    app.quit()
  })
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void started
      .then((services) => services.close())
      .catch(() => undefined)
      .finally(() => {
        closed = true
        app.quit()
      })
  })
}

app.setName('Penstock')
const state = process.env['PENSTOCK_STATE']
if (state !== undefined && state !== '') app.setPath('userData', defaultStateFolder())
registerScheme()
// Where the system allows no sandbox (as root, in a container), the starter says so and asks for none.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
// One application for each state folder; two on one machine can run beside each other on folders of their own.
// The one that runs already is told what this start was for.
if (app.requestSingleInstanceLock(opened)) void run()
else app.quit()
