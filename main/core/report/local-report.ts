import type { CopierSample } from '../../../native/index.ts'
import type { PeerSummary } from '../../contract/device.ts'
import {
  LOCAL_COPY,
  type Durability,
  type Note,
  type NotDelivered,
  type TransferReport,
} from '../../contract/report.ts'
import { COPY_TECHNIQUES, type Choice, type CopyTechnique, type Reason } from '../../contract/technique.ts'
import { countLocalCopies, type LocalCopyFacts } from './local-copies.ts'

/** The facts of a completed copy on this machine; the rest of the report comes from the copier's sample. */
export interface LocalReportFacts extends Pick<LocalCopyFacts, 'sharesBlocks' | 'sourceType' | 'targetType'> {
  readonly transferId: string
  readonly peer: PeerSummary
  readonly entries: number
  readonly files: number
  readonly bytes: number
  readonly seconds: number
  readonly notDelivered: readonly NotDelivered[]
  readonly notes: readonly Note[]
  readonly durability: Durability
  readonly choice: Choice<CopyTechnique>
  readonly sample: CopierSample
  readonly cpuAtStart: NodeJS.CpuUsage
}

/** The technique that carried the most bytes; the last one used if none carried any. */
export function mainTechnique({ bytesBy, technique }: CopierSample): CopyTechnique {
  return COPY_TECHNIQUES.reduce((best, one) => (bytesBy[one] > bytesBy[best] ? one : best), technique)
}

/** Why that technique ran: the plan's reason, or the failure of the one before it. */
export function reasonFor(sample: CopierSample, choice: Choice<CopyTechnique>): Reason {
  const last = sample.fellBackFrom.at(-1)
  if (last === undefined || mainTechnique(sample) === choice.technique) return choice.reason
  return { code: 'fell-back', params: { syscall: last.syscall, code: last.code } }
}

/** The closing report of a copy on this machine. Nothing went over a connection, and no bytes were checked. */
export function makeLocalReport(facts: LocalReportFacts): TransferReport {
  const { sample, choice, seconds, bytes } = facts
  const cpu = process.cpuUsage(facts.cpuAtStart)
  return {
    transferId: facts.transferId,
    role: 'sender',
    peer: facts.peer,
    entries: facts.entries,
    files: facts.files,
    bytes,
    resumedBytes: 0,
    seconds,
    bytesPerSecond: seconds > 0 ? Math.round(bytes / seconds) : 0,
    ...LOCAL_COPY,
    verified: false,
    notDelivered: facts.notDelivered,
    notes: facts.notes,
    durability: facts.durability,
    streams: 0,
    technique: mainTechnique(sample),
    reason: reasonFor(sample, choice),
    fellBackFrom: sample.fellBackFrom.map(({ technique, code, syscall }) => ({
      technique,
      why: { code: 'fell-back', params: { code, syscall } },
    })),
    mapOptions: null,
    dontcache: null,
    syscalls: sample.syscalls,
    contextSwitches: sample.contextSwitches,
    cpuSeconds: sample.cpuSeconds,
    processCpuSeconds: { user: cpu.user / 1e6, system: cpu.system / 1e6 },
    check: { mode: 'off', bytes: 0 },
    pageFaults: sample.pageFaults,
    userCopyBytes: sample.userCopyBytes,
    kernelCopiedBytes: null,
    cachedPagesLeft: null,
    copies: countLocalCopies({ ...facts, ...sample }),
    // One call reads and writes: no stage can be told from another.
    limitedBy: null,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}
