import { commandLineWords } from './arguments.ts'

// Electron becomes ready when this module has been evaluated. The command line never lets it: no window system, no
// other process, and the signals stay Node's.
const words = commandLineWords(process.argv)
if (words === null) await import('./index.ts')
else {
  const { runCommandLine } = await import('./command-line.ts')
  await runCommandLine(words)
}
