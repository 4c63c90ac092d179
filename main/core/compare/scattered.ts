import { stat } from 'node:fs/promises'
import type { ComparePreset } from '../../contract/compare.ts'
import type { Slice } from '../api.ts'

/**
 * What a consumer reads from a message store: a log holds the messages of all queues in order of arrival, and the consumer
 * reads those of one queue, in order, by an index. Sizes from `least` to `most` bytes, small ones more often (log-uniform,
 * about 550 bytes on average): the 128-byte message that RocketMQ's own benchmark sends by default takes about 250 bytes in
 * its log. Eight queues: the default of its broker for a topic (`defaultTopicQueueNums`).
 *
 * Both affect the result. Copying a longer message costs more than the sendfile call that the copy saves, and ranges further
 * apart than the 64 KiB that one page fault maps cost a fault each (figures in main/core/plan/rules.ts).
 */
const MESSAGES = { count: 16_384, least: 256, most: 1024, queues: 8 } as const
/** Any number; a fixed one makes every comparison send the same slices. */
const SEED = 0x50656e73

/** Marsaglia's xorshift with 32 bits of state: the same numbers on every machine, from 0 (inclusive) to 1 (exclusive). */
function* random(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    yield (state >>> 0) / 2 ** 32
  }
}

/** One queue's messages in a log of `size` bytes (at least 1), always the same ones; fewer if the log is short. */
export function scatteredSlices(size: number): Slice[] {
  const numbers = random(SEED)
  const { count, least, most, queues } = MESSAGES
  const slices: Slice[] = []
  for (let offset = 0, message = 0; offset < size && slices.length < count; message++) {
    const length = Math.min(Math.floor(least * (most / least) ** numbers.next().value), size - offset)
    if (message % queues === 0) slices.push({ offset, length })
    offset += length
  }
  return slices
}

/** The slices of a file that a preset sends; none if it sends the whole file. Rejects if the file cannot be examined. */
export async function slicesOf(
  preset: ComparePreset,
  path: string,
): Promise<{ readonly slices?: readonly Slice[] }> {
  return preset === 'scattered' ? { slices: scatteredSlices((await stat(path)).size) } : {}
}
