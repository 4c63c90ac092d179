import { join } from 'node:path'
import type { CommitPlan } from '../target/commit-plan.ts'
import type { Committed } from '../target/commit.ts'

/**
 * Absolute paths of the delivered files, by those of their top entries; null if a top entry was not delivered, so that the
 * others cannot be told apart.
 * @param missing paths of entries that were not delivered
 */
export function deliveredPaths(
  { tops }: Pick<CommitPlan, 'tops'>,
  { savedAs }: Pick<Committed, 'savedAs'>,
  missing: ReadonlySet<string>,
): Iterable<string> | null {
  return tops.length === savedAs.length ? pathsBelow(tops, savedAs, missing) : null
}

function* pathsBelow(
  tops: CommitPlan['tops'],
  savedAs: readonly string[],
  missing: ReadonlySet<string>,
): Generator<string, void, void> {
  for (const [index, { files }] of tops.entries()) {
    const top = savedAs[index] ?? ''
    for (const { path } of files) {
      const slash = path.indexOf('/')
      if (!missing.has(path)) yield slash < 0 ? top : join(top, path.slice(slash + 1))
    }
  }
}
