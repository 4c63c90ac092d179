import * as z from 'zod/mini'
import { recognisedFields } from './device.ts'
import { problemSchema } from './errors.ts'
import { object } from './schema.ts'

/** State of a pairing. The last two are terminal. */
export const pairingStateSchema = z.discriminatedUnion('kind', [
  /** Another device requests it, and the user has not opened the request. */
  object({ kind: z.literal('requested') }),
  /** Waits for the other device. */
  object({ kind: z.literal('waiting') }),
  /** Both screens show the digits; `confirmed` if the user here has confirmed them. */
  object({ kind: z.literal('comparing'), digits: z.string(), confirmed: z.boolean() }),
  object({ kind: z.literal('paired') }),
  object({ kind: z.literal('ended'), problem: problemSchema }),
])
export type PairingState = z.infer<typeof pairingStateSchema>

/** A pairing as a shell shows it. */
export const pairingSchema = object({
  id: z.string(),
  /** Whether the other device requested it. */
  asked: z.boolean(),
  peer: object({
    alias: z.string(),
    /** Proved by TLS on the connection of the pairing; for a request of this device, the one that must prove it. */
    fingerprint: z.string(),
    host: z.string(),
    namesake: recognisedFields.namesake,
  }),
  state: pairingStateSchema,
})
export type PairingView = z.infer<typeof pairingSchema>
