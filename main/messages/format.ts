import type { Language } from './language.ts'
import { formatAmount, formatBytes, formatCount, formatDuration, formatRate } from './units.ts'
import { visible } from './visible.ts'

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

/** A template with its values. */
export interface Phrase {
  readonly template: string
  readonly params: Params
}

/** A part of a filled-in template. `value`: a text from outside, such as a name. */
export interface Part {
  readonly text: string
  readonly value: boolean
}

function filled(match: RegExpExecArray, params: Params, language: Language): Part {
  const [, name = '', unit, one, many] = match
  const value = params[name]
  if (value === undefined) return { text: '?', value: false }
  if (one === undefined)
    return {
      text: visible(shown(value, unit, language)),
      value: unit === undefined && typeof value === 'string',
    }
  const number = Number(value)
  return { text: `${formatAmount(number)} ${number === 1 ? one : (many ?? one)}`, value: false }
}

/** Fills in a template like {@link format}, and keeps the values apart from the text around them. */
export function formatParts({ template, params }: Phrase, language: Language): readonly Part[] {
  const kept = template.replace(OPTIONAL, (_, inner: string) =>
    placeholders(inner).every((name) => params[name] !== undefined) ? inner : '',
  )
  const parts: Part[] = []
  let from = 0
  for (const match of kept.matchAll(PLACEHOLDER)) {
    parts.push({ text: kept.slice(from, match.index), value: false }, filled(match, params, language))
    from = match.index + match[0].length
  }
  return [...parts, { text: kept.slice(from), value: false }].filter(({ text }) => text !== '')
}

/**
 * Fills in a template.
 * - `{name}` the value with its hidden characters made visible ({@link visible});
 * - `{n:bytes}` `{n:rate}` `{n:seconds}` `{n:count}` the value by its unit;
 * - `{n#file|files}` a count with its noun, singular or plural (one form if the language has no plural);
 * - `[… {name} …]` is omitted if one of its values is missing. Outside brackets a missing value is shown as `?`.
 */
export function format(template: string, params: Params, language: Language): string {
  return formatParts({ template, params }, language)
    .map(({ text }) => text)
    .join('')
}
