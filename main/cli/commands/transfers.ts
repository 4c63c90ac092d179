import type { Transfer } from '../../core/index.ts'
import type { TransferReport } from '../../contract/report.ts'
import type { PartialDelivery, TerminalState, TransferView } from '../../contract/transfer.ts'
import { copyRuleText, formatCount, noteText } from '../../messages/index.ts'
import { EXIT, exitOfEnd, type ExitCode } from '../exit.ts'
import type { Context } from '../context.ts'
import { atMost, type Interrupt } from '../interrupt.ts'
import type { Output } from '../output/output.ts'
import { missedLines, partialLines, SHOWN_PATHS } from '../output/partial.ts'
import type { Progress } from '../output/progress.ts'

/** Time for a cancelled transfer to end, in milliseconds. */
export const CANCEL_LIMIT_MS = 5000

/** What a transfer carries, in words: “photos” and 2 more: 3 files, 1.2 GB. */
export function whatIsCarried(
  output: Output,
  what: Pick<TransferView, 'title' | 'totals'> & { readonly topEntries?: number },
): string {
  const more = (what.topEntries ?? 1) - 1
  return output.text(output.words.totals.what, {
    title: what.title,
    more: more > 0 ? more : undefined,
    files: what.totals.files,
    bytes: what.totals.bytes,
  })
}

/** Prints each new state once, for a person. */
function narrate(transfer: Transfer, output: Output): () => void {
  let last = ''
  const printState = (): void => {
    const view = transfer.view()
    if (view.state.kind === last) return
    last = view.state.kind
    const words = output.words.progress
    const params = { title: view.title, peer: view.peer.alias }
    if (last === 'preparing') output.print(output.text(words.preparing, params))
    if (last === 'offered' && view.role === 'sender') {
      output.print(output.text(words.waiting, { ...params, what: whatIsCarried(output, view) }))
    }
    if (last === 'running' && view.role === 'receiver') {
      output.print(output.text(output.words.receive.accepted, params))
    }
    if (last === 'committing') output.print(output.text(words.committing, params))
  }
  const end = transfer.onChange(printState)
  printState()
  return end
}

/** The part of the context that following a transfer needs. */
type Following = Pick<Context, 'output' | 'interrupt'>

/** Follows a transfer to its end: progress, then the closing line. Cancels it when the command is interrupted. */
export async function followToEnd(
  transfer: Transfer,
  { output, interrupt }: Following,
  progress: Progress,
): Promise<{ readonly end: TerminalState | null; readonly exit: ExitCode }> {
  const stopNarrating = output.json ? () => undefined : narrate(transfer, output)
  const stopProgress = progress.follow(transfer)
  interrupt.reporting.add(transfer.id)
  const end = await endOf(transfer, interrupt)
  stopProgress()
  stopNarrating()
  interrupt.reporting.delete(transfer.id)
  const { crashed, signal } = interrupt
  // A programming error has already been printed where it was caught.
  const view = transfer.view()
  if (crashed !== null && end?.kind !== 'done')
    output.failure(view.transferId, crashed, { savedAs: view.savedAs })
  else if (end !== null) announceEnd(view, end, output)
  if (signal.aborted && end?.kind !== 'done') return { end, exit: EXIT.interrupted }
  return { end, exit: end === null ? EXIT.interrupted : exitOfEnd(end) }
}

/** How a transfer ends; null if it was cancelled and does not end in time. */
async function endOf(transfer: Transfer, { signal }: Interrupt): Promise<TerminalState | null> {
  let onAbort: () => void = () => undefined
  const cancelled = new Promise<null>((resolve) => {
    onAbort = () => {
      transfer.cancel()
      void atMost(CANCEL_LIMIT_MS, transfer.ended).then(() => {
        // In the next turn, so that an end that arrived in time takes precedence.
        setImmediate(resolve, null)
      })
    }
  })
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([transfer.ended, cancelled])
  } finally {
    // The signal outlives the transfer; its listener would keep the transfer in memory.
    signal.removeEventListener('abort', onAbort)
  }
}

/** The closing line of a transfer, for a machine or for people. */
export function announceEnd(view: TransferView, end: TerminalState, output: Output): void {
  if (end.kind === 'done') {
    output.event({ event: 'report', ...end.report })
    for (const line of reportLines(end.report, view, output)) output.print(line)
    return
  }
  output.event({
    event: end.kind,
    transferId: view.transferId,
    ...(end.kind === 'failed' ? {} : { by: end.by }),
    problem: { code: end.problem.code, params: end.problem.params ?? {} },
    message: output.sentence(end.problem, view),
    // Files that were complete before the end stay.
    savedAs: view.savedAs,
    ...partialOf(end),
  })
  output.problem(end.problem, view)
  for (const path of view.savedAs.slice(0, SHOWN_PATHS)) {
    output.print(output.text(output.words.report.savedIn, { path }))
  }
  const partial = partialOf(end)
  if (partial) for (const line of partialLines(partial, view, output)) output.print(line)
}

function partialOf(end: TerminalState): PartialDelivery | undefined {
  return end.kind === 'cancelled' || end.kind === 'failed' ? end.partial : undefined
}

function closing({ role, carrier }: TransferReport, words: Output['words']['report']): string {
  if (carrier === 'local') return words.copied
  return role === 'sender' ? words.sent : words.received
}

/** The report in lines for people. */
export function reportLines(
  report: TransferReport,
  view: Pick<TransferView, 'title' | 'savedAs' | 'folder'>,
  output: Output,
): string[] {
  const words = output.words.report
  const lines = [
    output.text(closing(report, words), {
      title: view.title,
      peer: report.carrier === 'local' ? (view.folder ?? report.peer.alias) : report.peer.alias,
      entries: report.entries,
      bytes: report.bytes,
      seconds: report.seconds,
      rate: report.bytesPerSecond,
    }),
  ]
  const add = (template: string, params: Record<string, string | number | undefined>): void => {
    lines.push(`  ${output.text(template, params)}`)
  }
  for (const path of view.savedAs.slice(0, SHOWN_PATHS)) add(words.savedIn, { path })
  add(words.how, {
    cipher: report.carrier === 'local' ? output.words.notOverNetwork : output.words.ciphers[report.cipher],
    technique: report.technique ?? undefined,
    reason: report.reason === null ? undefined : output.reason(report.reason),
    streams: report.streams === 0 ? undefined : report.streams,
  })
  for (const fall of report.fellBackFrom) {
    add(words.fellBack, { technique: fall.technique, reason: output.reason(fall.why) })
  }
  for (const { option, windows, of, why } of report.mapOptions ?? []) {
    add(words.mapOption, { option, windows, of, reason: why === null ? undefined : output.reason(why) })
  }
  if (report.dontcache !== null) {
    const { bytes, of, why } = report.dontcache
    add(words.dontcache, { bytes, of, reason: why === null ? undefined : output.reason(why) })
  }
  if (report.cachedPagesLeft !== null) add(words.pagesLeft, { pages: report.cachedPagesLeft })
  add(report.verified ? words.checked : words.notChecked, {})
  if (report.durability !== null)
    add(words.durable, { durability: output.words.durability[report.durability] })
  if (report.copies !== null) {
    const { cpu, dma, check, cipherPasses, rule } = report.copies
    const passes = cipherPasses === 0 ? {} : { passes: cipherPasses }
    add(words.copies, { cpu, dma, check, ...passes, rule: copyRuleText(rule, output.language) })
  }
  if (report.limitedBy !== null) add(output.words.limits[report.role][report.limitedBy], {})
  if (report.userCopyBytes !== null) add(words.userCopy, { bytes: report.userCopyBytes })
  if (report.kernelCopiedBytes !== null) add(words.kernelCopied, { bytes: report.kernelCopiedBytes })
  if (report.syscalls !== null) {
    const list = Object.entries(report.syscalls)
      .filter(([, calls]) => calls > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([name, calls]) => `${name} ${formatCount(calls)}`)
      .join(', ')
    add(words.syscalls, { list })
  }
  if (report.cpuSeconds !== null && report.contextSwitches !== null) {
    add(words.cpu, {
      user: report.cpuSeconds.user.toFixed(2),
      system: report.cpuSeconds.system.toFixed(2),
      ...report.contextSwitches,
    })
  }
  lines.push(...missedLines(report.notDelivered, report, output).map((line) => `  ${line}`))
  for (const note of report.notes) add(words.note, { text: noteText(note, output.language) })
  return lines
}
