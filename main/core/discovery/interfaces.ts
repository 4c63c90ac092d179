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
    })),
  )
}

/** A key that changes when the addresses change. */
export function interfacesKey(addresses: readonly InterfaceAddress[]): string {
  return addresses
    .map(({ name, address, prefix }) => `${name} ${address}/${prefix}`)
    .sort()
    .join('\n')
}

/** Whether an address is on one of this machine's own networks; link-local multicast comes from no other. */
export function isNear(address: string, interfaces: readonly InterfaceAddress[]): boolean {
  const near = new BlockList()
  for (const { family, address: own, prefix } of interfaces)
    near.addSubnet(own, prefix, family === 4 ? 'ipv4' : 'ipv6')
  const [plain = ''] = address.split('%')
  return plain.includes(':')
    ? plain.startsWith('fe80:') || near.check(plain, 'ipv6')
    : near.check(plain, 'ipv4')
}
