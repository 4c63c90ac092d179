import type { IncomingMessage } from 'node:http'
import { PenstockError } from '../../../contract/errors.ts'

/** The whole of a body as text; throws `protocol` when it is too large, too slow or broken off. */
export async function readText(request: IncomingMessage, maxBytes: number, maxMs: number): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw new PenstockError('protocol', { detail: `body over ${maxBytes} bytes` })
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(
    () => request.socket.destroy(new PenstockError('timed-out', { seconds: maxMs / 1000 })),
    maxMs,
  )
  try {
    // The stream must outlive a body that is too large, because the answer goes out on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece: unknown = chunk
      if (!(piece instanceof Buffer)) throw new Error('Expected a buffer')
      bytes += piece.length
      if (bytes > maxBytes) throw new PenstockError('protocol', { detail: `body over ${maxBytes} bytes` })
      chunks.push(piece)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
