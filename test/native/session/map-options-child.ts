// Sends the file named first into the folder named second by `mmap` with its windows locked; prints the result.
import { join } from 'node:path'
import { hash, source, transfer } from '../harness.ts'

const [path = '', staging = ''] = process.argv.slice(2)
const { sent } = await transfer([source(path)], staging, { send: 'mmap', mapOptions: ['lock'] })
const [lock] = sent.mapped.options
const equal = (await hash(path)) === (await hash(join(staging, '0')))
console.log(JSON.stringify({ windows: lock?.windows, of: sent.mapped.windows, code: lock?.code, equal }))
