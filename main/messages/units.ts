import type { Language } from './language.ts'

/** Thin, non-breaking: separates thousands so that a count never breaks over two lines. */
const THIN_SPACE = '\u202f'
/** Between a number and its unit; never breaks. */
const UNIT_SPACE = '\u00a0'

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Three significant digits below 1000, without ever showing "1000" of a smaller unit. */
function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2)
  if (value < 99.95) return value.toFixed(1)
  return value.toFixed(0)
}

/**
 * A number of bytes in decimal units (1 kB = 1000 B), three significant digits: `512 B`, `1.13 GB`. A negative or non-finite
 * number is shown as `–`.
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  if (Math.round(bytes) < 1000) return `${Math.round(bytes)}${UNIT_SPACE}B`
  let value = bytes
  let unit = 0
  // 999.5 would be rounded to "1000", so it already belongs to the next unit.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${threeDigits(value)}${UNIT_SPACE}${BYTE_UNITS[unit] ?? ''}`
}

/** A rate in bytes per second: `1.13 GB/s`. */
export function formatRate(bytesPerSecond: number): string {
  const text = formatBytes(bytesPerSecond)
  return text === '–' ? text : `${text}/s`
}

/** A whole number with thin spaces between thousands: `12 345`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–'
  const digits = Math.abs(Math.round(count)).toString()
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE)
  return count < 0 && digits !== '0' ? `−${grouped}` : grouped
}

/** As {@link formatCount}; a small number that is not whole, such as an average of copies, has at most two decimals. */
export function formatAmount(amount: number): string {
  if (Number.isInteger(amount) || Math.abs(amount) >= 1000) return formatCount(amount)
  return Number.isFinite(amount)
    ? String(Math.round(amount * 100) / 100).replace('-', '−')
    : formatCount(amount)
}

const DURATION_UNITS = {
  en: { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' },
  zh: { ms: '毫秒', s: '秒', min: '分', h: '小时', d: '天' },
} as const

const two = (value: number): string => value.toString().padStart(2, '0')

/** Whether so little time is left that its number would only flicker. */
export function isAlmostDone(secondsLeft: number): boolean {
  return secondsLeft < 1
}

/** A span of time given in seconds: `420 ms`, `4.2 s`, `42 s`, `3 min 05 s`, `2 h 03 min`, `1 d 02 h`. */
export function formatDuration(seconds: number, language: Language): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  const unit = DURATION_UNITS[language]
  const milliseconds = Math.round(seconds * 1000)
  if (milliseconds < 1000) return `${milliseconds}${UNIT_SPACE}${unit.ms}`
  if (seconds < 9.95) return `${seconds.toFixed(1)}${UNIT_SPACE}${unit.s}`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${UNIT_SPACE}${unit.s}`
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    [`${big}`, bigUnit, two(small), smallUnit].join(UNIT_SPACE)
  if (whole < 3600) return pair(Math.floor(whole / 60), unit.min, whole % 60, unit.s)
  const minutes = Math.floor(whole / 60)
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), unit.h, minutes % 60, unit.min)
  const hours = Math.floor(minutes / 60)
  return pair(Math.floor(hours / 24), unit.d, hours % 24, unit.h)
}

/** A whole percentage of the work done; 100 only if all of it is done, and if there is none. */
export function formatPercent(done: number, total: number): string {
  if (total <= 0 || done >= total) return '100%'
  return `${Math.max(0, Math.min(99, Math.floor((done / total) * 100)))}%`
}

/** A fingerprint in groups of four, so that two people can read it to each other: `3fa4 90c1 …`. */
export function formatFingerprint(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/gu)?.join(' ') ?? ''
}
