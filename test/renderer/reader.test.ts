// Invariant: a sentence in the window is true for the user who reads it, for every code and every reader, and names no command or option.
import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../main/messages/index.ts'
import { speech } from '../../renderer/i18n/words.ts'
import { stateText } from '../../renderer/features/transfers/words.ts'
import { snapshot } from './fixtures.ts'
import { codesOf, READERS, TRANSFERS, WRONG } from '../support/readers.ts'

for (const reader of READERS) {
  describe(`the ${reader} reads of the own side`, () => {
    test.each(codesOf(reader))('%s', (code) => {
      for (const [at, language] of LANGUAGES.entries()) {
        const { explanation, fill } = speech(language)
        const problem = { code, params: { path: 'a', needed: 2e9, free: 1e6 } }
        const { summary, next } = explanation(problem, TRANSFERS[reader])
        const shown = fill(`${summary.template} ${next.template}`, summary.params)
        expect(shown).not.toMatch(WRONG[reader][at] ?? /^/u)
        expect(shown).not.toMatch(/--|“penstock /u)
      }
    })
  })
}

const REFUSALS = [
  ...(['refused', 'refused-unattended', 'nothing-selected'] as const).map((code) => [code, true] as const),
  ...(['busy', 'pin-needed', 'pin-wrong', 'too-many-attempts'] as const).map(
    (code) => [code, false] as const,
  ),
]

test.each(REFUSALS)('only an answer is shown as one: %s', (code, isAnswer) => {
  const one = snapshot({ state: { kind: 'refused', by: 'peer', problem: { code } } })
  expect(stateText(one, speech('en')).includes('declined')).toBe(isAnswer)
  expect(stateText(one, speech('zh')).includes('拒绝')).toBe(isAnswer)
})
