import type { Problem } from '../contract/errors.ts'
import type { Note } from '../contract/report.ts'
import type { Reason, ReasonCode } from '../contract/technique.ts'
import type { Catalogue, UsageCode } from './catalogue.ts'
import { en } from './en/index.ts'
import { format, type Phrase } from './format.ts'
import type { Language } from './language.ts'
import { type Reader, type ReadTransfer, placed, readerOf } from './reader.ts'
import { zh } from './zh/index.ts'

export type { Catalogue, Translated, UsageCode } from './catalogue.ts'
export { format, formatParts, type Params, type Part, type Phrase, placeholders } from './format.ts'
export { LANGUAGES, languageOfEnvironment, languageOfLocale, type Language } from './language.ts'
export { comparisonCsv, variantName } from './comparison.ts'
export { copyRuleText } from './copy-rules.ts'
export { type Reader, type ReadTransfer, readerOf } from './reader.ts'
export * from './units.ts'
export * from './visible.ts'

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, zh }

export function catalogue(language: Language): Catalogue {
  return CATALOGUES[language]
}

function hasKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key)
}

/** Whether the catalogues have a text for this reason of the plan. */
export function isReasonCode(code: string): code is ReasonCode {
  return hasKey(en.reasons, code)
}

/** Whether a code names a sentence of the `usage` table. */
export function isUsageCode(code: string | number | undefined): code is UsageCode {
  return typeof code === 'string' && hasKey(en.usage, code)
}

/** What happened, and what to do next. */
export interface Explanation<T> {
  readonly summary: T
  readonly next: T
}

/** A problem as two templates with their values, for the user of a transfer or of a command. */
export function explanation(
  given: Problem,
  language: Language,
  transfer?: ReadTransfer,
): Explanation<Phrase> {
  const problem = transfer === undefined ? given : placed(given, transfer)
  const reader = transfer === undefined ? 'sender' : readerOf(transfer)
  const words = catalogue(language)
  const params = problem.params ?? {}
  const why = params['why']
  if (problem.code === 'usage' && isUsageCode(why)) {
    return {
      summary: { template: words.usage[why], params },
      next: { template: words.usageHint, params: { about: params['about'] } },
    }
  }
  const { summary, next } = textOf(problem, words, reader)
  const filled = { ...params, ...detailOf(problem, language) }
  return { summary: { template: summary, params: filled }, next: { template: next, params: filled } }
}

function textOf({ code, params = {} }: Problem, words: Catalogue, reader: Reader): Explanation<string> {
  if (code === 'peer-unreachable') {
    const { errno, host } = params
    if (errno === 'ECONNREFUSED') return words.notListening
    if (errno === 'EINVAL' && /^fe80:/iu.test(String(host))) return words.noSuchZone
  }
  if (reader === 'receiver' && hasKey(words.receiving, code)) return words.receiving[code]
  return reader === 'copier' && hasKey(words.copying, code) ? words.copying[code] : words.errors[code]
}

/** Why a technique is not available; empty for other problems. */
function detailOf({ code, params = {} }: Problem, language: Language): { readonly detail?: string } {
  const why = params['why']
  if (code !== 'technique-unavailable' || typeof why !== 'string' || !isReasonCode(why)) return {}
  return { detail: reasonText({ code: why, params }, language) }
}

/** A problem as two sentences. */
export function explain(problem: Problem, language: Language, transfer?: ReadTransfer): Explanation<string> {
  const { summary, next } = explanation(problem, language, transfer)
  return {
    summary: format(summary.template, summary.params, language),
    next: format(next.template, next.params, language),
  }
}

/** A problem in one line: what happened and what to do next. */
export function sentence(problem: Problem, language: Language, transfer?: ReadTransfer): string {
  const { summary, next } = explain(problem, language, transfer)
  return language === 'zh' ? `${summary}${next}` : `${summary} ${next}`
}

/** A note in one line. */
export function noteText({ code, path, params }: Note, language: Language): string {
  return format(catalogue(language).notes[code], { ...params, path }, language)
}

/** Why a technique was chosen or not, as a part of a sentence. */
export function reasonText(reason: Reason, language: Language): string {
  return format(reasonTemplate(reason, catalogue(language)), reason.params ?? {}, language)
}

/** The calls that make a file share the blocks of another. */
const CLONE_CALLS: readonly unknown[] = ['ioctl', 'fclonefileat']

function reasonTemplate({ code, params = {} }: Reason, words: Catalogue): string {
  const { syscall, code: errno = '' } = params
  const isClone = code === 'fell-back' && CLONE_CALLS.includes(syscall)
  return isClone && hasKey(words.cloneRefused, errno) ? words.cloneRefused[errno] : words.reasons[code]
}
