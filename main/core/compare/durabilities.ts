import type { ComparePreset } from '../../contract/compare.ts'
import { DURABILITIES, type Durability } from '../../contract/report.ts'

/**
 * Durabilities of the receivers that a preset needs, the usual one first: "done" once the bytes are in the page cache, because
 * the speed of a disk would hide the technique's own.
 */
export function durabilitiesOf(preset: ComparePreset | 'queues'): readonly Durability[] {
  return preset === 'durability' ? DURABILITIES : ['os']
}
