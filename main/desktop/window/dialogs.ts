import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type BrowserWindow, dialog, shell } from 'electron'
import type { Item } from '../../contract/ipc.ts'

const PROPERTIES = {
  files: ['openFile', 'multiSelections'],
  file: ['openFile'],
  folder: ['openDirectory', 'multiSelections'],
  target: ['openDirectory', 'createDirectory'],
} as const

/** Lets the user choose; empty if the user cancels. */
export async function choosePaths(
  window: BrowserWindow | null,
  what: keyof typeof PROPERTIES,
): Promise<string[]> {
  const options = { properties: [...PROPERTIES[what]] }
  const chosen = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return chosen.canceled ? [] : chosen.filePaths
}

/** Lets the user choose a path for a new file; null if the user cancels. */
export async function chooseNewFile(window: BrowserWindow | null, name: string): Promise<string | null> {
  const options = { defaultPath: name }
  const chosen = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options))
  return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath
}

/** The items at the paths, for the sheet that offers them. The transfer reports those that cannot be sent. */
export function describe(paths: readonly string[]): Promise<Item[]> {
  return Promise.all(
    paths.map(async (path): Promise<Item> => {
      const facts = await stat(path).catch(() => null)
      const type = facts?.isDirectory() ? 'directory' : facts?.isFile() ? 'file' : 'other'
      return { path, name: basename(path) || path, type, size: type === 'file' ? (facts?.size ?? 0) : 0 }
    }),
  )
}

/** Opens the file manager at a file or folder. */
export function showInFolder(path: string): void {
  shell.showItemInFolder(path)
}
