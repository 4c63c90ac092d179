import { type BrowserWindow, ipcMain, type IpcMainInvokeEvent } from 'electron'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import {
  type Answered,
  type RequestOf,
  type Batch,
  BATCH_CHANNEL,
  CHANNELS,
  REQUEST_CHANNEL,
  REQUEST_NAMES,
  type RequestName,
  type Result,
} from '../../contract/ipc.ts'
import { isOurPage } from '../window/page.ts'

/** One handler for each of the window's requests. */
export type Handlers = {
  readonly [N in RequestName]: (request: RequestOf<N>) => Promise<Answered<N>> | Answered<N>
}

/** Only the top frame of our own window, showing our own page, gets answers. */
function isTrusted(event: IpcMainInvokeEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame
  if (window === null || frame === null || event.sender !== window.webContents) return false
  return frame === window.webContents.mainFrame && isOurPage(frame.url)
}

async function answer<N extends RequestName>(
  name: N,
  handlers: Handlers,
  request: unknown,
): Promise<Result<Answered<N>>> {
  try {
    const parsed = CHANNELS[name].request.safeParse(request)
    if (!parsed.success) throw new PenstockError('usage', { detail: name })
    return { ok: true, value: await handlers[name](parsed.data) }
  } catch (error) {
    return { ok: false, problem: toProblem(error) }
  }
}

/** Answers the window's requests; each is checked for its sender and its schema first. */
export function answerRequests(windowNow: () => BrowserWindow | null, handlers: Handlers): void {
  ipcMain.handle(REQUEST_CHANNEL, (event, named: unknown, request: unknown) => {
    if (!isTrusted(event, windowNow())) throw new Error('Not answered: this page is not ours.')
    const name = REQUEST_NAMES.find((one) => one === named)
    if (name === undefined) throw new Error('Not answered: there is no such request.')
    return answer(name, handlers, request)
  })
}

/** Sends a batch to the window; no effect if it is closed. */
export function sendBatch(window: BrowserWindow | null, batch: Batch): void {
  if (window === null || window.isDestroyed() || window.webContents.isDestroyed()) return
  window.webContents.send(BATCH_CHANNEL, batch)
}
