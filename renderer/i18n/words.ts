import type { Problem } from '../../main/contract/errors.ts'
import type { CopyRule, Note } from '../../main/contract/report.ts'
import type { Reason } from '../../main/contract/technique.ts'
import {
  catalogue,
  copyRuleText,
  type Explanation,
  explanation,
  format,
  languageOfLocale,
  type Language,
  noteText,
  type Params,
  type Phrase,
  type ReadTransfer,
  readerOf,
  reasonText,
} from '../../main/messages/index.ts'
import { uiEn, type UiWords } from '../../main/messages/en/ui.ts'
import { uiZh } from '../../main/messages/zh/ui.ts'
import { useSettings } from '../state/settings.ts'

/** The window's texts in the user's language, with functions that fill them in. */
export interface Speech {
  readonly language: Language
  readonly words: UiWords
  /** Fills a template in. */
  readonly fill: (template: string, params?: Params) => string
  readonly explain: (problem: Problem) => Explanation<string>
  /** The same as parts, for a component that displays names separately. */
  readonly explanation: (problem: Problem, transfer?: ReadTransfer) => Explanation<Phrase>
  readonly note: (note: Note) => string
  readonly reason: (reason: Reason) => string
  readonly rule: (rule: CopyRule) => string
}

function hasKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key)
}

/** What to do next in the window, where it is not what the command line prints; null if it is the same. */
function nextStepOf(
  { code }: Problem,
  language: Language,
  { nextSteps, nextStepsReceiving, nextStepsCopying }: UiWords,
  transfer: ReadTransfer | undefined,
): string | null {
  const { receiving, copying } = catalogue(language)
  const reader = transfer === undefined ? 'sender' : readerOf(transfer)
  if (reader === 'receiver' && hasKey(nextStepsReceiving, code)) return nextStepsReceiving[code]
  if (reader === 'copier' && hasKey(nextStepsCopying, code)) return nextStepsCopying[code]
  const own = reader === 'receiver' ? receiving : reader === 'copier' ? copying : {}
  return !hasKey(own, code) && hasKey(nextSteps, code) ? nextSteps[code] : null
}

function speechOf(language: Language, words: UiWords): Speech {
  const explained = (problem: Problem, transfer?: ReadTransfer): Explanation<Phrase> => {
    const { summary, next } = explanation(problem, language, transfer)
    const template = nextStepOf(problem, language, words, transfer)
    return template === null ? { summary, next } : { summary, next: { ...next, template } }
  }
  return {
    language,
    words,
    fill: (template, params = {}) => format(template, params, language),
    explain: (problem) => {
      const { summary, next } = explained(problem)
      return {
        summary: format(summary.template, summary.params, language),
        next: format(next.template, next.params, language),
      }
    },
    explanation: explained,
    note: (note) => noteText(note, language),
    reason: (reason) => reasonText(reason, language),
    rule: (rule) => copyRuleText(rule, language),
  }
}

const SPEECHES: Readonly<Record<Language, Speech>> = { en: speechOf('en', uiEn), zh: speechOf('zh', uiZh) }

export function speech(language: Language): Speech {
  return SPEECHES[language]
}

/** The language to use: the user's setting, or the system's. */
export function useWords(): Speech {
  const language = useSettings((state) =>
    state.settings.language === 'system' ? languageOfLocale(state.self.locale) : state.settings.language,
  )
  return SPEECHES[language]
}
