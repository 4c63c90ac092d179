/**
 * Milliseconds since the epoch by a monotonic clock: a change of the system clock has no effect. For durations and order;
 * use `new Date()` for a date to show or store.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now()
}
