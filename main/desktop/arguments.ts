import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Opened, OPENED_PAGES } from '../contract/ipc.ts'

/** Says that the command line is meant and not the window. */
export const COMMAND_LINE_SWITCH = '--cli'
const PAGE_SWITCH = '--page='

/**
 * The command line's words in the arguments of this process: what follows `--`, so that Chromium takes none of it for
 * a switch of its own.
 * @returns null where the window is meant
 */
export function commandLineWords(argv: readonly string[]): readonly string[] | null {
  const end = argv.indexOf('--')
  const switches = end < 0 ? argv : argv.slice(0, end)
  if (!switches.includes(COMMAND_LINE_SWITCH)) return null
  return end < 0 ? [] : argv.slice(end + 1)
}

/** A file manager may name a file by its address; one on another machine is no path. */
function pathOf(word: string, folder: string): string | null {
  if (!word.startsWith('file:')) return resolve(folder, word)
  try {
    return fileURLToPath(word)
  } catch {
    return null
  }
}

/**
 * What a start of the application asks for beside its window: paths to send, and a page to show.
 * @param argv arguments of the process
 * @param folder the folder that relative paths are meant from
 * @param own the folder of the application where the arguments name it, as in a checkout; what stands before it is
 *   Electron's
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
