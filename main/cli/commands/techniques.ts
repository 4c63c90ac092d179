import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Technique } from '../../contract/technique.ts'
import {
  assertPaths,
  planCopyTechniques,
  planTechniques,
  type CopyTarget,
  type TechniqueRow,
  type TransferRow,
} from '../../core/index.ts'
import type { TechniquesArgs } from '../args/types.ts'
import { withPenstock, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { table } from '../output/output.ts'
import { absolutePath } from '../system-bytes.ts'

const RESOLVE_MS = 5000

/** `penstock techniques`: the techniques that can run for this file and this route, and why the others cannot. */
export async function techniques(
  { path: given, to, folder }: TechniquesArgs,
  context: Context,
): Promise<ExitCode> {
  const path = given === null ? null : absolutePath(given)
  if (path !== null) await assertPaths([path])
  return folder === null ? transfers(path, to, context) : copies(path, absolutePath(folder), context)
}

async function transfers(path: string | null, to: string | null, context: Context): Promise<ExitCode> {
  const { output } = context
  const device =
    to === null ? null : await withPenstock(context, ({ peers }) => peers.resolve(to, RESOLVE_MS))
  const plan = await planTechniques({
    ...(path === null ? {} : { path }),
    ...(device === null ? {} : { to: device }),
  })
  const { source, route, cipherLibrary } = plan
  output.event({ event: 'facts', source, route, cipherLibrary })
  if (source !== null) output.print(sourceLine(source, context))
  if (route !== null) output.print(routeLine(route, context))
  output.print(cipherLine(cipherLibrary, context))
  printTable(
    [
      ['send', plan.send],
      ['receive', plan.receive],
    ],
    context,
  )
  return EXIT.done
}

/** For a copy on this machine, which has other techniques. */
async function copies(path: string | null, dir: string, context: Context): Promise<ExitCode> {
  const { output } = context
  const { copy, source, target } = await planCopyTechniques({ path, dir })
  output.event({ event: 'facts', source, target })
  if (source !== null) output.print(sourceLine(source, context))
  output.print(targetLine(target, context))
  printTable([['copy', copy]], context)
  return EXIT.done
}

type Direction = 'send' | 'receive' | 'copy'

/** A row of a transfer, or of a copy on this machine, which has no encryption. */
type Row = TechniqueRow<Technique> & Partial<Pick<TransferRow<Technique>, 'security'>>

/** The table of techniques, one line each. */
function printTable(groups: readonly (readonly [Direction, readonly Row[]])[], { output }: Context): void {
  const { directions, securities, yes, no, headers } = output.words
  const rows: string[][] = []
  for (const [direction, lines] of groups) {
    for (const row of lines) {
      const { technique, security, available, chosen, reason } = row
      const message = output.reason(reason)
      output.event({ event: 'technique', direction, ...row, message })
      const transfers = security === undefined ? [] : [securities[security]]
      const name = [directions[direction], ...transfers, technique]
      rows.push([...name, available ? yes : no, chosen ? yes : '', message])
    }
  }
  const isCopy = groups.every(([direction]) => direction === 'copy')
  const { direction, encryption, technique, available, chosen, reason } = headers
  const name = [direction, ...(isCopy ? [] : [encryption]), technique]
  for (const line of table([...name, available, chosen, reason], rows)) output.print(line)
}

function cipherLine(library: string | null, { output }: Context): string {
  const { cipherLibrary, noCipherLibrary } = output.words.facts
  return library === null ? noCipherLibrary : output.text(cipherLibrary, { library })
}

function targetLine({ folder, fileSystem, sharesBlocks }: CopyTarget, { output }: Context): string {
  const { target, sharing, notSharing, sharingUnknown } = output.words.facts
  return output.text(target, {
    folder,
    sharing: sharesBlocks === null ? sharingUnknown : sharesBlocks ? sharing : notSharing,
    ...(fileSystem === null ? {} : { fileSystem }),
  })
}

function sourceLine({ files, bytes, cachedShare, fileSystem }: SourceFacts, { output }: Context): string {
  return output.text(output.words.facts.source, {
    files,
    bytes,
    ...(fileSystem === null ? {} : { fileSystem }),
    ...(cachedShare === null ? {} : { cached: Math.round(cachedShare * 100) }),
  })
}

function routeLine(route: RouteFacts, { output }: Context): string {
  const { facts } = output.words
  const { scatterGather, tso, tlsOffload } = route
  const features = [
    [facts.scatterGather, scatterGather],
    [facts.tso, tso],
    [facts.tlsOffload, tlsOffload],
  ] as const
  const states = features.map(([name, on]) =>
    output.text(facts.feature, { name, state: on === null ? facts.unknown : on ? facts.on : facts.off }),
  )
  const { interfaceName, driver, mtu, linkMbps, virtual, sameMachine } = route
  return output.text(facts.route, {
    interface: interfaceName ?? facts.unknown,
    features: states.join(facts.and),
    ...(driver === null ? {} : { driver }),
    ...(mtu === null ? {} : { mtu }),
    ...(linkMbps === null ? {} : { speed: linkMbps }),
    ...(virtual ? { virtual: facts.virtual } : {}),
    ...(sameMachine ? { here: facts.sameMachine } : {}),
  })
}
