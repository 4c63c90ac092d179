import { tmpdir } from 'node:os'
import { isAbsolute } from 'node:path'
import { defaultStateFolder, openPenstock, type Penstock, type SelfCommand } from '../core/index.ts'
import type { GlobalArgs } from './args/types.ts'
import type { Interrupt } from './interrupt.ts'
import type { Output } from './output/output.ts'
import { absolutePath, refuseLossyVariable } from './system-bytes.ts'
import type { Prompt } from './terminal/prompt.ts'

/** The part of the product that the command line uses. */
export type Product = Omit<Penstock, 'settings'>

/** Everything a command needs. */
export interface Context {
  readonly output: Output
  readonly interrupt: Interrupt
  readonly global: GlobalArgs
  readonly prompt: Prompt
  /** `PENSTOCK_PIN`, already removed from the environment; null if it was not set. */
  readonly environmentPin: string | null
  /** Whether a person at a terminal can answer prompts. */
  readonly interactive: boolean
  /** Whether standard error is a terminal, on which a bar can be drawn. */
  readonly terminal: boolean
  readonly self: SelfCommand
  /** Prints an error of this program that ended a transfer; the closing line follows. */
  readonly onProgrammingError: (error: unknown) => void
  /** Opens the product over the user's state. Tests supply another product. */
  open(): Promise<Product>
}

/**
 * The state folder: `--state`, else `PENSTOCK_STATE`, else the platform's usual one.
 * @throws PenstockError `usage` if the variable that names it is not UTF-8
 */
function stateFolder(state: string | null, env: Readonly<Record<string, string | undefined>>): string {
  if (state !== null) return absolutePath(state)
  const named = env['PENSTOCK_STATE'] ?? ''
  for (const variable of named === '' ? ['XDG_STATE_HOME', 'HOME'] : ['PENSTOCK_STATE']) {
    refuseLossyVariable(variable)
    if (isAbsolute(env[variable] ?? '')) break
  }
  return named === '' ? defaultStateFolder() : absolutePath(named)
}

/** Opens the product over the user's state. */
export async function openUserState(
  global: GlobalArgs,
  env: Readonly<Record<string, string | undefined>>,
  onProgrammingError: (error: unknown) => void,
): Promise<Penstock> {
  const stateDir = stateFolder(global.state, env)
  return openPenstock({ stateDir, alias: global.alias, onProgrammingError })
}

/** The system's folder for temporary files. Throws `usage` if the variable that names it is not UTF-8. */
export function temporaryFolder(): string {
  refuseLossyVariable('TMPDIR')
  return tmpdir()
}

/** Runs work with an open product, and closes it however the work ends. */
export async function withPenstock<T>(context: Context, work: (penstock: Product) => Promise<T>): Promise<T> {
  const penstock = await context.open()
  try {
    return await work(penstock)
  } finally {
    await penstock.close()
  }
}
