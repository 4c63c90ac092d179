import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'

/** One address of a network interface of this machine. */
export interface InterfaceAddress {
  readonly name: string
  readonly family: 4 | 6
  readonly address: string
  /** Bits of the network part. */
  readonly prefix: number
  readonly internal: boolean
  /** Name of the interface after `%` in an IPv6 address: its number on Windows, elsewhere its name. */
  readonly scope: string
  /** Hardware address and number: another interface can have the same name and address. */
  readonly hardware?: string
}

/** The current addresses of this machine. */
export function interfaceAddresses(): InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map((entry) => ({
      name,
      family: entry.family === 'IPv4' ? 4 : 6,
      address: entry.address,
      prefix: Number(entry.cidr?.split('/')[1] ?? (entry.family === 'IPv4' ? 32 : 128)),
      internal: entry.internal,
      scope: process.platform === 'win32' && entry.family === 'IPv6' ? String(entry.scopeid) : name,
      hardware: `${entry.mac} ${entry.family === 'IPv6' ? entry.scopeid : ''}`,
    })),
  )
}

/** A key that changes when the addresses change. */
export function interfacesKey(addresses: readonly InterfaceAddress[]): string {
  return addresses
    .map(({ name, address, prefix, hardware = '' }) => `${name} ${address}/${prefix} ${hardware}`)
    .sort()
    .join('\n')
}

/** RFC 1918, RFC 3927, RFC 6598, RFC 4193 and link-local: a link can carry several such networks, not only our own. */
const LOCAL = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  LOCAL.addSubnet(network, prefix, 'ipv4')
LOCAL.addSubnet('fc00::', 7, 'ipv6')
LOCAL.addSubnet('fe80::', 10, 'ipv6')

/**
 * Whether a datagram from this address can be of a device on the same link: of one of this machine's own networks, or of
 * another local one. A public address of another network is not.
 */
export function isNear(address: string, interfaces: readonly InterfaceAddress[]): boolean {
  const near = new BlockList()
  for (const { family, address: own, prefix } of interfaces)
    near.addSubnet(own, prefix, family === 4 ? 'ipv4' : 'ipv6')
  const [plain = ''] = address.split('%')
  const family = plain.includes(':') ? 'ipv6' : 'ipv4'
  return LOCAL.check(plain, family) || near.check(plain, family)
}
