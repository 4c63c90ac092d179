/** One point of the plot: seconds since the first byte, and the rate around it in bytes a second. */
export interface RatePoint {
  readonly seconds: number
  readonly rate: number
}

/** The bytes of one transfer over time. Immutable: adding makes a new one. */
export interface Series {
  readonly points: readonly RatePoint[]
  /** The latest samples, as far back as the rate window reaches. */
  readonly recent: readonly { readonly at: number; readonly bytes: number }[]
  /** Bytes a second over the last window; null with fewer than two samples. */
  readonly now: number | null
  /** Minimum distance between points, in seconds; doubled when there are too many points. */
  readonly step: number
}

/** Length of the rate window in milliseconds: short enough to follow changes, long enough to be steady. */
const WINDOW_MS = 1000
const MAX_POINTS = 600

export const EMPTY_SERIES: Series = { points: [], recent: [], now: null, step: 0.1 }

/** Adds a sample taken at `at` (ms since the epoch) of a transfer whose first byte moved at `since`. */
export function addSample(series: Series, at: number, bytes: number, since: number): Series {
  const last = series.recent.at(-1)
  if (last !== undefined && at <= last.at) return series
  const recent = [...series.recent, { at, bytes }]
  while (recent.length > 2 && (recent[1]?.at ?? at) <= at - WINDOW_MS) recent.shift()
  const first = recent[0]
  const now = first === undefined || first.at === at ? null : ((bytes - first.bytes) * 1000) / (at - first.at)
  if (now === null) return { ...series, recent }
  const seconds = (at - since) / 1000
  const previous = series.points.at(-1)
  if (previous !== undefined && seconds - previous.seconds < series.step * 0.9)
    return { ...series, recent, now }
  const rate = Math.max(0, now)
  // The first rate applies from the first byte.
  const began =
    previous === undefined && first !== undefined ? [{ seconds: (first.at - since) / 1000, rate }] : []
  const points = [...series.points, ...began, { seconds, rate }]
  if (points.length <= MAX_POINTS) return { ...series, points, recent, now }
  return { points: points.filter((_, index) => index % 2 === 1), recent, now, step: series.step * 2 }
}

export type RateUnit = 'kB/s' | 'MB/s' | 'GB/s'

const UNIT_BYTES: Readonly<Record<RateUnit, number>> = { 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9 }

/** The unit that suits a rate. */
export function unitFor(rate: number): RateUnit {
  if (rate >= 0.5e9) return 'GB/s'
  return rate >= 0.5e6 ? 'MB/s' : 'kB/s'
}

/** A rate as a number in this unit, with only the decimals that the unit needs. */
export function rateNumber(rate: number, unit: RateUnit): string {
  const value = Math.max(0, rate) / UNIT_BYTES[unit]
  return value.toFixed(unit === 'GB/s' ? 2 : value < 10 ? 1 : 0)
}

/** Time after the first byte at which the rate has settled and its unit is fixed, in milliseconds. */
export const SETTLED_MS = 1200
