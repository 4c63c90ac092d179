import { stat } from 'node:fs/promises'
import type { ComparePreset } from '../../contract/compare.ts'
import type { Slice } from '../api.ts'

/**
 * What a consumer reads out of a message store: a log holds the messages of all queues as they came, and the consumer reads
 * those of one queue, in order, by an index. Sizes from `least` to `most` bytes, the small ones more often (evenly by their
 * logarithm, about 550 bytes on average): the message of 128 bytes that RocketMQ's own benchmark sends by default takes some
 * 250 bytes in its log. Eight queues: what its broker gives a topic (`defaultTopicQueueNums`).
 *
 * Both matter to what is compared. Longer messages cost more to copy than the call of sendfile that the copy saves, and ranges
 * further apart than the 64 KiB that one page fault enters into a mapping cost a fault each (main/core/plan/rules.ts has figures).
 */
const MESSAGES = { count: 16_384, least: 256, most: 1024, queues: 8 } as const
/** Any number does; the same one makes every comparison send the same. */
const SEED = 0x50656e73

/** Marsaglia's xorshift with 32 bits of state: the same numbers on every machine, from 0 (included) to 1 (excluded). */
function* random(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    yield (state >>> 0) / 2 ** 32
  }
}

/** One queue's messages in a log of `size` bytes (at least 1), always the same ones; fewer where the log is short. */
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

/** The slices of a file that a preset sends; nothing where it sends the whole file. Rejects where the file cannot be looked at. */
export async function slicesOf(
  preset: ComparePreset,
  path: string,
): Promise<{ readonly slices?: readonly Slice[] }> {
  return preset === 'scattered' ? { slices: scatteredSlices((await stat(path)).size) } : {}
}
