import { ensureReady } from './ensure.mjs'
import { say } from './say.mjs'

await ensureReady()
say('ready')
