import { parseArgs } from 'node:util'
import { OPTIONS, REPEATABLE, wrongUse, type Given, type OptionName } from './options.ts'

export const COMMANDS = [
  'receive',
  'send',
  'share',
  'peers',
  'techniques',
  'compare',
  'demo',
  'history',
  'pair',
  'devices',
  'help',
] as const
export type CommandName = (typeof COMMANDS)[number]

/** A command line as options and words. */
export interface Words {
  readonly given: Given
  readonly positionals: readonly string[]
}

class GivenOptions extends Map<OptionName, string> implements Given {
  readonly #all = new Map<OptionName, readonly string[]>()

  add(name: OptionName, value: string): void {
    this.set(name, value)
    this.#all.set(name, [...this.all(name), value])
  }

  all(name: OptionName): readonly string[] {
    return this.#all.get(name) ?? []
  }
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name)
}

function isCommand(word: string): boolean {
  return COMMANDS.some((name) => name === word)
}

/** The command of this name. Throws `usage`. */
export function commandName(word: string): CommandName {
  const command = COMMANDS.find((name) => name === word)
  if (command !== undefined) return command
  throw wrongUse('command-unknown', { command: word })
}

function tokensOf(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(OPTIONS).map(([name, value]) => [
          name,
          value === null ? { type: 'boolean' as const } : { type: 'string' as const },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  }).tokens
}

type Token = ReturnType<typeof tokensOf>[number]

/**
 * Refuses a PIN among the arguments, without repeating it: `--pin=1234`, `--pin1234`, `--pin 1234`. A word after `--pin` is
 * refused even if it could be a path.
 */
function refusePin(token: Token, afterPin: boolean, command: string | undefined): void {
  if (token.kind === 'option') {
    const known = isOption(token.name)
    const glued = !known && /^pin[^a-z]/iu.test(token.name)
    if (glued || (token.name === 'pin' && token.value !== undefined) || (!known && afterPin))
      throw wrongUse('pin-argument')
  }
  const isFirst = command === undefined
  if (token.kind === 'positional' && afterPin && !(isFirst && isCommand(token.value)))
    throw wrongUse('pin-argument')
}

/**
 * Splits into options and words. Node's parser runs in non-strict mode, so that each mistake gets its own sentence. Throws
 * `usage`.
 */
export function splitWords(argv: readonly string[]): Words {
  const given = new GivenOptions()
  const positionals: string[] = []
  let afterPin = false
  for (const token of tokensOf(argv)) {
    refusePin(token, afterPin, positionals[0])
    afterPin = token.kind === 'option' && token.name === 'pin'
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const [name, value] = optionOf(token)
    const isOnce = OPTIONS[name] !== null && !REPEATABLE.includes(name)
    if (isOnce && given.has(name)) throw wrongUse('option-twice', { option: token.rawName })
    given.add(name, value)
  }
  return { given, positionals }
}

function optionOf(token: Token & { readonly kind: 'option' }): [OptionName, string] {
  const { name, rawName: option, value } = token
  if (!isOption(name)) throw wrongUse('option-unknown', { option })
  const metavar = OPTIONS[name]
  if (metavar === null) {
    if (value !== undefined) throw wrongUse('option-takes-no-value', { option })
    return [name, '']
  }
  // A value that looks like an option means a missing value; `--alias=-5` passes one.
  if (value === undefined || (!token.inlineValue && value.startsWith('-') && value !== '-')) {
    throw wrongUse('option-needs-value', { option, metavar })
  }
  if (value === '') throw wrongUse('option-empty', { option })
  return [name, value]
}
