import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Opened, OPENED_PAGES } from '../contract/ipc.ts'

/** Selects the command line instead of the window. */
export const COMMAND_LINE_SWITCH = '--cli'
const PAGE_SWITCH = '--page='

/**
 * The words of the command line in the arguments of this process: everything after `--`, so that Chromium does not read them
 * as its own switches.
 * @returns null to open the window
 */
export function commandLineWords(argv: readonly string[]): readonly string[] | null {
  const end = argv.indexOf('--')
  const switches = end < 0 ? argv : argv.slice(0, end)
  if (!switches.includes(COMMAND_LINE_SWITCH)) return null
  return end < 0 ? [] : argv.slice(end + 1)
}

/** A file manager may pass a file as a URL; a URL of another machine is not a path. */
function pathOf(word: string, folder: string): string | null {
  if (!word.startsWith('file:')) return resolve(folder, word)
  try {
    return fileURLToPath(word)
  } catch {
    return null
  }
}

/**
 * What a start of the application requests besides its window: paths to send, and a page to show.
 * @param argv arguments of the process
 * @param folder base of relative paths
 * @param own the folder of the application if the arguments name it, as in a checkout; arguments before it are Electron's
 */
export function openedBy(argv: readonly string[], folder: string, own: string | null): Opened {
  const start = own === null ? 0 : argv.findIndex((word, index) => index > 0 && resolve(folder, word) === own)
  const words = start < 0 ? [] : argv.slice(start + 1)
  const end = words.indexOf('--')
  const [before, after] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end + 1)]
  const plain = [...before.filter((word) => !word.startsWith('-')), ...after].filter((word) => word !== '')
  const paths = plain.map((word) => pathOf(word, folder)).filter((path) => path !== null)
  const named = before.findLast((word) => word.startsWith(PAGE_SWITCH))?.slice(PAGE_SWITCH.length)
  return { paths, page: OPENED_PAGES.find((page) => page === named) ?? null }
}
