import { stat } from 'node:fs/promises'
import type { ComparePreset } from '../../contract/compare.ts'
import type { Slice } from '../api.ts'

/** Messages that a queue picks out of its log: how many, and from which to which size in bytes. */
const MESSAGES = { count: 16_384, least: 1024, most: 16 * 1024 } as const
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

/** Scattered slices out of a file of `size` bytes, always the same ones; smaller where the file is. */
export function scatteredSlices(size: number): Slice[] {
  const numbers = random(SEED)
  const most = Math.min(MESSAGES.most, size)
  const least = Math.min(MESSAGES.least, most)
  return Array.from({ length: MESSAGES.count }, () => {
    const length = least + Math.floor(numbers.next().value * (most - least + 1))
    return { offset: Math.floor(numbers.next().value * (size - length + 1)), length }
  })
}

/** The slices of a file that a preset sends; nothing where it sends the whole file. Rejects where the file cannot be looked at. */
export async function slicesOf(
  preset: ComparePreset,
  path: string,
): Promise<{ readonly slices?: readonly Slice[] }> {
  return preset === 'scattered' ? { slices: scatteredSlices((await stat(path)).size) } : {}
}
