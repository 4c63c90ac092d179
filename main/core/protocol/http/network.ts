import { isIPv6 } from 'node:net'
import { plainAddress } from './address.ts'

/**
 * 16-bit groups of an IPv6 address that identify the network of one customer or home, in which a host may use any number of
 * addresses.
 */
const NETWORK_GROUPS = 4

/**
 * The key by which limits count addresses: an IPv4 address itself, the /64 of an IPv6 address. A link-local address counts
 * whole, because every host on the link shares its /64.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address).toLowerCase()
  if (!isIPv6(plain) || plain.startsWith('fe80:')) return plain
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const groups = tail === undefined ? left : [...left, ...zeros, ...right]
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
