import type { CommandToComplete, Value } from './commands.ts'

function offer(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `mapfile -t COMPREPLY < <(compgen -W '${value.words.join(' ')}' -- "$word")`
    case 'file':
      return '_penstock_names file'
    case 'folder':
      return '_penstock_names folder'
    case 'host':
      return `mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")`
    case 'free':
    case 'none':
      return 'COMPREPLY=()'
  }
}

function ofCommand({ name, options, words }: CommandToComplete, all: readonly CommandToComplete[]): string[] {
  const valued = options.filter(({ value }) => value.kind !== 'none')
  const rest =
    words === 'paths'
      ? '_penstock_names file'
      : words === 'commands'
        ? `mapfile -t COMPREPLY < <(compgen -W '${all.map((one) => one.name).join(' ')}' -- "$word")`
        : 'COMPREPLY=()'
  return [
    `    ${name})`,
    '      case $before in',
    ...valued.flatMap((option) => [
      `        --${option.name})`,
      `          ${offer(option.value)}`,
      '          return',
      '          ;;',
    ]),
    '      esac',
    '      if [[ $word == -* ]]; then',
    `        mapfile -t COMPREPLY < <(compgen -W '${options.map((option) => `--${option.name}`).join(' ')}' -- "$word")`,
    '      else',
    `        ${rest}`,
    '      fi',
    '      ;;',
  ]
}

/** Completion for bash, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CommandToComplete[]): string {
  return [
    '# Completion of penstock for bash. Made from its table of options.',
    '_penstock_names() {',
    '  compopt -o filenames 2>/dev/null',
    '  if [[ $1 == folder ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -d -- "$word")',
    '  else',
    '    mapfile -t COMPREPLY < <(compgen -f -- "$word")',
    '  fi',
    '}',
    '',
    '_penstock() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= index',
    '  COMPREPLY=()',
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    '    case ${COMP_WORDS[index]} in',
    `      ${commands.map(({ name }) => name).join(' | ')})`,
    '        command=${COMP_WORDS[index]}',
    '        break',
    '        ;;',
    '    esac',
    '  done',
    '  case $command in',
    "    '')",
    `      mapfile -t COMPREPLY < <(compgen -W '${[...commands.map(({ name }) => name), '--help', '--version'].join(' ')}' -- "$word")`,
    '      ;;',
    ...commands.flatMap((command) => ofCommand(command, commands)),
    '  esac',
    '}',
    '',
    'complete -F _penstock penstock',
    '',
  ].join('\n')
}
