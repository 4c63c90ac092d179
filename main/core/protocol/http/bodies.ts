import type { IncomingMessage } from 'node:http'
import { PenstockError } from '../../../contract/errors.ts'
import { brokenBy } from '../localsend/upload-answers.ts'

/** Limits of a body. */
export interface BodyLimits {
  readonly bytes: number
  /** Milliseconds for the whole body; the connection of a slower one is closed. */
  readonly ms: number
  /** The error for a body with more bytes. */
  tooLarge(): PenstockError
  /** Counts the bytes of a piece before it is kept. An error that it throws ends the read. */
  hold?(bytes: number): void
}

/**
 * A body in pieces. Throws the reason for which its connection ended, `peer-gone` or `timed-out`. A reader that stops early
 * does not destroy the request, because the answer uses the same connection.
 */
export async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer, void, void> {
  const pieces: AsyncIterator<unknown> = request.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      const next = await pieces.next().catch((): never => {
        throw brokenBy(request)
      })
      if (next.done) return
      if (!(next.value instanceof Buffer)) throw new Error('Expected a buffer')
      yield next.value
    }
  } finally {
    await pieces.return?.()
  }
}

/** The whole body. Throws `tooLarge()` before it reads more than the limit, and the errors of `hold` and {@link bodyOf}. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) throw limits.tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(
    () => request.socket.destroy(new PenstockError('timed-out', { seconds: limits.ms / 1000 })),
    limits.ms,
  )
  try {
    for await (const piece of bodyOf(request)) {
      bytes += piece.length
      if (bytes > limits.bytes) throw limits.tooLarge()
      limits.hold?.(piece.length)
      chunks.push(piece)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks)
}
