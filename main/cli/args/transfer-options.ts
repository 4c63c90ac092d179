import { isSealing, MAP_OPTIONS, type MapOption, type Technique } from '../../contract/technique.ts'
import { parseDestination } from '../../core/index.ts'
import type { PinSource } from '../terminal/pin.ts'
import { text, wrongUse, type Given, type OptionName } from './options.ts'

/** Value of `--mmap` for no options. */
export const NO_MAP_OPTION = 'none'

export function named<T extends Technique>(given: Given, command: string, choices: readonly T[]): T | 'auto' {
  const value = given.get('technique') ?? (given.has('dontcache') ? 'readwrite' : 'auto')
  if (value === 'auto') return value
  const found = choices.find((one) => one === value)
  if (found === undefined) {
    throw wrongUse('technique-unknown', { value, command, choices: ['auto', ...choices].join(', ') })
  }
  return found
}

export function technique<T extends Technique>(
  given: Given,
  command: 'send' | 'receive',
  choices: readonly T[],
): T | 'auto' {
  const found = named(given, command, choices)
  if (given.has('dontcache') && found !== 'readwrite') throw wrongUse('only-for-readwrite')
  if (found === 'auto') return found
  if (!given.has('clear') && !isSealing(found)) {
    throw wrongUse('technique-needs-clear', { technique: found })
  }
  // A receiver with --clear takes encrypted transfers as well.
  if (command === 'send' && given.has('clear') && isSealing(found)) {
    throw wrongUse('technique-needs-encryption', { technique: found })
  }
  return found
}

/** The options of `mmap`: words separated by commas, or the word for none. */
export function mapOptions(given: Given): MapOption[] | null {
  const list = text(given, 'mmap')
  if (list === null) return null
  if (given.get('technique') !== 'mmap') throw wrongUse('only-for-mmap')
  if (list === NO_MAP_OPTION) return []
  return list.split(',').map((word) => {
    const found = MAP_OPTIONS.find((one) => one === word.trim())
    if (found !== undefined) return found
    const choices = [...MAP_OPTIONS, NO_MAP_OPTION].join(', ')
    throw wrongUse('not-a-choice', { option: '--mmap', choices, value: word.trim() })
  })
}

export function dontcache(given: Given): { readonly dontcache?: true } {
  return given.has('dontcache') ? { dontcache: true } : {}
}

/** The destination: an address, a name or a fingerprint. */
export function destination(given: Given): string | null {
  const to = text(given, 'to')
  if (to !== null) parseDestination(to)
  return to
}

/** The source of the PIN. It is never an argument. */
export function pinSource(given: Given): PinSource {
  const path = text(given, 'pin-file')
  if (!given.has('pin')) return path === null ? { from: 'environment' } : { from: 'file', path }
  if (path !== null) throw wrongUse('pin-twice')
  return { from: 'terminal' }
}

/** Throws if an option of these is given. */
export function refuseAny(
  given: Given,
  names: readonly OptionName[],
  why: 'not-to-folder' | 'only-to-folder' | 'pin-needs-to',
): void {
  const stray = names.find((name) => given.has(name))
  if (stray !== undefined) throw wrongUse(why, { option: `--${stray}` })
}
