import { COMMAND_OPTIONS, COMMANDS, GLOBAL_OPTIONS, type CommandName } from '../../../main/cli/args.ts'
import { OPTIONS, type OptionName } from '../../../main/cli/options.ts'
import { CONFLICT_RULES, DURABILITIES } from '../../../main/contract/report.ts'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../../main/contract/technique.ts'
import { helpEn } from '../../../main/messages/help.en.ts'
import { readHelpPage, termsIn } from './help-page.ts'

/** What a shell can offer for the value of an option. */
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
  /** What its words beside options are. */
  readonly words: 'paths' | 'commands' | 'none'
}

function techniquesOf(command: CommandName): readonly string[] {
  return ['auto', ...(command === 'receive' ? RECEIVE_TECHNIQUES : SEND_TECHNIQUES)]
}

function valueOf(option: OptionName, command: CommandName): Value {
  const called: string | null = OPTIONS[option]
  if (called === null) return { kind: 'none' }
  if (called.includes('|')) return { kind: 'words', words: called.split('|') }
  if (called === 'DIR') return { kind: 'folder' }
  if (called === 'FILE') return { kind: 'file' }
  if (called === 'DEVICE') return { kind: 'host' }
  if (called === 'T') return { kind: 'words', words: techniquesOf(command) }
  if (called === 'D') return { kind: 'words', words: DURABILITIES }
  if (called === 'RULE') return { kind: 'words', words: CONFLICT_RULES }
  return { kind: 'free' }
}

/** What the help says of an option; where it explains each value by itself, the values. */
function textOf(option: OptionName, command: CommandName): string {
  const terms = [helpEn[command], helpEn.overview].flatMap((page) => termsIn(readHelpPage(page)))
  const found = terms.filter((one) => one.term.split(' ')[0] === `--${option}`)
  const [only] = found
  if (only === undefined) throw new Error(`The help of ${command} does not explain --${option}`)
  return found.length === 1 ? only.text : found.map(({ term }) => term.split(' ')[1]).join(', ')
}

function wordsOf(command: CommandName): CommandToComplete['words'] {
  if (command === 'help') return 'commands'
  return /\bPATH\b/u.test(readHelpPage(helpEn[command]).synopsis) ? 'paths' : 'none'
}

/** Every command with its options, as the command line itself has them. */
export function commandsToComplete(): readonly CommandToComplete[] {
  return COMMANDS.map((name) => ({
    name,
    text: readHelpPage(helpEn[name]).summary,
    options: [...COMMAND_OPTIONS[name], ...GLOBAL_OPTIONS].map((option) => ({
      name: option,
      text: textOf(option, name),
      value: valueOf(option, name),
    })),
    words: wordsOf(name),
  }))
}
