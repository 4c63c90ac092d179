import { StringDecoder } from 'node:string_decoder'
import { PenstockError } from '../../../contract/errors.ts'

/**
 * Lines of a byte stream, without line ends, in batches as they arrive; throws `protocol` if one is longer than `limit`
 * characters.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<readonly string[], void, void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of source) {
    const parts = (rest + decoder.write(Buffer.from(chunk))).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > limit) throw new PenstockError('protocol', { detail: 'line too long' })
    if (parts.some((line) => line.length > limit))
      throw new PenstockError('protocol', { detail: 'line too long' })
    if (parts.length > 0) yield parts
  }
  if (rest + decoder.end() !== '') throw new PenstockError('protocol', { detail: 'last line has no end' })
}
