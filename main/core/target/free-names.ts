import type { ManifestEntry } from '../../contract/transfer.ts'
import { type Added, type CommitPlanner, createdAs, numberedPath } from './commit-plan.ts'
import { MAX_NUMBER } from './conflict.ts'
import { sentPath } from './names.ts'

/**
 * Adds files of a sender whose offer may name one path twice, as LocalSend devices do: each further one gets a number, so
 * that all arrive.
 */
export class FreeNames {
  readonly #planner: CommitPlanner
  /** By path as sent: the last number given. */
  readonly #numbers = new Map<string, number>()

  constructor(planner: CommitPlanner) {
    this.#planner = planner
  }

  /** As {@link CommitPlanner.add}; a file collides only where its folder has the name of another file. */
  add(sent: ManifestEntry): Added {
    const path = sentPath(sent)
    for (let count = this.#numbers.get(path) ?? 1; ; count += 1) {
      const entry = count === 1 ? sent : createdAs(sent, numberedPath(sent.path, count, true))
      const added = this.#planner.add(entry)
      if ('entry' in added) {
        this.#numbers.set(path, count + 1)
        return added
      }
      if (count === MAX_NUMBER || !isOverOwnName(sent.path, added.problem)) return added
    }
  }
}

/** Whether the file itself collides, and not a folder above it, which a number would not help. */
function isOverOwnName(
  path: string,
  { code, params }: Extract<Added, { problem: unknown }>['problem'],
): boolean {
  if (code !== 'name-collision') return false
  return String(params?.['other']).split('/').length === path.split('/').length
}
