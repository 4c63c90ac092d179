import { addon } from '../../../native/index.ts'
import type { SendTechnique } from '../../contract/technique.ts'

/** Techniques of sending that this build and this kernel have, in the order of the automatic choice. */
export function availableTechniques(): readonly SendTechnique[] {
  return addon.supportedTechniques().send
}
