import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Comparison, CompareProgress } from '../../contract/compare.ts'
import { PenstockError } from '../../contract/errors.ts'
import { comparisonCsv, variantName } from '../../messages/index.ts'
import { queueSentences } from '../../messages/verdict.ts'
import {
  assertComparable,
  comparePreset,
  durabilitiesOf,
  makeCompareFolder,
  openPenstock,
  startLocalTarget,
  writeBigFile,
  type CompareTarget,
} from '../../core/index.ts'
import type { CompareArgs } from '../args/types.ts'
import { comparisonLines } from '../compare/table.ts'
import { temporaryFolder, withPenstock, type Context, type Product } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { pinFrom } from '../terminal/pin.ts'
import { absolutePath } from '../system-bytes.ts'

const RESOLVE_MS = 5000
/** The two cases of a message queue. */
const QUEUES = ['log', 'scattered'] as const

/** `penstock compare`: sends the same files to the same receiver by one technique after the other and compares them. */
export async function compare(args: CompareArgs, context: Context): Promise<ExitCode> {
  if (args.techniques !== null) await assertComparable(args.techniques)
  const csv = args.csv === null ? null : absolutePath(args.csv)
  const parent = args.dir === null ? temporaryFolder() : absolutePath(args.dir)
  const place = await makeCompareFolder(parent)
  try {
    const comparisons = await (args.to === null
      ? withLocalTarget(args, context, place)
      : withPenstock(context, (penstock) => withRemoteTarget(args, context, place, penstock)))
    await printResults(comparisons, csv, context)
    const measured = comparisons.every(({ rows }) => rows.some(({ report }) => report !== null))
    return measured ? EXIT.done : EXIT.failed
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function withLocalTarget(args: CompareArgs, context: Context, place: string): Promise<Comparison[]> {
  const penstock = await openPenstock({
    stateDir: join(place, 'sender-state'),
    alias: null,
    onProgrammingError: context.onProgrammingError,
  })
  try {
    const target = await startLocalTarget(
      context.self,
      penstock,
      place,
      args.check,
      durabilitiesOf(args.preset),
    )
    try {
      return await measure({ ...args, pin: null }, context, place, penstock, target)
    } finally {
      await target.close()
    }
  } finally {
    await penstock.close()
  }
}

/** Files received by a remote device stay there: they cannot be removed from here. */
async function withRemoteTarget(args: CompareArgs, context: Context, place: string, penstock: Product) {
  const pin = await pinFrom(args.pin, context.output.words.send.pinQuestion, context)
  const device = await penstock.peers.resolve(args.to ?? '', RESOLVE_MS)
  context.output.note(context.output.text(context.output.words.compare.staysThere, { peer: device.alias }))
  const target = {
    deviceOf: () => device,
    peer: device.alias,
    fileSystem: null,
    report: () => Promise.resolve(null),
    clear: () => Promise.resolve(),
  }
  return measure({ ...args, pin }, context, place, penstock, target)
}

async function measure(
  args: Omit<CompareArgs, 'pin'> & { readonly pin: string | null },
  { output, interrupt }: Context,
  place: string,
  penstock: Product,
  target: CompareTarget,
): Promise<Comparison[]> {
  const path = args.path === null ? await makeFile(args, place, interrupt.signal) : absolutePath(args.path)
  const comparisons: Comparison[] = []
  for (const preset of args.preset === 'queues' ? QUEUES : [args.preset]) {
    const { techniques, runs, check, pin } = args
    comparisons.push(
      await comparePreset(penstock, target, {
        ...{ preset, path, techniques, runs, check, pin },
        signal: interrupt.signal,
        onProgress: (progress) => {
          const words = output.words.compare
          const template = progress.round === 0 ? words.warmUp : words.round
          output.note(output.text(template, progressParams(progress)))
        },
      }),
    )
  }
  return comparisons
}

function progressParams({ round, rounds, variant, done, total }: CompareProgress) {
  return { round, rounds, technique: variantName(variant), number: done + 1, total }
}

async function makeFile(
  { sizeBytes }: Pick<CompareArgs, 'sizeBytes'>,
  place: string,
  signal: AbortSignal,
): Promise<string> {
  const path = join(place, 'file')
  try {
    await writeBigFile(path, sizeBytes, signal)
  } catch (error) {
    if (signal.aborted) throw new PenstockError('cancelled-here', {}, { cause: error })
    throw error
  }
  return path
}

async function printResults(
  comparisons: readonly Comparison[],
  csv: string | null,
  { output }: Context,
): Promise<void> {
  for (const comparison of comparisons) {
    const { rows, ...rest } = comparison
    for (const { report, ...row } of rows) output.event({ ...report, event: 'report', compare: row })
    output.event({ event: 'comparison', ...rest })
    for (const line of comparisonLines(comparison, output)) output.print(line)
    output.print('')
  }
  const [log, scattered] = comparisons
  if (log && scattered) for (const line of queueSentences(log, scattered, output.language)) output.print(line)
  if (csv !== null) await writeFile(csv, comparisonCsv(...comparisons))
}
