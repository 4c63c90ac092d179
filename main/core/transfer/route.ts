import { addon, type RouteFacts } from '../../../native/index.ts'
import type { RouteOfBytes } from '../report/copies.ts'

/** Any address of the loopback interface. */
const LOOPBACK = '127.0.0.1'

/** Facts of the interface that a connection goes through; null where the system does not say. */
export function routeOf(localAddress: string, remoteAddress: string): RouteOfBytes | null {
  // Between two addresses of one machine the kernel uses loopback, whichever interface holds them.
  const address = plain(localAddress) === plain(remoteAddress) ? LOOPBACK : localAddress
  let facts: RouteFacts
  try {
    facts = addon.routeFacts(address)
  } catch {
    return null
  }
  return {
    scatterGather: facts.scatterGather,
    virtual: facts.loopback || facts.driver === 'veth',
  }
}

function plain(address: string): string {
  return address.replace(/^::ffff:/, '')
}
