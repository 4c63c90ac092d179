import type { Device } from '../../contract/device.ts'
import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Choice, Reason, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import type { Security } from '../../contract/report.ts'
import { walk } from '../files/walk.ts'
import { fileSystemOf, planFacts, routeTo, sourceFacts } from './facts.ts'
import { planReceive, planSend } from './plan.ts'

/** One row of the table of techniques, for this machine, this path and this route. */
export interface TechniqueRow<T extends Technique> {
  readonly technique: T
  /** Whether it can be asked for here. */
  readonly available: boolean
  /** Whether it is what the plan takes. */
  readonly chosen: boolean
  readonly reason: Reason
}

export interface TechniqueTable {
  readonly send: readonly TechniqueRow<SendTechnique>[]
  readonly receive: readonly TechniqueRow<ReceiveTechnique>[]
  /** File system of the path; null where none was named. */
  readonly fileSystem: string | null
  /** What would be sent; null where no path was named. */
  readonly source: SourceFacts | null
  /** The way to the peer; null where none was named, or where it is not known. */
  readonly route: RouteFacts | null
}

function rowsOf<T extends Technique>(choice: Choice<T>, supported: readonly Technique[]): TechniqueRow<T>[] {
  const first = { technique: choice.technique, available: true, chosen: true, reason: choice.reason }
  const others = choice.rejected.map(({ technique, why }) => ({
    technique,
    available: supported.includes(technique) && why.code !== 'needs-clear',
    chosen: false,
    reason: why,
  }))
  return [first, ...others]
}

/**
 * What a transfer of `path` to `to` would take, and why not the others; without them what this machine can do. A LocalSend
 * device takes request bodies only. Throws as `walk` does.
 */
export async function planTechniques(
  options: { readonly path?: string; readonly to?: Device } = {},
): Promise<TechniqueTable> {
  const { path, to } = options
  const [source, route] = await Promise.all([
    path === undefined ? null : sourceOf(path),
    to === undefined ? null : routeTo(to.host),
  ])
  const security: Security = to?.kind === 'localsend' ? to.protocol : 'clear'
  const facts = planFacts(security, { source, route })
  return {
    send: rowsOf(planSend(facts, 'auto'), facts.supported.send),
    receive: rowsOf(planReceive(facts, 'auto'), facts.supported.receive),
    fileSystem: path === undefined ? null : fileSystemOf(path),
    source,
    route,
  }
}

async function sourceOf(path: string): Promise<SourceFacts> {
  const { entries } = await walk([path], new AbortController().signal)
  return sourceFacts(entries.filter(({ type }) => type === 'file'))
}
