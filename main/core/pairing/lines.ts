import { PenstockError } from '../../contract/errors.ts'
import { PAIRING_LIMITS } from '../protocol/penstock/pairing.ts'

/** Where one side of a pairing reads and writes its lines. */
export interface Channel {
  send(line: string): void
  /** Ends this side's lines; what was sent still leaves. */
  close(): void
}

/** Lines in pieces of bytes, without empty ones. Throws `protocol` beyond the limits and for what is not UTF-8. */
export async function* linesOf(pieces: AsyncIterable<unknown>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let rest = ''
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new Error('Expected bytes')
    bytes += piece.length
    rest += decoder.decode(piece, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of [...lines, rest]) {
      if (bytes > PAIRING_LIMITS.allBytes || Buffer.byteLength(line) > PAIRING_LIMITS.lineBytes)
        throw new PenstockError('protocol', { detail: 'pairing: too long' })
    }
    for (const line of lines) if (line !== '') yield line
  }
}
