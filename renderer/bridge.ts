import type { Answered, RequestOf, Batch, Bridge, RequestName, Result } from '../main/contract/ipc.ts'
import { batchSchema, CHANNELS, resultSchema } from '../main/contract/ipc.ts'

declare global {
  interface Window {
    readonly penstock: Bridge
  }
}

/** Asks the main process. What comes back is checked; an answer of a wrong form is an `internal` problem. */
export async function invoke<N extends RequestName>(
  name: N,
  request: RequestOf<N>,
): Promise<Result<Answered<N>>> {
  try {
    const result = resultSchema.parse(await window.penstock.request(name, request))
    if (!result.ok) return result
    return { ok: true, value: CHANNELS[name].answer.parse(result.value) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, problem: { code: 'internal', params: { message } } }
  }
}

/** Follows the batches of the main process; returns a function that stops it. */
export function onBatch(listener: (batch: Batch) => void): () => void {
  return window.penstock.onBatch((batch) => {
    listener(batchSchema.parse(batch))
  })
}

/** The real path of a dropped file or folder; empty if it has none. */
export function pathOf(file: File): string {
  return window.penstock.pathOf(file)
}
