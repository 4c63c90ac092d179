import type { CopyRule } from '../contract/report.ts'
import { format } from './format.ts'
import { catalogue } from './index.ts'
import type { Language } from './language.ts'

/** The rule from which the copies are derived, as part of a sentence. */
export function copyRuleText(rule: CopyRule, language: Language): string {
  const words = catalogue(language).copyRules
  const parts = rule.kind === 'copy' ? rule.ways.map((way) => words.ways[way]) : [words.ways[rule.way]]
  if (rule.kind !== 'copy' && rule.beside.length > 0) {
    parts.push(format(words.beside, { techniques: rule.beside.join(', ') }, language))
  }
  if (rule.kind === 'send' && rule.cachedShare > 0) {
    parts.push(format(words.cached, { percent: Math.round(rule.cachedShare * 100) }, language))
  }
  if (rule.kind !== 'receive' && rule.source === 'memory') parts.push(words.sourceInMemory)
  if (rule.kind !== 'send' && rule.target === 'memory') parts.push(words.targetInMemory)
  if (rule.kind !== 'copy' && !rule.card) parts.push(words.noCard)
  return parts.join(language === 'zh' ? '；' : '; ')
}

/** The rule without spaces, for machine-readable tables, e.g. `sendfile-gather+readwrite`. */
export function copyRuleCode(rule: CopyRule): string {
  return (rule.kind === 'copy' ? rule.ways : [rule.way, ...rule.beside]).join('+')
}
