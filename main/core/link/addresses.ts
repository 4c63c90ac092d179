import { interfaceAddresses, type InterfaceAddress } from '../discovery/interfaces.ts'
import { isPrivate } from '../discovery/scan.ts'
import type { ListenHost } from '../protocol/http/listen.ts'

/** The links to a server of this machine, the most likely to be reached first. A browser takes no link-local IPv6 address. */
export function linksTo(
  { host, port, secure }: { readonly host: ListenHost; readonly port: number; readonly secure: boolean },
  path: string,
  interfaces: readonly InterfaceAddress[] = interfaceAddresses(),
): readonly string[] {
  const usable = interfaces
    .filter(({ internal, address }) => internal === (host === 'loopback') && !/^fe80:/i.test(address))
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ family, address }) => (family === 6 ? `[${address}]` : address))
  const hosts = usable.length > 0 ? usable : ['localhost']
  return hosts.map((name) => `${secure ? 'https' : 'http'}://${name}:${port}${path}`)
}

function rank({ family, address }: InterfaceAddress): number {
  if (family === 6) return 3
  if (address.startsWith('169.254.')) return 2
  return isPrivate(address) ? 0 : 1
}
