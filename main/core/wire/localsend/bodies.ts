import type { IncomingMessage } from 'node:http'
import { PenstockError } from '../../../contract/errors.ts'

/** What a body may have. */
export interface BodyLimits {
  readonly bytes: number
  /** Milliseconds for the whole body; a slower one loses its connection. */
  readonly ms: number
  /** The error of a body with more bytes. */
  tooLarge(): PenstockError
  /** Counts the bytes of a piece before it is kept. What it throws ends the reading. */
  hold?(bytes: number): void
}

/** The whole of a body. Throws `tooLarge()` before it has read more than that, and what `hold` throws. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) throw limits.tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(
    () => request.socket.destroy(new PenstockError('timed-out', { seconds: limits.ms / 1000 })),
    limits.ms,
  )
  try {
    // The stream must outlive a body that is too large, because the answer goes out on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece: unknown = chunk
      if (!(piece instanceof Buffer)) throw new Error('Expected a buffer')
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
