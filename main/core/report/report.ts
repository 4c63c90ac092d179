import type { EngineSample } from '../../../native/index.ts'
import type { PeerSummary } from '../../contract/device.ts'
import type {
  Conveyance,
  CopyCount,
  Counters,
  Durability,
  NotDelivered,
  Note,
  TransferReport,
} from '../../contract/report.ts'
import type { Choice, Reason, Technique } from '../../contract/technique.ts'
import type { Limit } from '../../contract/limit.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import { dontcacheOf } from './dontcache.ts'
import { limitedBy } from './limited-by.ts'
import { mapOptionsOf } from './map-options.ts'
import { countCopies, meanCopies, type RouteOfBytes } from './copies.ts'

/** The facts of a completed transfer; the rest of the report comes from the engine's sample. */
export interface ReportFacts {
  readonly transferId: string
  readonly role: 'sender' | 'receiver'
  readonly peer: PeerSummary
  readonly entries: number
  readonly files: number
  readonly bytes: number
  readonly seconds: number
  readonly conveyance: Conveyance
  readonly check: boolean
  readonly notDelivered: readonly NotDelivered[]
  readonly notes: readonly Note[]
  readonly durability: Durability | null
  readonly streams: number
  readonly technique: Technique | null
  readonly reason: Reason | null
  readonly route: RouteOfBytes | null
  /** The engine's counters if it moved the bytes; null if Node moved them all. */
  readonly sample: EngineSample | null
  /** The other end, as it last reported itself. */
  readonly reported: TechniqueNow
  readonly cpuAtStart: NodeJS.CpuUsage
  readonly cachedPagesLeft: number | null
}

/** The facts from which the copies of one end are derived. */
export interface CopyFacts {
  readonly role: 'sender' | 'receiver'
  readonly technique: Technique | null
  readonly conveyance: Conveyance
  readonly route: RouteOfBytes | null
  readonly sample: EngineSample | null
}

/** Copies per byte so far; null if no rule applies. */
export function copiesOf({ role, technique, conveyance, route, sample }: CopyFacts): CopyCount | null {
  const ran = sample?.technique ?? technique
  if (ran === null || route === null || sample === null) return null
  return withCheck(meanCopies(role, ran, conveyance, route, sample), sample)
}

/** Adds the copies of the check: each byte that it reads crosses into user space once. */
function withCheck(
  copies: CopyCount | null,
  { checkBytes, bytes, holeBytes }: EngineSample,
): CopyCount | null {
  const moved = bytes - holeBytes
  if (copies === null || checkBytes === 0 || moved <= 0) return copies
  return { ...copies, check: Math.round((checkBytes / moved) * 100) / 100 }
}

/** Bytes that passed through buffers in user space. */
function userBytesOf({ userCopyBytes, checkBytes }: EngineSample): number {
  return userCopyBytes + checkBytes
}

/** Copies per byte at the other end, by the technique that it reported. */
export function peerCopiesOf({
  role,
  technique,
  conveyance,
  route,
}: Omit<CopyFacts, 'sample'>): CopyCount | null {
  if (technique === null) return null
  // The other end's interface and disk are not known here. A receiver's copies do not depend on the interface; a sender's
  // may.
  const itsRoute = {
    scatterGather: null,
    virtual: route?.virtual ?? false,
    sameMachine: route?.sameMachine ?? false,
    fileSystem: null,
    cachedShare: null,
  }
  return countCopies(role === 'sender' ? 'receiver' : 'sender', technique, conveyance, itsRoute)
}

/** The plan's choice, or the technique that replaced it after the system refused it. */
export function choiceNow<T extends Technique>(
  choice: Choice<T>,
  sample: EngineSample | null,
): Choice<T | EngineSample['technique']> {
  const refused = sample?.fellBackFrom.some(({ technique }) => technique === choice.technique) === true
  if (!refused || sample.technique === choice.technique) return choice
  return { ...choice, technique: sample.technique, reason: fellBackReason(sample) }
}

/**
 * What the other end receives: the technique in use here. Small files may use another technique than large ones, so during
 * the transfer it is the plan's choice, and at the end the report's.
 */
export function techniqueNow(choice: Choice, sample: EngineSample | null, ended: boolean): TechniqueNow {
  return {
    technique: ended && sample ? sample.technique : choiceNow(choice, sample).technique,
    fellBackFrom: sample?.fellBackFrom[0]?.technique ?? null,
    streamSeconds: sample?.streamSeconds ?? null,
    verdict: null,
  }
}

/** The facts that name what limits a transfer, as one end has them. */
export interface LimitView {
  readonly role: 'sender' | 'receiver'
  /** Null if Node moved bytes. */
  readonly sample: EngineSample | null
  readonly reported: TechniqueNow
  readonly seconds: number
  readonly bytes: number
}

/** What limits the rate. A receiver's report, once it is there, holds for both ends: they measure at different moments. */
export function limitOf({ role, sample, reported, seconds, bytes }: LimitView): Limit | null {
  if (sample === null) return null
  if (role === 'sender' && reported.verdict !== null) return reported.verdict.limitedBy
  const [own, other] = [sample.streamSeconds, reported.streamSeconds]
  const [sender, receiver] = role === 'sender' ? [own, other] : [other, own]
  return limitedBy({ sender, receiver, seconds, bytes })
}

/** Windows does not report a thread's context switches and page faults: the addon's 0 is not a measurement there. */
const REPORTS_EVENTS = process.platform !== 'win32'

/** Counters for the screen; null if the engine's threads do not do all of the work (a request body through Node). */
export function liveCounters(sample: EngineSample | null, { carrier }: Conveyance): Counters | null {
  if (!sample || carrier !== 'engine') return null
  const { syscalls, cpuSeconds } = sample
  return {
    syscalls,
    contextSwitches: REPORTS_EVENTS ? sample.contextSwitches : null,
    cpuSeconds,
    userCopyBytes: userBytesOf(sample),
    kernelCopiedBytes: kernelCopiedOf(sample),
  }
}

function checkOf(facts: ReportFacts): TransferReport['check'] {
  const { cipher, carrier } = facts.conveyance
  const bytes = facts.sample?.checkBytes ?? null
  // The tag is the check, and the cipher reads every byte anyway.
  if (cipher !== 'none') return { mode: 'cipher', bytes: carrier === 'engine' ? bytes : null }
  return { mode: carrier === 'engine' && facts.check ? 'crc32c' : 'off', bytes }
}

/** The final report. Figures of a path through Node are null if not measured. */
export function makeReport(facts: ReportFacts): TransferReport {
  const { sample, conveyance, role } = facts
  const { cipher, carrier } = conveyance
  const measured = carrier === 'engine' ? sample : null
  const technique = measured?.technique ?? facts.technique
  const cpu = process.cpuUsage(facts.cpuAtStart)
  return {
    transferId: facts.transferId,
    role,
    peer: facts.peer,
    entries: facts.entries,
    files: facts.files,
    bytes: facts.bytes,
    resumedBytes: 0,
    seconds: facts.seconds,
    bytesPerSecond: facts.seconds > 0 ? Math.round(facts.bytes / facts.seconds) : 0,
    ...conveyance,
    verified: cipher !== 'none' || (carrier === 'engine' && facts.check),
    notDelivered: facts.notDelivered,
    notes: facts.notes,
    durability: facts.durability,
    streams: facts.streams,
    technique,
    reason: measured && measured.fellBackFrom.length > 0 ? fellBackReason(measured) : facts.reason,
    fellBackFrom: (measured?.fellBackFrom ?? []).map(({ technique: from, code, syscall }) => ({
      technique: from,
      why: { code: 'fell-back', params: { code, syscall } },
    })),
    mapOptions: measured === null ? null : mapOptionsOf(measured),
    dontcache: measured === null ? null : dontcacheOf(measured),
    syscalls: measured?.syscalls ?? null,
    contextSwitches: REPORTS_EVENTS ? (measured?.contextSwitches ?? null) : null,
    cpuSeconds: measured?.cpuSeconds ?? null,
    processCpuSeconds: { user: cpu.user / 1e6, system: cpu.system / 1e6 },
    check: checkOf(facts),
    pageFaults: REPORTS_EVENTS ? (measured?.pageFaults ?? null) : null,
    userCopyBytes: measured && userBytesOf(measured),
    kernelCopiedBytes: measured && kernelCopiedOf(measured),
    cachedPagesLeft: facts.cachedPagesLeft,
    copies: copiesOf({ role, technique, conveyance, route: facts.route, sample: measured }),
    limitedBy: limitOf({ ...facts, sample: measured }),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

function kernelCopiedOf({ bytesBy, kernelCopiedBytes }: EngineSample): number | null {
  return bytesBy.zerocopy > 0 ? kernelCopiedBytes : null
}

function fellBackReason(sample: EngineSample): Reason {
  const last = sample.fellBackFrom.at(-1)
  return { code: 'fell-back', params: { syscall: last?.syscall ?? '', code: last?.code ?? '' } }
}
