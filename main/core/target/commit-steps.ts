import {
  addon,
  type CommitEntry,
  type CommitOutcome,
  type Folder,
  type ReplaceRule,
} from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { modeFor } from './commit-plan.ts'

const STEPS_PER_BATCH = 1000
const BATCHES_AT_ONCE = 2

/** A step for the addon with the entry that it delivers; null for folders without an entry. */
export interface Step {
  readonly native: CommitEntry
  readonly path: string
  readonly entry: ManifestEntry | null
}

export type HandleStep = (step: Step, outcome: CommitOutcome) => Promise<void> | void

/** Places a file or a link of the manifest at `path`. */
export function stepFor(entry: ManifestEntry, path: string, replace: ReplaceRule): Step {
  const { index, size, mtimeNs } = entry
  const native: CommitEntry =
    entry.type === 'symlink'
      ? { kind: 'symlink', path, target: entry.target ?? '', mtimeNs, replace }
      : { kind: 'file', path, stagingName: String(index), size, mode: modeFor(entry), mtimeNs, replace }
  return { native, path: entry.path, entry }
}

/**
 * Runs the steps below `root` and passes each outcome to the handler, in order. Two batches of files run at once: the system
 * takes longer for one than this program needs to prepare the next.
 */
export async function runSteps(
  root: Folder,
  staging: Folder,
  steps: readonly Step[],
  handle: HandleStep,
): Promise<void> {
  const running: {
    readonly batch: readonly Step[]
    readonly outcomes: Promise<readonly CommitOutcome[]>
  }[] = []
  try {
    for (let at = 0; at < steps.length || running.length > 0; at += STEPS_PER_BATCH) {
      const batch = steps.slice(at, at + STEPS_PER_BATCH)
      if (batch.length > 0) running.push({ batch, outcomes: start(root, staging, batch) })
      // Links share one name in staging, and a folder must exist before its content.
      const alone = batch.some(({ native }) => native.kind !== 'file')
      while (running.length > (alone || batch.length === 0 ? 0 : BATCHES_AT_ONCE - 1)) {
        const [first] = running
        if (first) await settle(first.batch, await first.outcomes, handle)
        running.shift()
      }
    }
  } finally {
    // After a failure the folder is about to be removed; no work may still run in it.
    await Promise.allSettled(running.map(({ outcomes }) => outcomes))
  }
}

function start(root: Folder, staging: Folder, batch: readonly Step[]): Promise<readonly CommitOutcome[]> {
  const outcomes = addon.commit(
    root,
    staging,
    batch.map(({ native }) => native),
  )
  outcomes.catch(() => undefined)
  return outcomes
}

async function settle(
  batch: readonly Step[],
  outcomes: readonly CommitOutcome[],
  handle: HandleStep,
): Promise<void> {
  for (const [index, step] of batch.entries()) {
    const outcome = outcomes[index]
    if (!outcome)
      throw new PenstockError('internal', { message: 'the addon gave fewer outcomes than entries' })
    // Most steps need no wait, and there may be a hundred thousand.
    const more = handle(step, outcome)
    if (more) await more
  }
}
