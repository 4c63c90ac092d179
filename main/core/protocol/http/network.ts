import { isIPv6 } from 'node:net'
import { plainAddress } from './address.ts'

/** 16-bit groups of an IPv6 address that name the network of one customer or one home: a host there has as many addresses as it likes. */
const NETWORK_GROUPS = 4

/**
 * The part of an address that limits count by: an IPv4 address as it is, of an IPv6 address its /64. A link-local address
 * counts whole, since its /64 is that of every host on the link.
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
