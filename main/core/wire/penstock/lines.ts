import { StringDecoder } from 'node:string_decoder'
import { PenstockError } from '../../../contract/errors.ts'

/** Lines of a byte stream, without their ends; throws `protocol` when one is longer than `limit` characters. */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of source) {
    const parts = (rest + decoder.write(Buffer.from(chunk))).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > limit) throw new PenstockError('protocol', { detail: 'line too long' })
    for (const line of parts) {
      if (line.length > limit) throw new PenstockError('protocol', { detail: 'line too long' })
      yield line
    }
  }
  if (rest + decoder.end() !== '') throw new PenstockError('protocol', { detail: 'last line has no end' })
}
