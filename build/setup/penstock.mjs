import { ensureReady } from './ensure.mjs'
import { runCommandLine } from './compile/command-line.mjs'

await ensureReady()
await runCommandLine(process.argv.slice(2))
