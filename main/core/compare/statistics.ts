import type { Spread } from '../../contract/compare.ts'

/** The median; the mean of the middle two for an even count. NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
  return (lower + upper) / 2
}

/** Median and range; null if there are no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** The item with the median value, the lower of the middle two for an even count; null if there are no items. */
export function medianItem<T>(items: readonly T[], value: (item: T) => number): T | null {
  const sorted = [...items].sort((left, right) => value(left) - value(right))
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
