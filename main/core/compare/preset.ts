import { addon } from '../../../native/index.ts'
import type { Comparison } from '../../contract/compare.ts'
import { isSealing, type SendTechnique } from '../../contract/technique.ts'
import type { Penstock } from '../api.ts'
import { planFacts } from '../plan/facts.ts'
import { assertSendWish } from '../plan/wish.ts'
import { sendingConveyance } from '../transfer/sealing.ts'
import { assertPaths } from '../source/given-paths.ts'
import { compare, type CompareOptions, type CompareTarget } from './compare.ts'
import { slicesOf } from './scattered.ts'
import { variantsOf } from './variants.ts'

/** Options of a measurement of a preset. */
export interface PresetOptions extends Pick<CompareOptions, 'preset' | 'runs' | 'signal' | 'onProgress'> {
  /** The file or folder that each round sends. */
  readonly path: string
  /**
   * Techniques to measure, already checked by {@link assertComparable}; null for those of the preset that this machine
   * supports.
   */
  readonly techniques: readonly SendTechnique[] | null
  readonly check: boolean
  readonly pin: string | null
}

/** Throws `technique-unavailable` for the first of the techniques that cannot send here, each on the streams that carry it. */
export function assertComparable(techniques: readonly SendTechnique[]): void {
  for (const technique of techniques) {
    const cipher = isSealing(technique) ? 'sealed' : 'none'
    assertSendWish(planFacts(sendingConveyance(cipher, technique)), technique)
  }
}

/** Unencrypted, where the techniques differ most, unless the receiver takes encrypted transfers only. */
function securityOf(target: CompareTarget): 'encrypted' | 'clear' {
  return target.deviceOf(null).penstock?.ciphers.includes('none') === true ? 'clear' : 'encrypted'
}

/**
 * Sends the path to the target by each variant of a preset in turn.
 * @throws PenstockError `no-such-path`, `not-readable`; what {@link compare} throws
 */
export async function comparePreset(
  penstock: Pick<Penstock, 'send'>,
  target: CompareTarget,
  { preset, runs, path, techniques, check, pin, signal, onProgress }: PresetOptions,
): Promise<Comparison> {
  await assertPaths([path])
  return compare(penstock, target, {
    preset,
    variants: variantsOf(preset, addon.supportedTechniques().send, techniques, securityOf(target)),
    runs,
    what: { paths: [path], ...(await slicesOf(preset, path)), check, pin },
    signal,
    onProgress,
  })
}
