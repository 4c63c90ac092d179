import { ensureReady } from './ensure.mjs'
import { becomeCommandLine } from './command-line.mjs'

await ensureReady()
becomeCommandLine(process.argv.slice(2))
