import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { _electron, type CDPSession, type ElectronApplication, type Page } from 'playwright-core'
import {
  type Bridge,
  type RequestName,
  type RequestOf,
  type Snapshot,
  snapshotSchema,
} from '../../../main/contract/ipc.ts'

declare global {
  interface Window {
    readonly penstock: Bridge
    /** Requests of the tests that have not been answered. */
    pending?: Set<unknown>
  }
}

const ROOT = join(import.meta.dirname, '..', '..', '..')
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ROOT]

/** One running application with a state folder and a home of its own. */
export interface Running {
  readonly app: ElectronApplication
  /** Its main process. */
  readonly process: ChildProcess
  readonly page: Page
  readonly home: string
  readonly received: string
  /** Errors that the window's console showed. */
  readonly errors: string[]
  /** Closes it and keeps its home, for another start. */
  leave(): Promise<void>
  /** Closes it and removes its home. */
  close(): Promise<void>
}

export interface StartOptions {
  readonly alias: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly size?: readonly [number, number]
  /** The home of an application that was closed; its settings stay as they are. */
  readonly home?: string
}

/** Starts the built application, as `npm start` does. */
export async function start({ alias, settings = {}, size, home: left }: StartOptions): Promise<Running> {
  const home = left ?? (await mkdtemp(join(tmpdir(), 'penstock-e2e-')))
  const state = join(home, 'state')
  const received = join(home, 'received')
  await mkdir(state, { recursive: true, mode: 0o700 })
  await mkdir(join(home, 'Downloads'), { recursive: true })
  if (left === undefined) {
    const file = { version: 1, alias, folder: received, language: 'en', theme: 'light', ...settings }
    await writeFile(join(state, 'settings.json'), JSON.stringify(file))
  }
  const executablePath = process.env['ELECTRON_EXEC_PATH']
  const app = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ARGS,
    cwd: ROOT,
    env: environmentOf(home),
    timeout: 30_000,
  })
  const main = app.process()
  // A run that fails leaves no application behind: it would hold ports and appear on the network.
  const kill = (): void => void main.kill('SIGKILL')
  process.once('exit', kill)
  main.once('exit', () => process.off('exit', kill))
  const page = await app.firstWindow()
  page.setDefaultTimeout(60_000)
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  if (size) await resize(app, size)
  await page.getByRole('group', { name: /This device|本机/ }).waitFor()
  const leave = (): Promise<void> => terminate(main)
  const close = async (): Promise<void> => {
    await leave()
    await rm(home, { recursive: true, force: true })
  }
  return { app, process: main, page, home, received, errors, leave, close }
}

/** Starts a sender that does not encrypt, and a receiver, and makes them find each other. */
export async function startPair(sender = 'Studio', receiver = 'Edit bay'): Promise<[Running, Running]> {
  const pair = await Promise.all([
    start({ alias: sender, settings: { security: 'clear' } }),
    start({ alias: receiver }),
  ])
  await meet(pair[0].page, await portOf(pair[1].page))
  return pair
}

/** Resolves when a process has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Ends the application as the system does, without the question that the user gets while a transfer runs. */
async function terminate(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await ended(child)
}

/** Closes the window as a person does. */
export async function closeWindow(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close()
  })
}

function plainEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries.filter(([name]) => name !== 'NODE_OPTIONS'))
}

function environmentOf(home: string): Record<string, string> {
  return { ...plainEnvironment(), HOME: home, PENSTOCK_STATE: join(home, 'state'), LC_ALL: 'C.UTF-8' }
}

/** Starts the application once more beside one that runs; resolves when this second process has ended. */
export async function startAgain({ process: running, home }: Running): Promise<void> {
  const child = spawn(running.spawnfile, ARGS, { cwd: ROOT, env: environmentOf(home), stdio: 'ignore' })
  await once(child, 'exit')
}

/** Sets the size of the page, in CSS pixels. */
export async function resize(
  app: ElectronApplication,
  [width, height]: readonly [number, number],
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height)
    },
    { width, height },
  )
}

/**
 * Sends a request to the main process as the window does; returns the value of its answer. The window keeps the promises until
 * they settle, since the engine may collect one that only the debugger awaits (microsoft/playwright#41826).
 */
export async function request<N extends RequestName>(
  page: Page,
  name: N,
  input: RequestOf<N>,
): Promise<unknown> {
  const answer: unknown = await page.evaluate(
    (call) => {
      const sent = window.penstock.request(call.name, call.input)
      const pending = (window.pending ??= new Set())
      const settled = sent.finally(() => {
        pending.delete(sent)
        pending.delete(settled)
      })
      pending.add(sent).add(settled)
      return settled
    },
    { name, input },
  )
  if (field(answer, 'ok') !== true) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`)
  return field(answer, 'value')
}

/** The control port that the application listens on. */
export async function portOf(page: Page): Promise<number> {
  const value = await request(page, 'open', {})
  const port = field(field(value, 'self'), 'port')
  if (typeof port !== 'number') throw new Error(`not listening: ${JSON.stringify(value)}`)
  return port
}

/** A field of a value of unknown form; undefined if there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The newest transfer of a window, from the main process. */
export async function newest(page: Page): Promise<Snapshot> {
  const transfers = field(await request(page, 'open', {}), 'transfers')
  const list = Array.isArray(transfers) ? transfers.map((one) => snapshotSchema.parse(one)) : []
  const [first] = list.sort((a, b) => b.view.startedAt - a.view.startedAt)
  if (!first) throw new Error('no transfer is listed')
  return first
}

/** Lets one application find another by its address, through the dialog. */
export async function meet(from: Page, port: number): Promise<void> {
  await from.getByRole('button', { name: 'By address' }).click()
  await from.getByRole('textbox').fill(`127.0.0.1:${port}`)
  await from.getByRole('button', { name: 'Find the device' }).click()
  await from
    .getByRole('dialog', { name: /^Send to/ })
    .getByRole('button', { name: 'Cancel' })
    .click()
}

/** The row of this very application in another's list: others on the network may bear the same name. */
export async function rowOf({ page }: Running): Promise<string> {
  const fingerprint = field(field(await request(page, 'open', {}), 'self'), 'fingerprint')
  return `[data-drop-device="${String(fingerprint)}"] [data-testid=device]`
}

/**
 * The middle of an element that has stayed in its place from one frame to the next and that nothing covers: rows move as
 * devices appear, and a dialog that is closing still takes what is dropped on it.
 */
async function settledMiddle(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const [x, y] = await page
    .locator(selector)
    .first()
    .evaluate(
      (element) =>
        new Promise<[number, number]>((resolve, reject) => {
          const began = performance.now()
          let before = ''
          // A method, since the compiler gives functions their names by a helper that the page does not have.
          const loop = {
            frame(): void {
              const box = element.getBoundingClientRect()
              const middle: [number, number] = [box.x + box.width / 2, box.y + box.height / 2]
              const now = [box.x, box.y, box.width, box.height].join(' ')
              const free = element.contains(document.elementFromPoint(...middle))
              if (free && now === before) resolve(middle)
              else if (performance.now() - began > 20_000)
                reject(new Error('it moves, or something covers it'))
              else requestAnimationFrame(loop.frame)
              before = now
            },
          }
          requestAnimationFrame(loop.frame)
        }),
    )
  return { x, y }
}

/** Drops real files and folders where an element is. */
export async function drop(page: Page, selector: string, paths: readonly string[]): Promise<void> {
  const point = await settledMiddle(page, selector)
  const session: CDPSession = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...point, data })
  }
  await session.detach()
}

/** Lets every dialog that asks for files or folders answer with these, as if the user had chosen them. */
export async function answerDialogs(app: ElectronApplication, chosen: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...filePaths] })
  }, chosen)
}

/** Makes a folder with files of known content; returns its path. */
export async function makeFolder(
  home: string,
  name: string,
  files: Readonly<Record<string, Buffer>>,
): Promise<string> {
  const folder = join(home, name)
  for (const [path, content] of Object.entries(files)) {
    const whole = join(folder, path)
    await mkdir(join(whole, '..'), { recursive: true })
    await writeFile(whole, content)
  }
  return folder
}

/** The hash of a file's content. */
export async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

/** Every file below a folder by its path, with the hash of its content. */
export async function hashes(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true })
  const found: Record<string, string> = {}
  for (const name of names.sort()) {
    const path = join(folder, name)
    if ((await lstat(path)).isFile()) {
      found[relative(folder, path)] = await hashOf(path)
    }
  }
  return found
}
