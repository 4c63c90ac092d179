/** Seconds before and after the epoch that a Date takes. */
const LAST_SECOND = 8.64e12
const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n
const DIGITS = 9

/** A time in nanoseconds since the epoch as ISO 8601 in UTC, the nearest that a Date takes, with as many digits as it needs. */
export function timeText(ns: bigint): string {
  const rest = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  const seconds = Number((ns - rest) / NS_PER_SECOND)
  const whole = new Date(Math.min(Math.max(seconds, -LAST_SECOND), LAST_SECOND) * 1000).toISOString()
  // Milliseconds always, as LocalSend's own application writes them.
  const fraction = String(rest)
    .padStart(DIGITS, '0')
    .replace(/0{1,6}$/, '')
  return whole.replace(/\.\d+Z$/, `.${fraction}Z`)
}

/** The time of an ISO 8601 text in nanoseconds since the epoch; null if it is no time. */
export function timeOf(text: string): bigint | null {
  const [, fraction = ''] = /:\d{2}[.,](\d+)/.exec(text) ?? []
  const whole = Date.parse(text.replace(/(:\d{2})[.,]\d+/, '$1'))
  if (!Number.isFinite(whole)) return null
  return BigInt(whole) * NS_PER_MS + BigInt(fraction.slice(0, DIGITS).padEnd(DIGITS, '0'))
}
