import * as z from 'zod/mini'
import { count, object } from './schema.ts'

/**
 * What limits the rate of a transfer: the files that are read, a processor, the network between the two machines, or the
 * disk that is written.
 */
export const LIMITS = ['source', 'sender-cpu', 'network', 'receiver-cpu', 'target'] as const
export const limitSchema = z.enum(LIMITS)
export type Limit = z.infer<typeof limitSchema>

/** The time of the streams at one end, in seconds over all of them. What is left of `total` is the processor's. */
export const streamSecondsSchema = object({
  total: count,
  /** Blocked in calls on files. */
  file: count,
  /** Until the socket took bytes, or had some. */
  socket: count,
  /** Sender: until the receiver had verified what the window holds. */
  window: count,
  /** While the receiver committed. */
  commit: count,
  /** Without work. */
  idle: count,
})
export type StreamSeconds = z.infer<typeof streamSecondsSchema>
