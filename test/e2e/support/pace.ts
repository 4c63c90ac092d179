/** Runs of the yardstick for one answer; about a second. */
const RUNS = 20
/** The time of the yardstick on two cores of a virtual machine at their best, in milliseconds. */
const BEST_MS = 25
const ENTRIES = 20_000

/** Work of the kind that is judged: objects made, written, read and sorted. */
function yardstick(): number {
  const entries = Array.from({ length: ENTRIES }, (_, index) => ({
    name: `take ${index} 素材.txt`,
    size: (index * 7919) % 100_003,
    at: { x: index, y: -index },
  }))
  const text = JSON.stringify(entries.toSorted((left, right) => left.size - right.size))
  const read: unknown = JSON.parse(text)
  return Array.isArray(read) ? read.length : 0
}

/**
 * How many times as long as at its best the machine takes now for most of what it does, 1 or more: nine of ten runs of a
 * yardstick are as quick as this. A virtual machine whose host has other guests may be at 4, in the processor's time as well
 * as by the clock, and limits in milliseconds are then meaningless for the program.
 */
export function slowness(): number {
  const times = Array.from({ length: RUNS }, () => {
    const begun = performance.now()
    yardstick()
    return performance.now() - begun
  }).sort((left, right) => left - right)
  return Math.max(1, (times[Math.floor(RUNS * 0.9)] ?? BEST_MS) / BEST_MS)
}
