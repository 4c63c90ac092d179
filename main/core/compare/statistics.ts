import type { Spread } from '../../contract/compare.ts'

/** The middle of the values, or the mean of the two in the middle. NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
  return (lower + upper) / 2
}

/** Median and range; null where there is nothing to measure. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** The item whose value is the median, or the lower one of the two in the middle; null where there are none. */
export function medianItem<T>(items: readonly T[], value: (item: T) => number): T | null {
  const sorted = [...items].sort((left, right) => value(left) - value(right))
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
