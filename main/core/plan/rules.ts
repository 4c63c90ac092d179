import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Reason, ReceiveTechnique, SendTechnique } from '../../contract/technique.ts'
import type { PlanFacts } from './plan.ts'

/** One rule of the choice. The first rule that applies and whose technique can run decides. */
export interface Rule<T> {
  readonly technique: T
  /** Of `readwrite`: it leaves nothing in the page cache. */
  readonly dontcache?: true
  /** The reason if the rule applies, else null. */
  readonly because: (facts: PlanFacts) => Reason | null
}

/**
 * Scattered pieces up to this mean size are sent from mappings, many per call; longer ones by one sendfile call each.
 * Measured on two cores shared with other work, over loopback (where sendfile copies nothing), cached, every eighth piece of
 * a file, the sender's CPU seconds per GiB of gather and sendfile (medians of four alternating rounds of 16 384 pieces):
 * 2.04 and 3.67 with pieces of 346 bytes on average; 1.22 and 1.26, which is within the spread, with 1.4 KB; 0.93 and 0.49
 * with 5.5 KB. Pieces further apart than the 64 KiB that one page fault maps cost a fault each; `penstock compare --preset
 * queues` measures this machine.
 */
const SCATTERED_BYTES = 1024
/**
 * Files up to this mean size are read into one buffer, many per call, if the route has short segments: by sendfile each
 * costs a call, some segments and a wake-up of the receiver. Measured on two cores over veth (segments of 1448 bytes),
 * tmpfs, 10 000 files of 4 KiB, no checks, the sender's CPU seconds (medians of five alternating rounds): readwrite 0.058,
 * gather 0.116, splice 0.124, sendfile 0.127, mmap 0.315. Over loopback, with segments of 64 KiB, they are equal (0.046 to
 * 0.050).
 */
const SMALL_BYTES = 16 * 1024
/** With fewer files the choice of a technique does not matter. */
const MANY_FILES = 64
/** From this size on, most bytes of a piece lie in whole disk blocks. */
const LONG_BYTES = 8 * 1024 * 1024
/** A share below this counts as "not cached". */
const HARDLY_CACHED = 0.1

function percent(share: number): number {
  return Math.round(share * 100)
}

/** Scattered pieces of files, as a message broker reads messages from one log. */
function scattered(source: SourceFacts): boolean {
  return inPieces(source) && source.bytes / source.pieces <= SCATTERED_BYTES
}

function inPieces({ pieces, files }: SourceFacts): boolean {
  return pieces > files
}

/** Many small files to another machine. `transmitfile` sends small files from one buffer anyway. */
function manySmall({ source, route, platform }: PlanFacts): boolean {
  if (platform === 'win32' || source === null || route === null || route.sameMachine) return false
  return !inPieces(source) && source.files >= MANY_FILES && source.bytes / source.files <= SMALL_BYTES
}

/** A source larger than memory has left the page cache before it is read again. */
function fitsInCache({ source, memoryBytes }: PlanFacts): boolean {
  return source === null || source.bytes <= memoryBytes
}

/** What the sender would add to the page cache is more than this machine has free for it. */
function crowdsSource({ source, freeMemoryBytes }: PlanFacts): boolean {
  if (source === null || !source.skipsCache) return false
  return source.bytes * (1 - (source.cachedShare ?? 0)) > freeMemoryBytes
}

/** The same for a receiver. */
function crowdsTarget({ source, freeMemoryBytes, targetSkipsCache }: PlanFacts): boolean {
  return source !== null && targetSkipsCache && source.bytes > freeMemoryBytes
}

function largerThanFree({ source, freeMemoryBytes }: PlanFacts): Reason {
  return {
    code: 'larger-than-free-memory',
    params: { bytes: source?.bytes ?? 0, memory: freeMemoryBytes },
  }
}

function inMemory(fileSystem: string | null): boolean {
  return fileSystem === 'tmpfs' || fileSystem === 'ramfs'
}

function hardlyCached({ source }: PlanFacts): boolean {
  return source !== null && source.cachedShare !== null && source.cachedShare < HARDLY_CACHED
}

function interfaceOf(route: RouteFacts | null): { interface: string } | undefined {
  return route?.interfaceName ? { interface: route.interfaceName } : undefined
}

function inOrder({ source, route }: PlanFacts): Reason {
  if (route?.sameMachine === true) return { code: 'socket-to-this-machine' }
  if (route?.scatterGather === false) return { code: 'no-scatter-gather', params: { ...interfaceOf(route) } }
  if (source === null || source.files === 0) return { code: 'whole-files-in-order' }
  if (inPieces(source))
    return { code: 'pieces-by-calls', params: { pieces: source.pieces, mean: meanOf(source) } }
  const { files, bytes, cachedShare } = source
  const cached = cachedShare === null ? {} : { cached: percent(cachedShare) }
  return { code: 'whole-files-in-order', params: { files, bytes, ...cached } }
}

export const SEND_RULES: readonly Rule<SendTechnique>[] = [
  {
    technique: 'gather',
    because: ({ source }) =>
      source !== null && scattered(source)
        ? { code: 'scattered-pieces', params: { pieces: source.pieces, mean: meanOf(source) } }
        : null,
  },
  {
    technique: 'readwrite',
    dontcache: true,
    because: (facts) => (crowdsSource(facts) ? largerThanFree(facts) : null),
  },
  {
    technique: 'readwrite',
    because: (facts) =>
      facts.source !== null && manySmall(facts)
        ? { code: 'many-small-files', params: { files: facts.source.files, mean: meanOf(facts.source) } }
        : null,
  },
  { technique: 'sendfile', because: inOrder },
  { technique: 'transmitfile', because: inOrder },
  { technique: 'mmap', because: () => ({ code: 'nothing-better-here' }) },
  { technique: 'readwrite', because: () => ({ code: 'nothing-better-here' }) },
  { technique: 'ktls', because: () => ({ code: 'kernel-encrypts' }) },
  { technique: 'seal', because: () => ({ code: 'engine-encrypts' }) },
]

/**
 * Measured on two cores, loopback, new files on ext4, with checks, the receiver's CPU seconds per GiB (medians of five
 * alternating rounds of 512 MiB): direct 0.58, readwrite 1.99, splice 2.03, mmap 2.54, all at the disk's rate. Into tmpfs:
 * direct, which is buffered there, 0.78, readwrite 0.90, splice 1.01, mmap 1.33. `direct` bypasses the page cache, which the
 * next reader would use; so it is chosen only for data that would not stay there anyway.
 */
export const RECEIVE_RULES: readonly Rule<ReceiveTechnique>[] = [
  { technique: 'direct', because: largerThanMemory },
  {
    technique: 'readwrite',
    dontcache: true,
    because: (facts) => (crowdsTarget(facts) ? largerThanFree(facts) : null),
  },
  { technique: 'splice', because: () => ({ code: 'receiving-no-touch' }) },
  { technique: 'readwrite', because: () => ({ code: 'nothing-better-here' }) },
  { technique: 'ktls', because: () => ({ code: 'kernel-decrypts' }) },
  { technique: 'unseal', because: () => ({ code: 'engine-decrypts' }) },
]

function largerThanMemory(facts: PlanFacts): Reason | null {
  const { source, targetFileSystem } = facts
  const onDisk = targetFileSystem !== null && !inMemory(targetFileSystem)
  if (source === null || !onDisk || fitsInCache(facts) || meanOf(source) < LONG_BYTES) return null
  return { code: 'larger-than-memory', params: { bytes: source.bytes, memory: facts.memoryBytes } }
}

function meanOf({ bytes, pieces }: SourceFacts): number {
  return pieces > 0 ? Math.round(bytes / pieces) : 0
}

/** Why an available technique was not chosen for sending; null if its copies are the only reason. */
export function whyNotSend(technique: SendTechnique, facts: PlanFacts): Reason | null {
  const { source, route } = facts
  const crowds = crowdsSource(facts) && !(source !== null && scattered(source))
  if (crowds && technique !== 'direct' && technique !== 'readwrite') return { code: 'would-fill-cache' }
  switch (technique) {
    case 'gather':
      if (source === null || scattered(source)) return null
      return inPieces(source)
        ? { code: 'pieces-too-long', params: { limit: SCATTERED_BYTES } }
        : { code: 'not-scattered' }
    case 'sendfile':
      return manySmall(facts) ? { code: 'call-for-each-file' } : null
    case 'splice':
      return { code: manySmall(facts) ? 'call-for-each-file' : 'through-a-pipe' }
    case 'mmap':
      return manySmall(facts) ? { code: 'mapping-for-each-file' } : null
    case 'direct':
      return whyNotDirect(facts)
    case 'zerocopy':
      if (route?.virtual === true) return { code: 'kernel-would-copy', params: { ...interfaceOf(route) } }
      return { code: 'pages-to-be-pinned' }
    default:
      return null
  }
}

/**
 * `direct` is used only if the user chooses it. Measured on two cores, loopback, 1 GiB on ext4 that is not cached, the
 * sender's CPU seconds per GiB (medians of three alternating rounds): without checks sendfile 0.28, direct 0.45; with
 * checks, which read every byte anyway, 0.60 and 0.55, which is within the spread. In the cache: 0.31 and 0.70 with checks.
 */
function whyNotDirect(facts: PlanFacts): Reason {
  const { source } = facts
  if (inMemory(source?.fileSystem ?? null)) return { code: 'no-disk-below' }
  if (source !== null && source.cachedShare !== null && !hardlyCached(facts)) {
    return { code: 'cached-already', params: { cached: percent(source.cachedShare) } }
  }
  if (crowdsSource(facts)) return { code: 'no-read-ahead' }
  return fitsInCache(facts) ? { code: 'would-stay-cached' } : { code: 'direct-not-faster' }
}

/** Why an available technique was not chosen for receiving. */
export function whyNotReceive(technique: ReceiveTechnique, facts: PlanFacts): Reason | null {
  const crowds = crowdsTarget(facts) && largerThanMemory(facts) === null
  if (crowds && technique !== 'direct' && technique !== 'readwrite') return { code: 'would-fill-cache' }
  switch (technique) {
    case 'mmap':
      return { code: 'faults-for-each-page' }
    case 'direct':
      return { code: 'waits-for-the-disk' }
    default:
      return null
  }
}
