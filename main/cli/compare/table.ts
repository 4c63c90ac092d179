import type { Comparison, CompareRow, Spread } from '../../contract/compare.ts'
import type { TransferReport } from '../../contract/report.ts'
import { copyRuleText, formatBytes, formatCount, formatRate, variantName } from '../../messages/index.ts'
import { againstSentence, memorySentence, verdictSentences } from '../../messages/verdict.ts'
import { table, type Output } from '../output/output.ts'

/** Length of the longest bar in characters. */
const BAR = 24

/** A bar of this fraction (0 to 1) of the longest. */
function bar(part: number): string {
  return '█'.repeat(Math.max(1, Math.round(part * BAR)))
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function withSpread(spread: Spread | null, show: (value: number) => string, none: string): string {
  if (spread === null) return none
  const { median, min, max } = spread
  return min === max ? show(median) : `${show(median)} (${show(min)} – ${show(max)})`
}

function figures(report: TransferReport | null, none: string): string[] {
  const { syscalls, contextSwitches, pageFaults, userCopyBytes } = report ?? {}
  return [
    syscalls ? formatCount(total(syscalls)) : none,
    contextSwitches ? formatCount(contextSwitches.voluntary + contextSwitches.involuntary) : none,
    pageFaults ? formatCount(pageFaults.minor + pageFaults.major) : none,
    typeof userCopyBytes === 'number' ? formatBytes(userCopyBytes) : none,
  ]
}

const formatDecimals = (value: number): string => value.toFixed(3)

/** The comparison in lines for people: bars of rate, the table, and the winners. */
export function comparisonLines(comparison: Comparison, output: Output): string[] {
  const { rows } = comparison
  const { compare: words, none } = output.words
  const fastest = Math.max(...rows.map(({ bytesPerSecond }) => bytesPerSecond?.median ?? 0))
  const textbook = rows.some((row) => row.textbook !== null) && comparison.preset === 'textbook'
  const durable = comparison.preset === 'durability'
  const inMemory = memorySentence(comparison, output.language)
  const headers = [
    words.headers.technique,
    ...(durable ? [words.headers.seconds] : []),
    words.headers.rate,
    '',
    words.headers.senderCpu,
    words.headers.receiverCpu,
    words.headers.copies,
    ...(textbook ? [words.headers.textbook] : []),
    words.headers.calls,
    words.headers.switches,
    words.headers.faults,
    words.headers.userSpace,
  ]
  const measured = rows.filter(({ problem }) => problem === null)
  const cells = measured.map((row) => [
    variantName(row.variant),
    ...(durable ? [withSpread(row.seconds, formatDecimals, none)] : []),
    withSpread(row.bytesPerSecond, formatRate, none),
    row.bytesPerSecond === null || !(fastest > 0) ? '' : bar(row.bytesPerSecond.median / fastest),
    withSpread(row.senderCpuPerGib, formatDecimals, none),
    withSpread(row.receiverCpuPerGib, formatDecimals, none),
    copiesText(row, none),
    ...(textbook ? [textbookText(row, none)] : []),
    ...figures(row.report, none),
  ])
  const lines = [
    output.text(words.title, { title: comparison.title, files: comparison.files, bytes: comparison.bytes }),
    againstSentence(comparison, output.language),
    ...(inMemory === null ? [] : [inMemory]),
    '',
    ...table(headers, cells),
    '',
  ]
  for (const row of rows) {
    if (row.problem === null) continue
    const params = { technique: variantName(row.variant), why: output.sentence(row.problem) }
    lines.push(output.text(words.couldNot, params))
  }
  const rules = measured.flatMap(({ variant, report }) =>
    report?.copies ? [`${variantName(variant)}: ${copyRuleText(report.copies.rule, output.language)}`] : [],
  )
  if (rules.length > 0) lines.push(output.text(words.rules, { list: rules.join(' | ') }))
  lines.push(...verdictSentences(comparison, output.language))
  return lines
}

/** Copies at the sender on this machine, by CPU and by DMA. */
function copiesText({ report }: CompareRow, none: string): string {
  const copies = report?.copies
  return copies ? `${String(copies.cpu)} + ${String(copies.dma)}` : none
}

function textbookText({ textbook }: CompareRow, none: string): string {
  return textbook ? String(textbook.copies) : none
}
