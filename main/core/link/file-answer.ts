import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openSource } from '../send/source-body.ts'
import type { SourceEntry } from '../source/entries.ts'
import { attachment } from './headers.ts'
import { partOf } from './range.ts'

/** Bytes read at once: small, because hundreds of browsers may load at the same time. */
export const PIECE_BYTES = 64 * 1024
/** A file that a browser opens by mistake can do nothing. */
const INERT = 'sandbox'

/** A file's version: a download can be resumed while it is the same. */
function versionOf({ size, mtimeNs }: SourceEntry): string {
  return `"${size.toString(36)}-${mtimeNs.toString(36)}"`
}

/**
 * Answers with a file or a part of it; resolves with the bytes sent. Throws `file-changed`, `file-vanished`, `not-readable`
 * before the answer has begun; an error after that breaks the connection, so that nothing short passes for the whole.
 */
export async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: SourceEntry,
  type: string,
): Promise<number> {
  const source = await openSource(file)
  try {
    const version = versionOf(file)
    const isCurrent = (request.headers['if-range'] ?? version) === version
    const part = isCurrent ? partOf(request.headers.range, file.size) : null
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('ETag', version)
    response.setHeader('Content-Security-Policy', INERT)
    if (part === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${file.size}`, 'Content-Length': 0 }).end()
      return 0
    }
    const { from, to } = part ?? { from: 0, to: file.size }
    if (part !== null) response.setHeader('Content-Range', `bytes ${from}-${to - 1}/${file.size}`)
    response.writeHead(part === null ? 200 : 206, {
      'Content-Type': type,
      'Content-Length': to - from,
      'Content-Disposition': attachment(file.path.slice(file.path.lastIndexOf('/') + 1)),
      'Last-Modified': new Date(Number(file.mtimeNs / 1_000_000n)).toUTCString(),
    })
    if (request.method === 'HEAD') {
      response.end()
      return 0
    }
    let sent = 0
    const pieces = source.content((bytes) => (sent += bytes), { from, to, pieceBytes: PIECE_BYTES })
    await pipeline(Readable.from(pieces, { objectMode: false, highWaterMark: 1 }), response)
    return sent
  } finally {
    await source.close()
  }
}
