import { addon, type RouteFacts } from '../../../native/index.ts'
import type { RouteOfBytes } from '../report/copies.ts'

/** Facts of the interface that holds this end of a connection; null where the system does not say. */
export function routeOf(localAddress: string): RouteOfBytes | null {
  let facts: RouteFacts
  try {
    facts = addon.routeFacts(localAddress)
  } catch {
    return null
  }
  return {
    scatterGather: facts.scatterGather,
    virtual: facts.loopback || facts.driver === 'veth',
  }
}
