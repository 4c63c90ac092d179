import { copyRuleCode } from './copy-rules.ts'
import type { Comparison, ComparePreset, CompareRow, CompareVariant, Spread } from '../contract/compare.ts'

const COLUMNS = [
  'preset',
  'technique',
  'buffer_bytes',
  'map_options',
  'durability',
  'runs',
  'bytes_per_second_median',
  'bytes_per_second_min',
  'bytes_per_second_max',
  'seconds_median',
  'seconds_min',
  'seconds_max',
  'sender_cpu_seconds_per_gib_median',
  'sender_cpu_seconds_per_gib_min',
  'sender_cpu_seconds_per_gib_max',
  'receiver_cpu_seconds_per_gib_median',
  'receiver_cpu_seconds_per_gib_min',
  'receiver_cpu_seconds_per_gib_max',
  'sender_syscalls',
  'sender_context_switches',
  'sender_page_faults',
  'sender_user_copy_bytes',
  'sender_cpu_copies',
  'sender_dma_copies',
  'copy_rule',
  'textbook_copies',
  'problem',
] as const

type Cell = string | number | null | undefined

function spreadCells(spread: Spread | null): Cell[] {
  return spread === null ? [null, null, null] : [spread.median, spread.min, spread.max]
}

function cells(
  preset: ComparePreset,
  { variant, runs, report, textbook, problem, ...measured }: CompareRow,
): Cell[] {
  const { syscalls, contextSwitches, pageFaults, userCopyBytes, copies } = report ?? {}
  return [
    preset,
    variant.technique,
    variant.bufferBytes,
    variant.mapOptions?.join('+'),
    variant.durability,
    runs,
    ...spreadCells(measured.bytesPerSecond),
    ...spreadCells(measured.seconds),
    ...spreadCells(measured.senderCpuPerGib),
    ...spreadCells(measured.receiverCpuPerGib),
    syscalls ? Object.values(syscalls).reduce((sum, count) => sum + count, 0) : null,
    contextSwitches ? contextSwitches.voluntary + contextSwitches.involuntary : null,
    pageFaults ? pageFaults.minor + pageFaults.major : null,
    userCopyBytes,
    copies?.cpu,
    copies?.dma,
    copies && copyRuleCode(copies.rule),
    textbook?.copies,
    problem?.code,
  ]
}

/** A cell per RFC 4180: quoted if it contains a separator. */
function quoted(cell: Cell): string {
  const text = String(cell ?? '')
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Comparisons as comma-separated values (RFC 4180): a header line, one line per variant, units in the names. */
export function comparisonCsv(...comparisons: readonly Comparison[]): string {
  const lines: readonly (readonly Cell[])[] = [
    COLUMNS,
    ...comparisons.flatMap(({ preset, rows }) => rows.map((row) => cells(preset, row))),
  ]
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
}

/** A buffer size in binary units: "4 KiB", "1 MiB". */
function binarySize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${String(bytes / 1024 ** power)} ${units[power] ?? ''}`
}

/** A variant's name: the technique, with its buffer size, mapping options or the receiver's durability. */
export function variantName({ technique, bufferBytes, mapOptions, durability }: CompareVariant): string {
  if (durability !== null) return `${technique} ${durability}`
  if (mapOptions !== null) return `${technique} ${mapOptions.join('+') || 'plain'}`
  return technique === 'readwrite' ? `${technique} ${binarySize(bufferBytes)}` : technique
}
