import { isUtf8 } from 'node:buffer'
import { readFileSync, readlinkSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { wrongUse } from './args/options.ts'

/**
 * Names are bytes on Linux. Node decodes arguments, variables and the current folder as UTF-8 and replaces invalid bytes, so
 * that they name another file or folder. /proc has the bytes; on systems without /proc, names are Unicode.
 */
const PROC = '/proc/self'

/** Bytes as text: printable ASCII unchanged, backslashes as `\\`, all others as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte === 0x5c) return '\\\\'
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte)
    return `\\x${byte.toString(16).padStart(2, '0')}`
  }).join('')
}

/** The zero-terminated strings of a file in /proc; empty if there is no such file. */
function stringsOf(name: string): readonly Buffer[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(`${PROC}/${name}`)
  } catch {
    return []
  }
  const strings: Buffer[] = []
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0, from)
    const until = end < 0 ? bytes.length : end
    strings.push(bytes.subarray(from, until))
    from = until + 1
  }
  return strings
}

/**
 * Refuses arguments that are not UTF-8.
 * @param argv the last arguments of this process
 * @throws PenstockError `usage`
 */
export function refuseLossyArguments(argv: readonly string[]): void {
  if (argv.length === 0) return
  const lossy = stringsOf('cmdline')
    .slice(-argv.length)
    .find((bytes) => !isUtf8(bytes))
  if (lossy !== undefined) throw wrongUse('argument-not-utf8', { value: escapeBytes(lossy) })
}

/**
 * Refuses an inherited variable that is not UTF-8.
 * @throws PenstockError `usage`
 */
export function refuseLossyVariable(name: string): void {
  const start = Buffer.from(`${name}=`)
  const found = stringsOf('environ').find((bytes) => bytes.subarray(0, start.length).equals(start))
  const value = found?.subarray(start.length)
  if (value !== undefined && !isUtf8(value))
    throw wrongUse('variable-not-utf8', { name, value: escapeBytes(value) })
}

/**
 * Makes a path absolute, relative to the current folder.
 * @throws PenstockError `usage` if it is relative and the name of the current folder is not UTF-8
 */
export function absolutePath(path: string): string {
  if (!isAbsolute(path)) refuseLossyFolder()
  return resolve(path)
}

function refuseLossyFolder(): void {
  let folder: Buffer
  try {
    folder = readlinkSync(`${PROC}/cwd`, { encoding: 'buffer' })
  } catch {
    return
  }
  if (!isUtf8(folder)) throw wrongUse('folder-not-utf8', { value: escapeBytes(folder) })
}
