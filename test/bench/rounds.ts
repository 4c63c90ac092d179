import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Contestant, Job, Outcome } from './contestants.ts'
import { touchMemory, type Tools } from './programs.ts'

/** The results of one contestant in all rounds that count. */
export interface Row {
  readonly name: string
  readonly outcomes: readonly Outcome[]
}

/** The middle one; the mean of the two in the middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? NaN : (low + high) / 2
}

export function medianOf(row: Row | undefined, pick: (outcome: Outcome) => number): number {
  return median((row?.outcomes ?? []).map(pick))
}

/** Throws if what arrived differs from what was sent. */
function compare({ source, into }: Job): void {
  execFileSync('diff', ['-rq', source, join(into, basename(source))], { stdio: 'pipe' })
}

/** Empties a folder and keeps it. */
export function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}

/** Moves all that is in a folder into a new one in `aside`. */
function setAside(folder: string, aside: string): void {
  mkdirSync(aside, { recursive: true })
  const place = mkdtempSync(join(aside, 'run-'))
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(place, name))
}

/**
 * The contestants of one round: each round begins with the next one, and every second runs in reverse order, so that none always
 * follows the same one: memory that the previous one has freed is fast to allocate, and the slower its successor
 * starts, the more of it has returned to the host.
 */
export function orderOf<T>(contestants: readonly T[], round: number): readonly T[] {
  const turn = round % contestants.length
  const from = [...contestants.slice(turn), ...contestants.slice(0, turn)]
  return round % 2 === 0 ? from : [...from.slice(0, 1), ...from.slice(1).toReversed()]
}

/**
 * Alternating rounds: each contestant once a round, in the order of {@link orderOf}. The first round warms up
 * and compares the content; it does not count. With `keep`, what arrived is removed at the end: ext4 passes
 * over recently freed inodes one by one, so that a contestant that makes ten thousand files after that many deletions
 * would be measured by those.
 */
export async function alternate(
  tools: Tools,
  job: Job,
  contestants: readonly Contestant[],
  { rounds, bytes, keep, log }: { rounds: number; bytes: number; keep: boolean; log: (text: string) => void },
): Promise<Row[]> {
  const outcomes = new Map<string, Outcome[]>(contestants.map(({ name }) => [name, []]))
  const aside = `${job.into}-aside`
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const contestant of orderOf(contestants, round)) {
        if (keep) setAside(job.into, aside)
        else empty(job.into)
        execFileSync('sync', ['-f', job.into])
        touchMemory(tools, bytes * 1.15)
        const outcome = await contestant.run(job)
        const { seconds, sender, receiver } = outcome
        const figures = `${seconds.toFixed(3)} s, CPU ${sender.toFixed(3)} + ${receiver.toFixed(3)} s`
        log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${contestant.name}: ${figures}`)
        if (round === 0) compare(job)
        else outcomes.get(contestant.name)?.push(outcome)
      }
    }
  } finally {
    for (const contestant of contestants) await contestant.close()
    empty(job.into)
    rmSync(aside, { recursive: true, force: true })
  }
  return contestants.map(({ name }) => ({ name, outcomes: outcomes.get(name) ?? [] }))
}
