import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, session } from 'electron'
import { PAGE_URL } from './page.ts'

const PAGE_COLOURS = { light: '#f6f6f4', dark: '#0d1013' } as const

/** Refuses all permissions; the page needs none. */
export function refusePermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_, __, decide) => {
    decide(false)
  })
  session.defaultSession.setPermissionCheckHandler(() => false)
}

/** The single window: sandboxed, without Node, restricted to one page. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 720,
    minHeight: 480,
    useContentSize: true,
    show: false,
    title: 'Penstock',
    icon: join(app.getAppPath(), 'assets', 'icon.png'),
    backgroundColor: PAGE_COLOURS[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(app.getAppPath(), 'out', 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  const { webContents } = window
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  webContents.on('will-navigate', (event) => {
    event.preventDefault()
  })
  webContents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  webContents.on('before-input-event', (event, { type, key, control, alt, shift }) => {
    // Without a menu, which only macOS has here, nothing else handles the usual key for "quit".
    if (process.platform === 'darwin' || type !== 'keyDown' || key.toLowerCase() !== 'q') return
    if (!control || alt || shift) return
    event.preventDefault()
    app.quit()
  })
  window.once('ready-to-show', () => {
    window.show()
  })
  void window.loadURL(PAGE_URL)
  return window
}
