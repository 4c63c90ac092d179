import { readFileSync } from 'node:fs'
import { z } from 'zod'

const GOLDEN = new URL('../../main/core/protocol/golden.json', import.meta.url)
const Entry = z.object({ name: z.string(), hex: z.string(), fields: z.record(z.string(), z.unknown()) })

/** The bytes of every message, as WIRE.md has them. */
export const golden = z.array(Entry).parse(JSON.parse(readFileSync(GOLDEN, 'utf8')))

const bytes = z.string().transform((hex) => Buffer.from(hex, 'hex'))
const Sealed = z.strictObject({
  from: z.enum(['sender', 'receiver']),
  secret: bytes,
  preamble: bytes,
  hello: bytes,
  key: bytes,
  iv: bytes,
  content: bytes,
})

/** The first record of either side, with what its keys are derived from. */
export const goldenRecords = golden
  .filter(({ name }) => name === 'SEALED')
  .map(({ hex, fields }) => ({ record: Buffer.from(hex, 'hex'), ...Sealed.parse(fields) }))
