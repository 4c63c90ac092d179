import type {
  Comparison,
  ComparePreset,
  CompareProgress,
  CompareRow,
  CompareVariant,
} from '../../contract/compare.ts'
import type { Device } from '../../contract/device.ts'
import { PenstockError, toProblem, type Problem } from '../../contract/errors.ts'
import type { Durability, TransferReport } from '../../contract/report.ts'
import { isSealing } from '../../contract/technique.ts'
import type { Penstock, SendOptions, Transfer } from '../api.ts'
import { titleOf } from '../source/given-paths.ts'
import { turnsOf } from './rounds.ts'
import { medianItem, spreadOf } from './statistics.ts'
import { textbookCount } from './variants.ts'
import { verdictOf } from './verdict.ts'

const GIB = 1024 ** 3

/** The other end of a comparison. */
export interface CompareTarget {
  /** The receiver of this durability; of null, the one that there is. */
  deviceOf(durability: Durability | null): Device
  /** Name of the device; null for the comparison's own receiver on this machine. */
  readonly peer: string | null
  /** File system of the received files; null if not known. */
  readonly fileSystem: string | null
  /** The report of that receiver about a completed transfer; null if it sends none. */
  report(transferId: string, durability: Durability | null): Promise<TransferReport | null>
  /** Removes the received files, if this machine can. */
  clear(): Promise<void>
}

export interface CompareOptions {
  readonly preset: ComparePreset
  readonly variants: readonly CompareVariant[]
  /** Measured rounds of each variant, not counting the warm-up. */
  readonly runs: number
  /** What each round sends, and whether it is checked. Encrypted if the technique encrypts. */
  readonly what: Pick<SendOptions, 'paths' | 'slices' | 'check' | 'pin'>
  readonly signal: AbortSignal
  readonly onProgress: (progress: CompareProgress) => void
}

/** One measured transfer. */
interface Run {
  readonly report: TransferReport
  readonly receiver: TransferReport | null
}

type Gathered =
  { readonly kind: 'runs'; readonly runs: Run[] } | { readonly kind: 'problem'; readonly problem: Problem }

function cpuPerGib({ cpuSeconds, bytes }: TransferReport): number | null {
  return cpuSeconds === null || bytes === 0 ? null : ((cpuSeconds.user + cpuSeconds.system) * GIB) / bytes
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null)
}

function rowOf(variant: CompareVariant, gathered: Gathered): CompareRow {
  const runs = gathered.kind === 'runs' ? gathered.runs : []
  const typical = medianItem(runs, ({ report }) => report.bytesPerSecond)
  return {
    variant,
    runs: runs.length,
    bytesPerSecond: spreadOf(runs.map(({ report }) => report.bytesPerSecond)),
    seconds: spreadOf(runs.map(({ report }) => report.seconds)),
    senderCpuPerGib: spreadOf(present(runs.map(({ report }) => cpuPerGib(report)))),
    receiverCpuPerGib: spreadOf(present(runs.map(({ receiver }) => (receiver ? cpuPerGib(receiver) : null)))),
    report: typical?.report ?? null,
    receiverReport: typical?.receiver ?? null,
    textbook: textbookCount(variant),
    problem: gathered.kind === 'problem' ? gathered.problem : null,
  }
}

/** Sends once. Throws the problem if it is not delivered completely, or if another technique replaced the requested one. */
async function sendOnce(
  penstock: Pick<Penstock, 'send'>,
  target: CompareTarget,
  { what, signal }: CompareOptions,
  variant: CompareVariant,
): Promise<Run> {
  signal.throwIfAborted()
  const { technique, bufferBytes, mapOptions, durability } = variant
  const transfer = penstock.send({
    ...what,
    to: target.deviceOf(durability),
    security: isSealing(technique) ? 'encrypted' : 'clear',
    technique,
    bufferBytes,
    ...(mapOptions === null ? {} : { mapOptions }),
    streams: 1,
  })
  const report = await deliveredBy(transfer, signal)
  const [fall] = report.fellBackFrom
  if (report.technique !== technique) {
    throw new PenstockError('technique-unavailable', { technique, why: fall?.why.code ?? process.platform })
  }
  const undone = report.mapOptions?.find(({ windows, of }) => windows < of)
  if (mapOptions !== null && undone !== undefined) {
    throw new PenstockError('technique-unavailable', {
      technique: `${technique} ${undone.option}`,
      why: undone.why?.code ?? process.platform,
    })
  }
  return { report, receiver: await target.report(transfer.id, durability) }
}

async function deliveredBy(transfer: Transfer, signal: AbortSignal): Promise<TransferReport> {
  const cancel = (): void => {
    transfer.cancel()
  }
  signal.addEventListener('abort', cancel, { once: true })
  const end = await transfer.ended
  signal.removeEventListener('abort', cancel)
  if (end.kind !== 'done') throw new PenstockError(end.problem.code, end.problem.params)
  return end.report
}

/**
 * Sends the same files to the same receiver by each variant in turn and collects the measurements. A variant that cannot run
 * becomes a row with its problem; the others continue.
 * @throws PenstockError `cancelled-here` if the signal aborts; errors of the receiver
 */
export async function compare(
  penstock: Pick<Penstock, 'send'>,
  target: CompareTarget,
  options: CompareOptions,
): Promise<Comparison> {
  const { preset, variants, runs, signal, onProgress } = options
  const { peer } = target
  const gathered = new Map<CompareVariant, Gathered>(
    variants.map((variant) => [variant, { kind: 'runs', runs: [] }]),
  )
  const rows = (): CompareRow[] => [...gathered].map(([variant, found]) => rowOf(variant, found))
  const turns = turnsOf(variants, runs)
  for (const [done, { round, variant }] of turns.entries()) {
    const found = gathered.get(variant)
    if (found?.kind !== 'runs') continue
    onProgress({ preset, peer, round, rounds: runs, variant, done, total: turns.length, rows: rows() })
    try {
      const run = await sendOnce(penstock, target, options, variant)
      if (round > 0) found.runs.push(run)
    } catch (error) {
      if (signal.aborted) throw new PenstockError('cancelled-here', {}, { cause: error })
      gathered.set(variant, { kind: 'problem', problem: toProblem(error) })
    }
    await target.clear()
  }
  return closing(options, target, rows())
}

function closing(
  { preset, what }: CompareOptions,
  { peer, fileSystem }: CompareTarget,
  rows: readonly CompareRow[],
): Comparison {
  const any = rows.find(({ report }) => report !== null)?.report
  const [path = ''] = what.paths
  return {
    preset,
    peer,
    fileSystem,
    title: titleOf(path),
    files: any?.files ?? 0,
    bytes: any?.bytes ?? 0,
    check: what.check,
    rows,
    verdict: verdictOf(rows, preset),
  }
}
