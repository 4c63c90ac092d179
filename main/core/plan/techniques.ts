import { addon } from '../../../native/index.ts'
import type { Device } from '../../contract/device.ts'
import type { Choice, Reason, ReceiveTechnique, SendTechnique, Technique } from '../../contract/technique.ts'
import type { Security } from '../../contract/report.ts'
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

/** What can run here, and why not the others. A LocalSend device takes request bodies only. */
export function planTechniques(
  options: { readonly path?: string; readonly to?: Device } = {},
): Promise<TechniqueTable> {
  const supported = addon.supportedTechniques()
  const security: Security = options.to?.kind === 'localsend' ? options.to.protocol : 'clear'
  const facts = { platform: process.platform, security, supported }
  return Promise.resolve({
    send: rowsOf(planSend(facts, 'auto'), supported.send),
    receive: rowsOf(planReceive(facts, 'auto'), supported.receive),
    fileSystem: options.path === undefined ? null : addon.fileSystem(options.path).type,
  })
}
