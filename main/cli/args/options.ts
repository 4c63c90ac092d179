import { ALIAS_MAX, isAlias } from '../../contract/alias.ts'
import { PenstockError, type ErrorParams } from '../../contract/errors.ts'
import type { UsageCode } from '../../messages/index.ts'

/** Every option of every command, with the name of its value in the help; null if it takes none. */
export const OPTIONS = {
  json: null,
  state: 'DIR',
  help: null,
  version: null,
  dir: 'DIR',
  port: 'N',
  'data-port': 'N',
  alias: 'NAME',
  accept: 'ask|always|all',
  only: 'FINGERPRINT',
  loopback: null,
  pin: null,
  'pin-file': 'FILE',
  once: null,
  link: null,
  hidden: null,
  clear: null,
  exclude: 'GLOB',
  technique: 'T',
  mmap: 'MAP',
  dontcache: null,
  buffer: 'BYTES',
  durability: 'D',
  check: 'on|off',
  'on-conflict': 'RULE',
  to: 'DEVICE',
  'to-folder': 'DIR',
  streams: 'N',
  for: 'SECONDS',
  limit: 'N',
  name: 'NAME',
  'always-accept': 'on|off',
  unencrypted: 'on|off',
  preset: 'NAME',
  techniques: 'LIST',
  runs: 'N',
  csv: 'FILE',
  size: 'BYTES',
} as const satisfies Record<string, string | null>

export type OptionName = keyof typeof OPTIONS

/** Options that may be given more than once. */
export const REPEATABLE: readonly OptionName[] = ['exclude']

/** The given options, each with its last value. */
export interface Given extends ReadonlyMap<OptionName, string> {
  /** All values of an option, in order. */
  all(name: OptionName): readonly string[]
}

/** A usage error: exit code 2, with the sentence `why` of the catalogues. */
export function wrongUse(why: UsageCode, params: ErrorParams = {}): PenstockError {
  return new PenstockError('usage', { why, ...params })
}

/** Text of an option, or null if it was not given. */
export function text(given: Given, name: OptionName): string | null {
  return given.get(name) ?? null
}

/** A name for this device; null if not given. */
export function alias(given: Given, name: OptionName): string | null {
  const value = given.get(name)
  if (value === undefined || isAlias(value)) return value ?? null
  throw wrongUse('not-an-alias', { option: `--${name}`, max: ALIAS_MAX, value })
}

/** A full fingerprint, with or without spaces between groups; null if not given. */
export function fingerprint(given: Given, name: OptionName): string | null {
  const value = given.get(name)
  if (value === undefined) return null
  const digits = value.replaceAll(/[\s:]/g, '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(digits)) throw wrongUse('not-a-fingerprint', { option: `--${name}`, value })
  return digits
}

/** One of a list of words. */
export function choice<T extends string>(
  given: Given,
  name: OptionName,
  choices: readonly T[],
  otherwise: T,
): T {
  const value = given.get(name)
  if (value === undefined) return otherwise
  const found = choices.find((one) => one === value)
  if (found === undefined) {
    throw wrongUse('not-a-choice', { option: `--${name}`, choices: choices.join(', '), value })
  }
  return found
}

/** Reads a number of this form within limits (both included). */
function within(form: RegExp, problem: 'not-an-integer' | 'not-seconds') {
  return <T>(given: Given, name: OptionName, min: number, max: number, otherwise: T): number | T => {
    const value = given.get(name)
    if (value === undefined) return otherwise
    const number = form.test(value) ? Number(value) : NaN
    if (number >= min && number <= max) return number
    throw wrongUse(problem, { option: `--${name}`, min, max, value })
  }
}

/** A whole number. */
export const integer = within(/^\d{1,15}$/, 'not-an-integer')

/** A number of seconds, fractions allowed. */
export const seconds = within(/^\d{1,9}(\.\d{1,3})?$/, 'not-seconds')

const SIZE_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
}

/** A size as written on the command line, e.g. "64k". */
function sizeText(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10))
  return `${String(bytes / 1024 ** power)}${['', 'k', 'M', 'G'][power] ?? ''}`
}

/** A size in bytes: a number, optionally with k, M or G (powers of 1024, as for buffer sizes in other tools). */
export function size(
  given: Given,
  name: OptionName,
  limits: { readonly min: number; readonly max: number; readonly default: number },
): number {
  const value = given.get(name)
  if (value === undefined) return limits.default
  const match = /^(\d{1,12})(k|m|g|)(?:i?b)?$/i.exec(value)
  const bytes = match ? Number(match[1]) * (SIZE_FACTORS[(match[2] ?? '').toLowerCase()] ?? NaN) : NaN
  if (!(bytes >= limits.min && bytes <= limits.max)) {
    const [least, most] = [sizeText(limits.min), sizeText(limits.max)]
    throw wrongUse('not-a-size', { option: `--${name}`, value, least, most })
  }
  return bytes
}
