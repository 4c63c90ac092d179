import { isIPv4 } from 'node:net'
import type { InterfaceAddress } from './interfaces.ts'

/** Addresses queried at the same time. */
const AT_ONCE = 50
/** The largest part of a network that is scanned: the 256 addresses around our own. */
const SMALLEST_PREFIX = 24

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** RFC 1918 and RFC 3927: networks whose addresses are all local. */
export function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)
}

/**
 * The IPv4 addresses to scan if multicast finds nothing: of each private network of this machine, or of the /24 around our
 * address if the network is larger, all except our own, the network's and the broadcast address. Each address once.
 */
export function candidates(interfaces: readonly InterfaceAddress[]): string[] {
  const own = new Set(interfaces.map(({ address }) => address))
  const found = new Set<string>()
  for (const { family, address, prefix, internal } of interfaces) {
    if (family !== 4 || internal || !isIPv4(address) || !isPrivate(address) || prefix > 30) continue
    const size = 2 ** (32 - Math.max(prefix, SMALLEST_PREFIX))
    const first = Math.floor(toNumber(address) / size) * size
    for (let value = first + 1; value < first + size - 1; value++) {
      const candidate = toAddress(value)
      if (!own.has(candidate)) found.add(candidate)
    }
  }
  return [...found]
}

/** Calls `query` for each address, 50 at a time, until all are done or the signal aborts. `query` must not reject. */
export async function scan(
  addresses: readonly string[],
  query: (address: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const queue = addresses.values()
  const worker = async () => {
    for (const address of queue) {
      if (signal.aborted) return
      await query(address)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
