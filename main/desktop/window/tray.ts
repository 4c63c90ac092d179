import { join } from 'node:path'
import { app, Menu, nativeImage, Tray } from 'electron'

/** Side of the icon in pixels; macOS draws menu bar icons smaller. */
const SIDE = process.platform === 'darwin' ? 18 : 22

/** Linux does not report whether a panel shows the icon, so the application does not rely on it there. */
const CERTAIN = process.platform !== 'linux'

export interface TrayWords {
  readonly show: string
  readonly quit: string
}

/** The icon that brings a hidden window back. */
export class TrayIcon {
  readonly #show: () => void
  readonly #quit: () => void
  #tray: Tray | null = null

  constructor(show: () => void, quit: () => void) {
    this.#show = show
    this.#quit = quit
  }

  /** Whether it can certainly bring back a hidden window. */
  get certain(): boolean {
    return CERTAIN && this.#tray !== null
  }

  /** No effect if the system has no tray. */
  open({ show, quit }: TrayWords): void {
    if (this.#tray !== null) return
    try {
      const icon = nativeImage.createFromPath(join(app.getAppPath(), 'assets', 'icon.png'))
      this.#tray = new Tray(icon.resize({ width: SIDE, height: SIDE }))
    } catch {
      return
    }
    this.#tray.setToolTip('Penstock')
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: show, click: this.#show },
        { label: quit, click: this.#quit },
      ]),
    )
    this.#tray.on('click', this.#show)
  }

  close(): void {
    this.#tray?.destroy()
    this.#tray = null
  }
}
