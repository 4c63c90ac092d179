import {
  KERNEL_TLS_STREAMS,
  PLAIN_BODY,
  PLAIN_STREAMS,
  SEALED_STREAMS,
  TLS_BODY,
} from '../../main/contract/report.ts'

/** Streams of the engine, by transport. */
export const STREAMS = [PLAIN_STREAMS, SEALED_STREAMS, KERNEL_TLS_STREAMS] as const

/** Every way by which bytes go to another machine. */
export const CONVEYANCES = [...STREAMS, TLS_BODY, PLAIN_BODY] as const
