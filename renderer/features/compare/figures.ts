import type { ComparePreset, CompareRow, Spread } from '../../../main/contract/compare.ts'
import type { Catalogue, Language } from '../../../main/messages/index.ts'
import {
  copyRuleText,
  formatBytes,
  formatCount,
  formatRate,
  variantName,
} from '../../../main/messages/index.ts'

/** A column of the table: its heading and its value in a row; null if it was not measured. */
export interface Column {
  readonly id: string
  readonly heading: string
  readonly value: (row: CompareRow) => string | null
  /** Lowest and highest of the rounds; null if they are equal or there are none. */
  readonly range?: (row: CompareRow) => string | null
}

/** Seconds, or seconds for each GiB. */
export function decimals(value: number): string {
  return value.toFixed(3)
}

/** A measure that is drawn as bars, with the way that is better. */
export interface Measure {
  readonly title: 'rate' | 'seconds' | 'cpu'
  readonly note: 'more' | 'less'
  readonly of: (row: CompareRow) => Spread | null
  readonly show: (value: number) => string
}

const RATE: Measure = { title: 'rate', note: 'more', of: (row) => row.bytesPerSecond, show: formatRate }
const SECONDS: Measure = { title: 'seconds', note: 'less', of: (row) => row.seconds, show: decimals }
const CPU: Measure = { title: 'cpu', note: 'less', of: (row) => row.senderCpuPerGib, show: decimals }

/** The measures that a preset is about. */
export function measuresOf(preset: ComparePreset): readonly Measure[] {
  return preset === 'durability' ? [SECONDS, RATE] : [RATE, CPU]
}

/** The median of the rounds, with their lowest and highest. */
function spreadColumn(
  id: string,
  heading: string,
  of: (row: CompareRow) => Spread | null,
  show: (value: number) => string,
): Column {
  return {
    id,
    heading,
    value: (row) => {
      const spread = of(row)
      return spread === null ? null : show(spread.median)
    },
    range: (row) => {
      const spread = of(row)
      if (spread === null || spread.min === spread.max) return null
      return `${show(spread.min)} – ${show(spread.max)}`
    },
  }
}

/** Median with lowest and highest, for a tooltip and for screen readers. */
export function rangeText({ median, min, max }: Spread, show: (value: number) => string): string {
  return min === max ? show(median) : `${show(median)} (${show(min)} – ${show(max)})`
}

/** The columns after the technique's name; those of the textbook and of the seconds only if they were compared. */
export function columnsOf({ headers }: Catalogue['compare'], preset: ComparePreset): readonly Column[] {
  const ofTextbook: Column = {
    id: 'textbook',
    heading: headers.textbook,
    value: ({ textbook: count }) => (count ? String(count.copies) : null),
  }
  const ofSeconds = spreadColumn('seconds', headers.seconds, (row) => row.seconds, decimals)
  return [
    ...(preset === 'durability' ? [ofSeconds] : []),
    spreadColumn('rate', headers.rate, (row) => row.bytesPerSecond, formatRate),
    spreadColumn('sender-cpu', headers.senderCpu, (row) => row.senderCpuPerGib, decimals),
    spreadColumn('receiver-cpu', headers.receiverCpu, (row) => row.receiverCpuPerGib, decimals),
    {
      id: 'copies',
      heading: headers.copies,
      value: ({ report }) => (report?.copies ? `${report.copies.cpu} + ${report.copies.dma}` : null),
    },
    ...(preset === 'textbook' ? [ofTextbook] : []),
    {
      id: 'calls',
      heading: headers.calls,
      value: ({ report }) =>
        report?.syscalls
          ? formatCount(Object.values(report.syscalls).reduce((sum, count) => sum + count, 0))
          : null,
    },
    {
      id: 'switches',
      heading: headers.switches,
      value: ({ report }) =>
        report?.contextSwitches
          ? formatCount(report.contextSwitches.voluntary + report.contextSwitches.involuntary)
          : null,
    },
    {
      id: 'faults',
      heading: headers.faults,
      value: ({ report }) =>
        report?.pageFaults ? formatCount(report.pageFaults.minor + report.pageFaults.major) : null,
    },
    {
      id: 'user',
      heading: headers.userSpace,
      value: ({ report }) =>
        typeof report?.userCopyBytes === 'number' ? formatBytes(report.userCopyBytes) : null,
    },
  ]
}

/** The rules that give the copies, one for each technique that has them. */
export function rulesOf(rows: readonly CompareRow[], language: Language): string {
  return rows
    .flatMap(({ variant, report }) =>
      report?.copies ? [`${variantName(variant)}: ${copyRuleText(report.copies.rule, language)}`] : [],
    )
    .join(' | ')
}

/** The largest value that the bars of these spreads must reach; 1 if there is none. */
export function scaleOf(spreads: readonly (Spread | null)[]): number {
  const largest = Math.max(0, ...spreads.map((spread) => spread?.max ?? 0))
  return largest > 0 ? largest : 1
}
