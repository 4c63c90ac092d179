/**
 * Milliseconds since the epoch by a clock that only runs forward: where the user or the network sets the system's clock, it goes
 * on as if nothing had happened. For durations and for the order of things; a date that is shown or stored is `new Date()`.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now()
}
