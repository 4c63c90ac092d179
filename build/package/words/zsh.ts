import type { CommandToComplete, OptionToComplete, Value } from './commands.ts'

/** Escapes text between the brackets of a specification within single quotes. The shell reads the quotes first. */
function quoted(text: string): string {
  return text.replaceAll(/[[\]:\\]/gu, (character) => `\\${character}`).replaceAll("'", "'\\''")
}

function action(value: Value): string {
  switch (value.kind) {
    case 'none':
      return ''
    case 'words':
      return `:value:(${value.words.join(' ')})`
    case 'file':
      return ':file:_files'
    case 'folder':
      return ':folder:_files -/'
    case 'host':
      return ':device:_hosts'
    case 'free':
      return ':value: '
  }
}

const option = ({ name, text, value }: OptionToComplete): string =>
  `        '--${name}[${quoted(text)}]${action(value)}'`

function rest(words: CommandToComplete['words']): string[] {
  if (words === 'paths') return ["        '*:path:_files'"]
  return words === 'commands' ? ["        '1:command:_penstock_commands'"] : []
}

/** Completion for zsh. */
export function zshCompletion(commands: readonly CommandToComplete[]): string {
  return [
    '#compdef penstock',
    '# Completion of penstock for zsh. Made from its table of options.',
    '_penstock_commands() {',
    '  local -a commands=(',
    ...commands.map(({ name, text }) => `    '${name}:${quoted(text)}'`),
    '  )',
    "  _describe 'command' commands",
    '}',
    '',
    '_penstock() {',
    '  local curcontext=$curcontext state line',
    '  typeset -A opt_args',
    "  _arguments -C '--help[the first page]' '--version[the version]' '1:command:_penstock_commands' '*::rest:->rest'",
    '  [[ $state == rest ]] || return',
    '  case $words[1] in',
    ...commands.flatMap(({ name, options, words }) => [
      `    ${name})`,
      '      _arguments \\',
      [...options.map(option), ...rest(words)].join(' \\\n'),
      '      ;;',
    ]),
    '  esac',
    '}',
    '',
    'if [[ $funcstack[1] == _penstock ]]; then _penstock "$@"; else compdef _penstock penstock; fi',
    '',
  ].join('\n')
}
