import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { freemem, totalmem } from 'node:os'
import { addon } from '../../../native/index.ts'
import type { Manifest } from '../../../native/manifest.ts'
import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import type { Conveyance } from '../../contract/report.ts'
import type { Totals } from '../../contract/transfer.ts'
import type { PlanFacts } from './plan.ts'

/** Files whose share in the page cache is sampled. */
const SAMPLED_FILES = 256
/** Time limit of the page cache sample, in milliseconds; it runs on another thread. */
const CACHE_LOOK_MS = 50
/** Any address of the loopback interface. */
const LOOPBACK = '127.0.0.1'

/**
 * Facts about the files of a complete manifest; `sliced` if its entries are slices of one file. Never rejects: facts that cannot
 * be determined are null.
 */
export async function sourceFacts(manifest: Manifest, sliced: boolean): Promise<SourceFacts> {
  const { files, bytes } = manifest.totals()
  const sample = manifest.sample(SAMPLED_FILES).slice(0, sliced ? 1 : undefined)
  const { lookedBytes, cachedBytes } = await addon.cachedPart(sample, CACHE_LOOK_MS)
  return {
    files: sliced ? 1 : files,
    pieces: files,
    bytes,
    cachedShare: lookedBytes > 0 ? cachedBytes / lookedBytes : null,
    skipsCache: sample[0] !== undefined && addon.skipsCache(sample[0]),
    fileSystem: sample[0] === undefined ? null : fileSystemOf(sample[0]),
  }
}

/** File system of a path; null if it cannot be determined. */
export function fileSystemOf(path: string): string | null {
  try {
    return addon.fileSystem(path).type
  } catch {
    return null
  }
}

/** The route of a connection between these two addresses. */
export function routeOf(localAddress: string, remoteAddress: string): RouteFacts | null {
  const { sameMachine } = addon.routeTo(remoteAddress)
  // Between two addresses of one machine the kernel uses loopback, not their interfaces.
  const { loopback, ...facts } = addon.routeFacts(sameMachine ? LOOPBACK : localAddress)
  if (facts.interfaceName === null) return null
  const virtual = loopback || facts.driver === 'veth'
  // A virtual interface reports a speed that is not a link's.
  return { ...facts, linkMbps: virtual ? null : facts.linkMbps, virtual, sameMachine }
}

/** The route to a host before a connection exists; null if there is none or the name does not resolve. */
export async function routeTo(host: string): Promise<RouteFacts | null> {
  try {
    const address = isIP(host) > 0 ? host : (await lookup(host)).address
    const { localAddress } = addon.routeTo(address)
    return localAddress === null ? null : routeOf(localAddress, address)
  } catch {
    return null
  }
}

/** Facts about another machine's offer and its target. */
export function incomingFacts(
  { files, bytes }: Pick<Totals, 'files' | 'bytes'>,
  dir: string,
): Pick<PlanFacts, 'source' | 'targetFileSystem' | 'targetSkipsCache'> {
  return {
    source: { files, pieces: files, bytes, cachedShare: null, skipsCache: false, fileSystem: null },
    targetFileSystem: fileSystemOf(dir),
    targetSkipsCache: addon.skipsCache(dir),
  }
}

/** A control group counts its page cache against its limit; 0 or a huge number if there is none. */
function freeMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, freemem()) : freemem()
}

/** The facts of this machine combined with those of one transfer. */
export function planFacts(
  conveyance: Conveyance,
  transfer: Partial<Pick<PlanFacts, 'source' | 'route' | 'targetFileSystem' | 'targetSkipsCache'>> = {},
): PlanFacts {
  return {
    platform: process.platform,
    conveyance,
    supported: addon.supportedTechniques(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freeMemory(),
    source: transfer.source ?? null,
    targetFileSystem: transfer.targetFileSystem ?? null,
    targetSkipsCache: transfer.targetSkipsCache ?? false,
    route: transfer.route ?? null,
  }
}
