import { close, constants, createReadStream, fstat, open } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { PIN_VARIABLE } from '../../contract/environment.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../../core/index.ts'
import type { Context } from '../context.ts'
import { wrongUse } from '../args/options.ts'

/** The source of the PIN. It is never an argument, because `ps` shows those to every user. */
export type PinSource =
  | { readonly from: 'terminal' }
  | { readonly from: 'file'; readonly path: string }
  /** `PENSTOCK_PIN`, or none if it is not set. */
  | { readonly from: 'environment' }

/** 1 to 64 characters, none of them a control or format character. */
const PIN = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u
/** Bytes of a file to read for its first line. */
const FIRST_LINE_BYTES = 1024
const READABLE_BY_OTHERS = 0o044

/** Whether a text can be a PIN. */
export function isPin(text: string): boolean {
  return PIN.test(text)
}

/** Removes the PIN from the environment, which child processes inherit, and returns it; null if there is none. */
export function takePin(env: Record<string, string | undefined>): string | null {
  const pin = env[PIN_VARIABLE] ?? null
  Reflect.deleteProperty(env, PIN_VARIABLE)
  return pin
}

/**
 * The PIN for a command; null for none.
 * @param question prompt on the terminal
 * @throws PenstockError `usage` if there is no PIN or it is not valid; `cancelled-here`
 */
export async function pinFrom(source: PinSource, question: string, context: Context): Promise<string | null> {
  switch (source.from) {
    case 'environment':
      return context.environmentPin === null ? null : checked(context.environmentPin, PIN_VARIABLE)
    case 'terminal':
      return checked(await askForPin(question, context), '--pin')
    case 'file':
      return checked(await firstLineOf(source.path, context), '--pin-file')
  }
}

function checked(pin: string, option: string): string {
  if (!isPin(pin)) throw wrongUse('pin-not-possible', { option })
  return pin
}

async function askForPin(question: string, { interactive, interrupt, prompt }: Context): Promise<string> {
  if (!interactive) throw wrongUse('pin-needs-terminal')
  const pin = await prompt.secret(question, interrupt.signal)
  if (interrupt.signal.aborted) throw new PenstockError('cancelled-here')
  return pin ?? ''
}

async function firstLineOf(path: string, { output, interrupt }: Context): Promise<string> {
  const bytes = await readStart(path, interrupt.signal, () => {
    output.note(output.text(output.words.pin.readableByOthers, { path }))
  })
  const end = bytes.indexOf('\n')
  const line = (end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8').replace(/\r$/u, '')
  // Text that is not UTF-8 is not a PIN.
  return line.replace(/^\ufeff/u, '').replaceAll('\ufffd', '\0')
}

/** The start of a file or of a pipe such as `<(command)`, including its first line if that is short enough for a PIN. */
async function readStart(path: string, signal: AbortSignal, onShared: () => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    const input: AsyncIterable<Buffer> = addAbortSignal(signal, await openToRead(path, onShared))
    for await (const bytes of input) {
      chunks.push(bytes)
      length += bytes.length
      if (length >= FIRST_LINE_BYTES || bytes.includes('\n')) break
    }
  } catch (error) {
    if (signal.aborted) throw new PenstockError('cancelled-here', {}, { cause: error })
    throw wrongUse('pin-file-unreadable', { path, errno: errnoOf(error) })
  }
  return Buffer.concat(chunks)
}

async function openToRead(path: string, onShared: () => void): Promise<Readable> {
  // Reading a pipe without O_NONBLOCK blocks a thread, and the exit of the process waits for that thread.
  const fd = await promisify(open)(
    path,
    constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK),
  )
  const about = await promisify(fstat)(fd)
  if (about.isFIFO()) return new Socket({ fd, readable: true, writable: false })
  if (!about.isFile()) {
    await promisify(close)(fd)
    throw Object.assign(new Error('neither a file nor a pipe'), {
      code: about.isDirectory() ? 'EISDIR' : 'EINVAL',
    })
  }
  if (process.platform !== 'win32' && (about.mode & READABLE_BY_OTHERS) !== 0) onShared()
  return createReadStream('', { fd, end: FIRST_LINE_BYTES - 1 })
}
