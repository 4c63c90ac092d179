import type { ComparePreset, CompareRow, CompareVerdict, Lead, Spread } from '../../contract/compare.ts'

interface Measured {
  readonly row: CompareRow
  readonly spread: Spread
}

/** The values of a measure, best first. */
function ranked(
  rows: readonly CompareRow[],
  of: (row: CompareRow) => Spread | null,
  sign: 1 | -1,
): Measured[] {
  return rows
    .flatMap((row) => {
      const spread = of(row)
      return spread === null ? [] : [{ row, spread }]
    })
    .sort((left, right) => sign * (left.spread.median - right.spread.median))
}

/**
 * Least rounds of each to name a winner: the rounds of two equal techniques are separated by chance in 2 of C(2n, n) orders,
 * which is one in ten with three rounds each and one in 35 with four.
 */
const ROUNDS_FOR_A_WINNER = 4

function apart(one: Spread, other: Spread): boolean {
  return one.max < other.min || one.min > other.max
}

function times(one: Spread, other: Spread): number {
  const low = Math.min(one.median, other.median)
  return low > 0 ? Math.max(one.median, other.median) / low : 1
}

function leadOf(measured: readonly Measured[]): Lead | null {
  const [first, second] = measured
  const worst = measured.at(-1)
  if (first === undefined || second === undefined || worst === undefined) return null
  const overlapping = measured.slice(1).find(({ spread }) => !apart(first.spread, spread))
  const next = overlapping ?? second
  const few = measured.some(({ row }) => row.runs < ROUNDS_FOR_A_WINNER)
  return {
    variant: first.row.variant,
    next: next.row.variant,
    certainty: overlapping ? 'overlap' : few ? 'few' : 'clear',
    timesNext: times(first.spread, next.spread),
    timesWorst: times(first.spread, worst.spread),
    worst: worst.row.variant,
  }
}

/** The leaders in rate and in the sender's CPU time, and whether the lead is more than chance. */
export function verdictOf(rows: readonly CompareRow[], preset: ComparePreset): CompareVerdict {
  return {
    rate: leadOf(ranked(rows, ({ bytesPerSecond }) => bytesPerSecond, -1)),
    cpu: preset === 'durability' ? null : leadOf(ranked(rows, ({ senderCpuPerGib }) => senderCpuPerGib, 1)),
  }
}
