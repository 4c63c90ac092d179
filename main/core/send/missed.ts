import type { Problem } from '../../contract/errors.ts'
import type { NotDelivered } from '../../contract/report.ts'
import type { SourceEntry } from '../source/entries.ts'

/** An entry of the manifest that did not arrive. */
export interface Missed {
  readonly entry: SourceEntry
  readonly reason: Problem
  readonly by: NotDelivered['by']
}

/** As a report lists it. */
export function reportedOf({ entry, reason, by }: Missed): NotDelivered {
  return { path: entry.path, reason, by }
}
