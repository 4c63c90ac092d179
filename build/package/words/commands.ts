import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from '../../../main/cli/args/command-options.ts'
import { OPTIONS, type OptionName } from '../../../main/cli/args/options.ts'
import { NO_MAP_OPTION } from '../../../main/cli/args/transfer-options.ts'
import { COMMANDS, type CommandName } from '../../../main/cli/args/words.ts'
import { CONFLICT_RULES, DURABILITIES } from '../../../main/contract/report.ts'
import {
  COPY_TECHNIQUES,
  MAP_OPTIONS,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
} from '../../../main/contract/technique.ts'
import { helpEn } from '../../../main/messages/en/help.ts'
import { readHelpPage, termsIn, usualForm } from './help-page.ts'

/** What a shell can complete for the value of an option. */
export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'host' | 'free' }

export interface OptionToComplete {
  readonly name: OptionName
  readonly text: string
  readonly value: Value
}

export interface CommandToComplete {
  readonly name: CommandName
  readonly text: string
  readonly options: readonly OptionToComplete[]
  /** Completions of the operands. */
  readonly words: 'paths' | 'commands' | 'none'
}

function techniquesOf(command: CommandName): readonly string[] {
  return ['auto', ...(command === 'receive' ? RECEIVE_TECHNIQUES : [...SEND_TECHNIQUES, ...COPY_TECHNIQUES])]
}

function valueOf(option: OptionName, command: CommandName): Value {
  const called: string | null = OPTIONS[option]
  if (called === null) return { kind: 'none' }
  if (called.includes('|')) return { kind: 'words', words: called.split('|') }
  if (called === 'DIR') return { kind: 'folder' }
  if (called === 'FILE') return { kind: 'file' }
  if (called === 'DEVICE') return { kind: 'host' }
  if (called === 'T') return { kind: 'words', words: techniquesOf(command) }
  if (called === 'MAP') return { kind: 'words', words: [...MAP_OPTIONS, NO_MAP_OPTION] }
  if (called === 'D') return { kind: 'words', words: DURABILITIES }
  if (called === 'RULE') return { kind: 'words', words: CONFLICT_RULES }
  return { kind: 'free' }
}

/**
 * The help's text of an option; the values, if the help explains each one; for an option that selects a form of the
 * command, the text of that form.
 */
function textOf(option: OptionName, command: CommandName): string {
  const pages = [helpEn[command], helpEn.overview].map(readHelpPage)
  const called = (words: string): boolean => new RegExp(`(?:^|\\s)--${option}(?:\\s|$)`, 'u').test(words)
  const found = pages.flatMap(termsIn).filter(({ term }) => called(term))
  const [first] = found
  const form = pages.flatMap(({ forms }) => forms).find(({ synopsis }) => called(synopsis))
  const text = first?.text ?? form?.summary
  if (text === undefined) throw new Error(`The help of ${command} does not explain --${option}`)
  const values = new Set(found.map(({ term }) => term.split(' ')[1]))
  return values.size > 1 ? [...values].join(', ') : text
}

function wordsOf(command: CommandName): CommandToComplete['words'] {
  if (command === 'help') return 'commands'
  return /\bPATH\b/u.test(usualForm(readHelpPage(helpEn[command])).synopsis) ? 'paths' : 'none'
}

/** Every command with its options, taken from the command line's own tables. */
export function commandsToComplete(): readonly CommandToComplete[] {
  return COMMANDS.map((name) => ({
    name,
    text: usualForm(readHelpPage(helpEn[name])).summary,
    options: [...COMMAND_OPTIONS[name], ...GLOBAL_OPTIONS].map((option) => ({
      name: option,
      text: textOf(option, name),
      value: valueOf(option, name),
    })),
    words: wordsOf(name),
  }))
}
