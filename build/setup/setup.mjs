import { ensureReady } from './ensure.mjs'
import { print } from './print.mjs'

await ensureReady()
print('ready')
