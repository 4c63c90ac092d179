import { commandLineWords } from './arguments.ts'

// Electron becomes ready when this module has been evaluated. The command line prevents that: no window system, no other
// process, and Node keeps the signals.
const words = commandLineWords(process.argv)
if (words === null) await import('./index.ts')
else {
  const { runCommandLine } = await import('./command-line.ts')
  await runCommandLine(words)
}
