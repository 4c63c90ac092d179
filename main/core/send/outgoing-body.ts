import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineEnd, Sender } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { textOf } from '../protocol/localsend/calls.ts'
import type { ControlClient } from '../protocol/http/client.ts'
import { STREAM_PATH } from '../protocol/localsend/messages.ts'
import { type BodyPipe, openBodyPipe } from '../transfer/https-body.ts'
import { streamRefusal } from '../protocol/penstock/status.ts'

/** Time for a request to end after the engine has ended, in milliseconds. */
const FAREWELL_MS = 2000

/** Options of a sender's stream in an HTTPS body. */
export interface BodyStream {
  readonly sender: Sender
  readonly control: ControlClient
  readonly sessionId: string
  /** Passes the files to the engine. */
  handOver(): void
}

/** The receiver did not accept the body: it refused the request or could not be reached. */
export class BodyNotTaken extends PenstockError {}

/** Runs a sender's only stream in a request body to its end. Throws {@link BodyNotTaken}. */
export async function runInBody({ sender, ...stream }: BodyStream): Promise<EngineEnd> {
  const pipe = await openBodyPipe()
  const stop = new AbortController()
  try {
    sender.addBody(pipe.connection)
    // Not the user's signal: the CANCEL frame must be sent before the request ends.
    const exchange = exchangeBody(stream, pipe, stop.signal)
    stream.handOver()
    const end = await sender.ended
    const refusal = await Promise.race([exchange, sleep(FAREWELL_MS, null, { ref: false })])
    if (end.kind === 'failed' && refusal) throw refusal
    return end
  } finally {
    stop.abort()
    pipe.close()
  }
}

/**
 * Resolves with the error that ended the exchange early, or null; the engine sees only a closed connection. Never rejects.
 */
async function exchangeBody(
  { control, sessionId }: Omit<BodyStream, 'sender'>,
  pipe: BodyPipe,
  signal: AbortSignal,
): Promise<PenstockError | null> {
  let taken = false
  try {
    const response = await control.request({
      method: 'POST',
      path: STREAM_PATH,
      query: { sessionId },
      headers: { 'content-type': 'application/octet-stream' },
      body: pipe.outgoing,
      signal,
      idleMs: 0,
    })
    if (response.status !== 200) throw streamRefusal(response.status, await textOf(response.body))
    taken = true
    await pipe.feed(response.body)
    return null
  } catch (error) {
    // The engine waits at the other end of the pair and ends when this end closes.
    pipe.close()
    const { code, params } = error instanceof PenstockError ? error : new PenstockError('peer-gone')
    return new (taken ? PenstockError : BodyNotTaken)(code, params, { cause: error })
  }
}
