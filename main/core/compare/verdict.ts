import type { CompareRow, CompareVerdict, Lead, Spread } from '../../contract/compare.ts'

interface Measured {
  readonly row: CompareRow
  readonly spread: Spread
}

/** The values of a measure, the best first. */
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

function leadOf(measured: readonly Measured[]): Lead | null {
  const [first, next] = measured
  const worst = measured.at(-1)
  if (first === undefined || next === undefined || worst === undefined) return null
  const times = ({ spread }: Measured): number => {
    const [low, high] = [first.spread.median, spread.median].sort((left, right) => left - right)
    return low === undefined || high === undefined || low <= 0 ? 1 : high / low
  }
  return {
    variant: first.row.variant,
    next: next.row.variant,
    clear: first.spread.max < next.spread.min || first.spread.min > next.spread.max,
    timesNext: times(next),
    timesWorst: times(worst),
    worst: worst.row.variant,
  }
}

/** Who is ahead in rate and who in the sender's CPU time, and whether that is more than chance. */
export function verdictOf(rows: readonly CompareRow[]): CompareVerdict {
  return {
    rate: leadOf(ranked(rows, ({ bytesPerSecond }) => bytesPerSecond, -1)),
    cpu: leadOf(ranked(rows, ({ senderCpuPerGib }) => senderCpuPerGib, 1)),
  }
}
