import type { ReplaceRule } from '../../../native/index.ts'
import type { ConflictRule } from '../../contract/report.ts'

/** Numbers that are tried after a taken name before giving up. */
export const MAX_NUMBER = 10_000

/** The addon's rule for a taken name, by the user's rule. */
export const REPLACE_RULES: Readonly<Record<ConflictRule, ReplaceRule>> = {
  'keep-both': 'never',
  skip: 'never',
  replace: 'always',
  newer: 'if-newer',
}
