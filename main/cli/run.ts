import { PartlyDelivered } from '../contract/partly-delivered.ts'
import { languageOfEnvironment } from '../messages/index.ts'
import { parse, isJson } from './args/parse.ts'
import type { CommandArgs } from './args/types.ts'
import type { SelfCommand } from '../core/index.ts'
import { openUserState, type Context } from './context.ts'
import { EXIT, exitOfProblem, type ExitCode } from './exit.ts'
import { Interrupt } from './interrupt.ts'
import { catchProgrammingErrors, printStack, problemOfThrown } from './last-resort.ts'
import { Output } from './output/output.ts'
import { partialLines } from './output/partial.ts'
import { canDraw } from './output/progress.ts'
import { takePin } from './terminal/pin.ts'
import { refuseLossyArguments } from './system-bytes.ts'
import { Prompt } from './terminal/prompt.ts'

/** The command of this process. Includes `execArgv`, which holds the flags of a loader such as tsx. */
function ownCommand(): SelfCommand {
  const script = process.argv[1]
  return { file: process.execPath, args: [...process.execArgv, ...(script === undefined ? [] : [script])] }
}

/** Each command is loaded when it is called, so that help starts fast and works without the addon. */
async function runCommand(args: CommandArgs, context: Context): Promise<ExitCode> {
  switch (args.command) {
    case 'receive':
      return (await import('./commands/receive.ts')).receive(args, context)
    case 'send':
      return (await import('./commands/send.ts')).send(args, context)
    case 'copy':
      return (await import('./commands/copy.ts')).copy(args, context)
    case 'share':
      return (await import('./commands/share.ts')).share(args, context)
    case 'peers':
      return (await import('./commands/peers.ts')).peers(args, context)
    case 'techniques':
      return (await import('./commands/techniques.ts')).techniques(args, context)
    case 'compare':
      return (await import('./commands/compare.ts')).compare(args, context)
    case 'demo':
      return (await import('./commands/demo.ts')).demo(context)
    case 'history':
      return (await import('./commands/history.ts')).history(args, context)
    case 'pair':
      return (await import('./commands/pair.ts')).pair(args, context)
    case 'devices':
      return (await import('./commands/devices.ts')).devices(args, context)
    case 'help':
      return (await import('./commands/help.ts')).help(args, context)
    case 'version':
      return (await import('./commands/help.ts')).version(context)
  }
}

/** Reports a thrown error, as text and as JSON, and returns its exit code. */
function fail(error: unknown, output: Output, interrupted: boolean): ExitCode {
  const problem = problemOfThrown(error)
  if (interrupted && problem.code === 'cancelled-here') {
    output.cancelled(problem)
    return EXIT.interrupted
  }
  const partial = error instanceof PartlyDelivered ? error.partial : null
  output.failure(null, problem, partial ?? {})
  output.problem(problem)
  if (partial) for (const line of partialLines(partial, undefined, output)) output.print(line)
  if (problem.code === 'internal') printStack(error, output)
  return interrupted ? EXIT.interrupted : exitOfProblem(problem)
}

/**
 * Runs one command line (without the program's name) on this process's streams.
 * @param self command to start this program as a child, if it is not its own script
 * @returns the exit code: 0 done, 1 failed, 2 usage error, 3 refused by the peer, 70 programming error, 130 interrupted
 */
export async function run(argv: readonly string[], self: SelfCommand = ownCommand()): Promise<ExitCode> {
  const { stdin, stdout, stderr, env } = process
  const environmentPin = takePin(env)
  const output = new Output({ stdout, stderr }, isJson(argv), languageOfEnvironment(env))
  const interrupt = new Interrupt()
  const stopCatching = catchProgrammingErrors(output, interrupt)
  const stopListening = interrupt.listen(() => {
    if (interrupt.crashed === null) output.note(`\n${output.words.interrupted}`)
  })
  let exit: ExitCode
  try {
    const { global, args } = parse(argv)
    refuseLossyArguments(argv)
    const isTerminal = stderr.isTTY
    const onProgrammingError = (error: unknown): void => {
      printStack(error, output)
    }
    exit = await runCommand(args, {
      output,
      interrupt,
      global,
      prompt: new Prompt(stdin, stderr, () => {
        interrupt.request()
      }),
      environmentPin,
      interactive: isTerminal && stdin.isTTY,
      terminal: isTerminal && canDraw(stderr, env),
      self,
      onProgrammingError,
      open: () => openUserState(global, env, onProgrammingError),
    })
  } catch (error) {
    exit = fail(error, output, interrupt.signal.aborted)
  }
  stopListening()
  await output.flush()
  stopCatching()
  if (interrupt.crashed !== null) return EXIT.internal
  return exit === EXIT.done && output.failed ? EXIT.failed : exit
}
