import type { CommandToComplete, Value } from './commands.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function value(one: Value): string {
  switch (one.kind) {
    case 'none':
      return ''
    case 'words':
      return ` -x -a ${quoted(one.words.join(' '))}`
    case 'file':
      return ' -r -F'
    case 'folder':
      return " -x -a '(__fish_complete_directories)'"
    case 'host':
      return " -x -a '(__fish_print_hostnames)'"
    case 'free':
      return ' -x'
  }
}

/** Completion for fish. */
export function fishCompletion(commands: readonly CommandToComplete[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const lines = [
    '# Completion of penstock for fish. Made from its table of options.',
    'complete -c penstock -f',
    'complete -c penstock -n __fish_use_subcommand -l help -d ' + quoted('the first page'),
    'complete -c penstock -n __fish_use_subcommand -l version -d ' + quoted('the version'),
  ]
  for (const { name, text, options, words } of commands) {
    const seen = `'__fish_seen_subcommand_from ${name}'`
    lines.push(`complete -c penstock -n __fish_use_subcommand -a ${name} -d ${quoted(text)}`)
    for (const option of options) {
      const about = `-l ${option.name} -d ${quoted(option.text)}`
      lines.push(`complete -c penstock -n ${seen} ${about}${value(option.value)}`)
    }
    if (words === 'paths') lines.push(`complete -c penstock -n ${seen} -F`)
    if (words === 'commands') lines.push(`complete -c penstock -n ${seen} -x -a ${quoted(names)}`)
  }
  return `${lines.join('\n')}\n`
}
