import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Technique } from '../../contract/technique.ts'
import {
  assertPaths,
  planCopyTechniques,
  planTechniques,
  type CopyTarget,
  type TechniqueRow,
} from '../../core/index.ts'
import type { TechniquesArgs } from '../args.ts'
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
  const { source, route } = plan
  output.event({ event: 'facts', source, route })
  if (source !== null) output.print(sourceLine(source, context))
  if (route !== null) output.print(routeLine(route, context))
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

/** The table of techniques, one line each. */
function printTable(
  groups: readonly (readonly [Direction, readonly TechniqueRow<Technique>[]])[],
  { output }: Context,
): void {
  const rows: string[][] = []
  for (const [direction, lines] of groups) {
    for (const { technique, available, chosen, reason } of lines) {
      const message = output.reason(reason)
      output.event({ event: 'technique', direction, technique, available, chosen, reason, message })
      const { directions, yes, no } = output.words
      rows.push([directions[direction], technique, available ? yes : no, chosen ? yes : '', message])
    }
  }
  const { direction, technique, available, chosen, reason } = output.words.headers
  for (const line of table([direction, technique, available, chosen, reason], rows)) output.print(line)
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
