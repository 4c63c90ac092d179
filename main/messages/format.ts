import type { Language } from './language.ts'
import { visible } from './visible.ts'
import { formatBytes, formatCount, formatDuration, formatRate } from './units.ts'

/** Values for the placeholders of a template. */
export type Params = Readonly<Record<string, string | number | undefined>>

const PLACEHOLDER = /\{([a-zA-Z]+)(?::(bytes|count|seconds|rate)|#([^{}|]*)(?:\|([^{}]*))?)?\}/g
const OPTIONAL = /\[([^[\]]*)\]/g

/** Names of the placeholders in a template, without repetition, sorted. */
export function placeholders(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))].sort()
}

function shown(value: string | number, unit: string | undefined, language: Language): string {
  if (unit === undefined) return String(value)
  const number = Number(value)
  switch (unit) {
    case 'bytes':
      return formatBytes(number)
    case 'rate':
      return formatRate(number)
    case 'seconds':
      return formatDuration(number, language)
    default:
      return formatCount(number)
  }
}

/**
 * Fills a template in.
 * - `{name}` the value with hidden characters made visible, `{n:bytes}` `{n:rate}` `{n:seconds}` `{n:count}` by its unit;
 * - `{n#file|files}` a count with its noun, singular or plural (one form where a language has no plural);
 * - `[… {name} …]` is left out where one of its values is missing. Outside of brackets a missing value is shown as `?`.
 */
export function format(template: string, params: Params, language: Language): string {
  const fill = (text: string): string =>
    text.replace(PLACEHOLDER, (_, name: string, unit?: string, one?: string, many?: string) => {
      const value = params[name]
      if (value === undefined) return '?'
      if (one === undefined) return visible(shown(value, unit, language))
      const number = Number(value)
      return `${formatCount(number)} ${number === 1 ? one : (many ?? one)}`
    })
  const kept = template.replace(OPTIONAL, (_, inner: string) =>
    placeholders(inner).every((name) => params[name] !== undefined) ? inner : '',
  )
  return fill(kept)
}
