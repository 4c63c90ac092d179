import { PenstockError } from '../../contract/errors.ts'
import { parseDestination } from '../../core/index.ts'
import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from './command-options.ts'
import { compareArgs } from './compare.ts'
import { devicesArgs } from './devices.ts'
import { alias, integer, seconds, text, wrongUse, type Given } from './options.ts'
import { receiveArgs } from './receive.ts'
import { shareArgs } from './share.ts'
import { sendArgs } from './send.ts'
import { destination } from './transfer-options.ts'
import type { CommandArgs, GlobalArgs, TechniquesArgs } from './types.ts'
import { commandName, splitWords, type CommandName } from './words.ts'

function atMost(positionals: readonly string[], limit: number, command: CommandName): void {
  const extra = positionals[limit]
  if (extra !== undefined) throw wrongUse('too-many-words', { command, value: extra })
}

function techniquesArgs(given: Given, path: string | null): TechniquesArgs {
  const to = destination(given)
  const folder = text(given, 'to-folder')
  if (to !== null && folder !== null) throw wrongUse('not-to-folder', { option: '--to' })
  return { command: 'techniques', path, to, folder }
}

function commandArgs(command: CommandName, given: Given, rest: readonly string[]): CommandArgs {
  switch (command) {
    case 'receive':
      atMost(rest, 0, command)
      return receiveArgs(given)
    case 'send':
      return sendArgs(given, rest)
    case 'share':
      return shareArgs(given, rest)
    case 'peers':
      atMost(rest, 0, command)
      return { command, seconds: seconds(given, 'for', 0.1, 3600, 4) }
    case 'techniques':
      atMost(rest, 1, command)
      return techniquesArgs(given, rest[0] ?? null)
    case 'compare':
      atMost(rest, 1, command)
      return compareArgs(given, rest[0] ?? null)
    case 'demo':
      atMost(rest, 0, command)
      return { command }
    case 'history':
      atMost(rest, 0, command)
      return { command, limit: integer(given, 'limit', 1, 100_000, 20) }
    case 'pair': {
      atMost(rest, 1, command)
      const [device] = rest
      if (device === undefined) throw wrongUse('device-missing')
      parseDestination(device)
      return { command, device }
    }
    case 'devices':
      return devicesArgs(given, rest)
    case 'help':
      atMost(rest, 1, command)
      return { command, about: rest[0] === undefined ? null : commandName(rest[0]) }
  }
}

/** The options, after a check that this command has all of them. */
function checkedFor(command: CommandName, given: Given): Given {
  const known = [...GLOBAL_OPTIONS, ...COMMAND_OPTIONS[command]]
  const stray = [...given.keys()].find((name) => !known.includes(name))
  if (stray !== undefined) throw wrongUse('option-elsewhere', { option: `--${stray}`, command })
  return given
}

/** Whether `--json` was given, even in an otherwise invalid command line. */
export function isJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json')
}

/**
 * Parses a command line (without the program's name).
 * @throws PenstockError `usage`, whose `why` is a sentence of the catalogues' `usage` table.
 */
export function parse(argv: readonly string[]): { readonly global: GlobalArgs; readonly args: CommandArgs } {
  const { given, positionals } = splitWords(argv)
  const global = { json: given.has('json'), state: text(given, 'state'), alias: alias(given, 'alias') }
  if (given.has('version')) return { global, args: { command: 'version' } }
  const [word, ...rest] = positionals
  if (word === undefined) {
    if (given.has('help')) return { global, args: { command: 'help', about: null } }
    throw wrongUse('command-missing')
  }
  const command = commandName(word)
  if (given.has('help')) return { global, args: { command: 'help', about: command } }
  try {
    return { global, args: commandArgs(command, checkedFor(command, given), rest) }
  } catch (error) {
    // The hint of a usage error then names the help page of this command.
    if (error instanceof PenstockError)
      throw new PenstockError(error.code, { ...error.params, about: command })
    throw error
  }
}
